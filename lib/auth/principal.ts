import { cookies } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { type Context, contextFor } from '@/lib/context';
import type { BuyerPrincipal, CustomerPrincipal, Principal, StaffPrincipal } from '@/lib/core/principal';
import { webRuntime } from '@/lib/runtime';
import { readProvenAddress, readSession, type SignedIn } from './session';
import { sessionCookie } from './session-cookie';

/** Who is signed in on this request, read once; null for nobody. */
export const currentSignedIn = cache(async (): Promise<SignedIn | null> => {
  const { db, env } = webRuntime();
  const token = (await cookies()).get(sessionCookie(env.appUrl).name)?.value;
  return token === undefined ? null : readSession(db, token);
});

/** The customer who asks; null for everybody else. */
export async function currentCustomer(): Promise<CustomerPrincipal | null> {
  return (await currentSignedIn())?.customer ?? null;
}

/** The member of staff who asks; null for everybody else. */
export async function currentStaff(): Promise<StaffPrincipal | null> {
  return (await currentSignedIn())?.staff ?? null;
}

/** Whoever may order: the customer, or somebody whose address is proven and who is none yet; null for the signed-out. */
export const currentBuyer = cache(async (): Promise<BuyerPrincipal | null> => {
  const customer = await currentCustomer();
  if (customer !== null) return customer;
  const { db, env } = webRuntime();
  const token = (await cookies()).get(sessionCookie(env.appUrl).name)?.value;
  const email = token === undefined ? null : await readProvenAddress(db, token);
  return email === null ? null : { kind: 'newcomer', email };
});

/** Whoever asks; a person who is both is the customer here, and staff where `currentStaff` is asked. */
export async function currentPrincipal(): Promise<Principal | null> {
  const signedIn = await currentSignedIn();
  return signedIn?.customer ?? signedIn?.staff ?? null;
}

/** The customer of an account page; leads everybody else to sign-in and back to `returnTo`, and staff to their own rooms. */
export async function requireCustomerPage(returnTo = '/account'): Promise<CustomerPrincipal> {
  const signedIn = await currentSignedIn();
  if (signedIn?.customer) return signedIn.customer;
  redirect(signedIn?.staff ? '/admin' : `/sign-in?${new URLSearchParams({ callbackUrl: returnTo })}`);
}

/** The member of staff of an admin page; 404 for everybody else, the signed-out too: they must not learn that it exists. */
export async function requireStaffPage(): Promise<StaffPrincipal> {
  return (await currentStaff()) ?? notFound();
}

/** The context of this request, for views and verbs. */
export async function pageContext(principal: Principal): Promise<Context> {
  return contextFor(webRuntime(), principal);
}
