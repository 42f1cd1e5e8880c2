import { AppError } from './errors';
import type { Id } from './id';

/** Staff roles, from the most to the least that they may do. */
export const STAFF_ROLES = ['owner', 'admin', 'support', 'finance', 'viewer'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** The parts of Perennial that act by themselves. */
export type SystemName = 'worker' | 'import' | 'command' | 'receiver' | 'mailed_link';

/** Who asks. Every read and every write takes one; nothing is taken from the request beside it. */
export type Principal =
  | { kind: 'customer'; customerId: Id<'customer'> }
  /** Somebody whose e-mail is proven and who is no customer yet: may order, and nothing else. */
  | { kind: 'newcomer'; email: string }
  | { kind: 'staff'; staffId: Id<'staff'>; role: StaffRole; email: string }
  | { kind: 'system'; name: SystemName };

export type StaffPrincipal = Extract<Principal, { kind: 'staff' }>;
export type CustomerPrincipal = Extract<Principal, { kind: 'customer' }>;
export type BuyerPrincipal = Extract<Principal, { kind: 'customer' | 'newcomer' }>;

/** What staff may be allowed to do. Reading is what every role may do. */
export type StaffAbility =
  | 'read'
  | 'charge'
  | 'hand_over'
  | 'refund'
  | 'change_subscription'
  | 'link_token'
  | 'replay_webhook'
  | 'manage_events'
  | 'set_prices'
  | 'delete_token'
  | 'write_off'
  | 'change_recovery_policy'
  | 'change_settings';

const OF_FINANCE = ['read', 'charge', 'hand_over', 'refund'] as const;
const OF_SUPPORT = [...OF_FINANCE, 'change_subscription', 'link_token'] as const;
const OF_ADMINS = [
  ...OF_SUPPORT,
  'replay_webhook',
  'manage_events',
  'set_prices',
  'delete_token',
  'write_off',
  'change_recovery_policy',
  'change_settings',
] as const;

const ABILITIES: Record<StaffRole, readonly StaffAbility[]> = {
  owner: OF_ADMINS,
  admin: OF_ADMINS,
  support: OF_SUPPORT,
  finance: OF_FINANCE,
  viewer: ['read'],
};

/** The most that support gives back of one charge, in all; more is for owners, admins and finance. */
export const SUPPORT_REFUND_LIMIT_CENTS = 10_000;

/** How much of one charge a role may give back in all, in cents; null: as much as was taken. 0 for roles that may give back nothing. */
export function refundLimitCents(role: StaffRole): number | null {
  if (!ABILITIES[role].includes('refund')) return 0;
  return role === 'support' ? SUPPORT_REFUND_LIMIT_CENTS : null;
}

/** Whether this principal is a member of staff with this ability. */
export function staffMay(principal: Principal, ability: StaffAbility): boolean {
  return principal.kind === 'staff' && ABILITIES[principal.role].includes(ability);
}

/** Passes staff with this ability; throws `not_found` for everybody who is not staff (they must not learn that the room exists) and `forbidden` for staff without it. */
export function requireStaff(principal: Principal, ability: StaffAbility): StaffPrincipal {
  if (principal.kind !== 'staff') throw new AppError('not_found', 'This page does not exist.');
  if (!staffMay(principal, ability))
    throw new AppError('forbidden', `The role ${principal.role} may not do this. Ask an owner or an admin.`);
  return principal;
}

/** Passes staff with this ability, and the commands that the shop's operator runs; throws as `requireStaff` does for everybody else. */
export function requireStaffOrCommand(principal: Principal, ability: StaffAbility): void {
  if (principal.kind !== 'system' || principal.name !== 'command') requireStaff(principal, ability);
}

/** Passes a customer; throws `forbidden` for everybody else. */
export function requireCustomer(principal: Principal): CustomerPrincipal {
  if (principal.kind !== 'customer') throw new AppError('forbidden', 'Sign in as a customer to do this.');
  return principal;
}

/** Passes whoever may order: a customer, or somebody who is about to be one; throws `forbidden` for everybody else. */
export function requireBuyer(principal: Principal): BuyerPrincipal {
  if (principal.kind !== 'customer' && principal.kind !== 'newcomer')
    throw new AppError('forbidden', 'Sign in as a customer to do this.');
  return principal;
}

/** Passes Perennial's own parts; throws `forbidden` for people. */
export function requireSystem(principal: Principal): Extract<Principal, { kind: 'system' }> {
  if (principal.kind !== 'system') throw new AppError('forbidden', 'Only Perennial itself does this.');
  return principal;
}

/** The id by which the audit log names a principal: `customer:cus_…`, `staff:stf_…`, `system:worker`. A newcomer has none, and writes nothing. */
export function principalName(principal: Principal): string {
  if (principal.kind === 'customer') return `customer:${principal.customerId}`;
  if (principal.kind === 'newcomer') return 'newcomer';
  return principal.kind === 'staff' ? `staff:${principal.staffId}` : `system:${principal.name}`;
}
