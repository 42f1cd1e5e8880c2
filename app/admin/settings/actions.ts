'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { staffAction } from '@/lib/action';
import { SWITCHABLE_ACTIONS } from '@/lib/core/customer-switches';
import { changeSwitches } from '@/lib/services/change-switches';

// A box that is not checked sends nothing.
const Boxes = Object.fromEntries(SWITCHABLE_ACTIONS.map((action) => [action, z.literal('on').optional()]));

/** `Save`: what customers may do by themselves, from now on. */
export const changeSwitchesAction = staffAction(
  'change_settings',
  z.strictObject({ ...Boxes, version: z.coerce.number().int().nonnegative() }),
  async (ctx, { version, ...boxes }) => {
    const checked = new Map<string, unknown>(Object.entries(boxes));
    const switchedOff = SWITCHABLE_ACTIONS.filter((action) => checked.get(action) !== 'on');
    const result = await changeSwitches(ctx, { version, switchedOff });
    revalidatePath('/admin', 'layout');
    if (!result.ok)
      return {
        kind: 'refused',
        reason: result.reason,
        message: 'Somebody else has saved other settings since you opened this page. Load it again.',
      };
    redirect('/admin/settings?saved=1');
  },
);
