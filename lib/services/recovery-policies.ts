import { desc, eq } from 'drizzle-orm';
import { inTransaction, type Queryable } from '@/db/client';
import { recoveryPolicies } from '@/db/schema/billing';
import type { Context } from '@/lib/context';
import { principalName, requireStaff } from '@/lib/core/principal';
import { DEFAULT_POLICY, policyProblems, type RecoveryPolicy } from '@/lib/core/recovery-policy';
import { audit } from './audit';

/** The version of the default policy, which every shop begins with. */
const FIRST_VERSION = 1;

/** The policy under which a case opens now: the newest version. The default one is stored on first use. */
export async function currentPolicy(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
): Promise<{ version: number; policy: RecoveryPolicy }> {
  const newest = () => tx.select().from(recoveryPolicies).orderBy(desc(recoveryPolicies.version)).limit(1);
  const [row] = await newest();
  if (row !== undefined) return row;
  await tx
    .insert(recoveryPolicies)
    .values({ version: FIRST_VERSION, policy: DEFAULT_POLICY, madeBy: 'system:default', createdAt: ctx.now })
    .onConflictDoNothing();
  const [first] = await newest();
  if (first === undefined) throw new Error('There is no recovery policy.');
  return first;
}

/** The policy that a case was opened under. A case without one is older than policies. */
export async function policyOf(
  tx: Queryable,
  ctx: Pick<Context, 'now'>,
  version: number | null,
): Promise<RecoveryPolicy> {
  if (version === null) return DEFAULT_POLICY;
  const [row] = await tx.select().from(recoveryPolicies).where(eq(recoveryPolicies.version, version));
  return row?.policy ?? (await currentPolicy(tx, ctx)).policy;
}

/**
 * Staff put a new version in force for the cases that open from now on. `problems` says why a policy is refused, such as
 * more than 14 charges in 30 days. Throws `forbidden` without the role.
 */
export async function changeRecoveryPolicy(
  ctx: Context,
  input: { policy: RecoveryPolicy },
): Promise<{ ok: true; version: number } | { ok: false; problems: string[] }> {
  requireStaff(ctx.principal, 'change_recovery_policy');
  const problems = policyProblems(input.policy);
  if (problems.length > 0) return { ok: false, problems };
  return inTransaction(ctx.db, async (tx) => {
    const current = await currentPolicy(tx, ctx);
    // Of two at once the second finds the number taken, and is run again by nobody: it throws.
    const version = current.version + 1;
    await tx
      .insert(recoveryPolicies)
      .values({ version, policy: input.policy, madeBy: principalName(ctx.principal), createdAt: ctx.now });
    await audit(tx, ctx, {
      action: 'recovery_policy.changed',
      subject: `recovery_policy:${version}`,
      customerId: null,
      change: { version: { from: current.version, to: version } },
    });
    return { ok: true, version };
  });
}
