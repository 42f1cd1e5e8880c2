import { eq } from 'drizzle-orm';
import { inTransaction } from '@/db/client';
import { staff } from '@/db/schema/people';
import type { Context } from '@/lib/context';
import { newId } from '@/lib/core/id';
import { requireSystem, STAFF_ROLES, type StaffRole } from '@/lib/core/principal';
import { normalEmail } from '@/lib/core/subscriber-email';
import { audit } from './audit';

export type AddStaffOutcome =
  | { kind: 'added'; email: string; role: StaffRole }
  | { kind: 'role_changed'; email: string; role: StaffRole; from: StaffRole }
  | { kind: 'unchanged'; email: string; role: StaffRole }
  | { kind: 'refused'; reason: 'email_invalid' | 'role_invalid' };

/** Makes a member of staff of whoever signs in with an e-mail, or gives one who is there another role. Throws `forbidden` for people. */
export async function addStaff(ctx: Context, input: { email: string; role: string }): Promise<AddStaffOutcome> {
  requireSystem(ctx.principal);
  const email = normalEmail(input.email);
  const role = STAFF_ROLES.find((known) => known === input.role);
  if (email === null) return { kind: 'refused', reason: 'email_invalid' };
  if (role === undefined) return { kind: 'refused', reason: 'role_invalid' };
  return inTransaction(ctx.db, async (tx) => {
    const [added] = await tx
      .insert(staff)
      .values({ id: newId('staff'), email, role, createdAt: ctx.now })
      .onConflictDoNothing({ target: staff.email })
      .returning({ id: staff.id });
    if (added !== undefined) {
      await audit(tx, ctx, { action: 'staff.added', subject: added.id, customerId: null, change: { email, role } });
      return { kind: 'added', email, role };
    }
    const [member] = await tx.select().from(staff).where(eq(staff.email, email)).for('no key update');
    if (member === undefined) throw new Error(`The member of staff ${email} was removed while being added.`);
    if (member.role === role) return { kind: 'unchanged', email, role };
    await tx.update(staff).set({ role }).where(eq(staff.id, member.id));
    await audit(tx, ctx, {
      action: 'staff.role_changed',
      subject: member.id,
      customerId: null,
      change: { from: member.role, to: role },
    });
    return { kind: 'role_changed', email, role, from: member.role };
  });
}
