/** What the merchant may keep customers from doing by themselves, in the order in which staff see it. */
export const SWITCHABLE_ACTIONS = [
  'skip',
  'move',
  'interval',
  'pause',
  'resume',
  'reactivate',
  'charge_now',
  'quantity',
  'swap_item',
  'add_once',
  'address',
] as const;
export type SwitchableAction = (typeof SWITCHABLE_ACTIONS)[number];

/** What is always theirs: ending it, and taking back what they have done. */
export const STANDING_ACTIONS = ['cancel', 'undo_cancel', 'unskip'] as const;
export type CustomerAction = SwitchableAction | (typeof STANDING_ACTIONS)[number];

/** The merchant's switches: what customers may not do by themselves. */
export interface CustomerSwitches {
  switchedOff: readonly SwitchableAction[];
}
export const EVERYTHING_ON: CustomerSwitches = { switchedOff: [] };

/** The refusal of a verb that the merchant has switched off for customers. */
export type SwitchedOff = 'switched_off';

/** Whether a customer may do this by themselves. Canceling can never be switched off. */
export function customerMay({ switchedOff }: CustomerSwitches, action: CustomerAction): boolean {
  return !switchedOff.some((off) => off === action);
}

/** `skip, change or cancel`: what customers may do of an order to come by themselves, for the middle of a sentence. */
export function ownDeeds(switches: CustomerSwitches): string {
  const mayAny = (...actions: CustomerAction[]) => actions.some((action) => customerMay(switches, action));
  const deeds = [
    ...(mayAny('skip') ? ['skip'] : []),
    ...(mayAny('move', 'interval', 'quantity', 'swap_item') ? ['change'] : []),
  ];
  return deeds.length === 0 ? 'cancel' : `${deeds.join(', ')} or cancel`;
}

/** Switches out of what was stored or sent: what is unknown, or cannot be switched off, is left out. */
export function readSwitches(stored: unknown): CustomerSwitches {
  const list = typeof stored === 'object' && stored !== null && 'switchedOff' in stored ? stored.switchedOff : [];
  return { switchedOff: SWITCHABLE_ACTIONS.filter((action) => Array.isArray(list) && list.includes(action)) };
}
