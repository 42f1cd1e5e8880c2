import { inTransaction } from '@/db/client';
import { settings } from '@/db/schema/settings';
import type { Context } from '@/lib/context';
import { readSwitches, type SwitchableAction } from '@/lib/core/customer-switches';
import { principalName, requireStaff } from '@/lib/core/principal';
import { audit } from './audit';
import { currentSwitches } from './switches';

export type ChangeSwitchesResult = { ok: true; version: number } | { ok: false; reason: 'changed_meanwhile' };

/**
 * Owners and admins say what customers may do by themselves, from now on. `version` is the one that the page showed: where
 * somebody else has changed it since, nothing is changed. Throws `forbidden` without the role.
 */
export async function changeSwitches(
  ctx: Context,
  input: { version: number; switchedOff: readonly SwitchableAction[] },
): Promise<ChangeSwitchesResult> {
  requireStaff(ctx.principal, 'change_settings');
  const switches = readSwitches({ switchedOff: input.switchedOff });
  return inTransaction(ctx.db, async (tx): Promise<ChangeSwitchesResult> => {
    const before = await currentSwitches(tx);
    if (before.version !== input.version) return { ok: false, reason: 'changed_meanwhile' };
    const isSame = JSON.stringify(before.switchedOff) === JSON.stringify(switches.switchedOff);
    if (isSame) return { ok: true, version: before.version };
    const version = before.version + 1;
    const added = await tx
      .insert(settings)
      .values({ version, switches, madeBy: principalName(ctx.principal), createdAt: ctx.now })
      // Of two at once the second finds the number taken.
      .onConflictDoNothing()
      .returning({ version: settings.version });
    if (added.length === 0) return { ok: false, reason: 'changed_meanwhile' };
    await audit(tx, ctx, {
      action: 'settings.switches_changed',
      subject: `settings:${version}`,
      customerId: null,
      change: { switchedOff: { from: before.switchedOff, to: switches.switchedOff } },
    });
    return { ok: true, version };
  });
}
