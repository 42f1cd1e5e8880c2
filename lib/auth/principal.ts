import { eq } from 'drizzle-orm';
import { notFound, redirect } from 'next/navigation';
import { getServerSession } from 'next-auth';
import { cache } from 'react';
import { customers, staff } from '@/db/schema/people';
import { type Context, contextFor } from '@/lib/context';
import type { CustomerPrincipal, Principal, StaffPrincipal } from '@/lib/core/principal';
import { webRuntime } from '@/lib/runtime';
import { authOptions } from './options';

/** Whoever is signed in: a customer, a member of staff, both, or nobody. Read from the session, once a request. */
export const signedIn = cache(async (): Promise<{ customer: CustomerPrincipal | null; staff: StaffPrincipal | null }> => {
  const runtime = webRuntime();
  const session = await getServerSession(authOptions(runtime));
  const email = session?.user?.email;
  if (!email) return { customer: null, staff: null };
  const [[customer], [member]] = await Promise.all([
    runtime.db.select({ id: customers.id }).from(customers).where(eq(customers.email, email)),
    runtime.db.select().from(staff).where(eq(staff.email, email)),
  ]);
  return {
    customer: customer === undefined ? null : { kind: 'customer', customerId: customer.id },
    staff: member === undefined ? null : { kind: 'staff', staffId: member.id, role: member.role, email: member.email },
  };
});

/** The signed-in customer, or null. */
export async function currentCustomer(): Promise<CustomerPrincipal | null> {
  return (await signedIn()).customer;
}

/** The signed-in member of staff, or null. */
export async function currentStaff(): Promise<StaffPrincipal | null> {
  return (await signedIn()).staff;
}

/** The context of a customer's page; leads to the sign-in, and back to `path` afterwards, where nobody is signed in. */
export async function requireCustomerPage(path: string): Promise<Context> {
  const customer = await currentCustomer();
  if (customer === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  return pageContext(customer);
}

/** The context of a staff page; answers 404 to everybody who is not staff, the signed-out included. */
export async function requireStaffPage(): Promise<Context> {
  const member = await currentStaff();
  if (member === null) notFound();
  return pageContext(member);
}

/** The context of this request for a principal. */
export function pageContext(principal: Principal): Promise<Context> {
  return contextFor(webRuntime(), principal);
}
