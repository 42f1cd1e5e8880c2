import { describe, expect, test } from 'vitest';
import type { FailureCode } from './errors';
import {
  type Principal,
  principalName,
  refundLimitCents,
  requireCustomer,
  requireStaff,
  requireSystem,
  STAFF_ROLES,
  type StaffAbility,
  type StaffRole,
  SUPPORT_REFUND_LIMIT_CENTS,
  type SystemName,
  staffMay,
} from './principal';

const customer: Principal = { kind: 'customer', customerId: 'cus_0123456789abcdefghjkmn' };
const worker: Principal = { kind: 'system', name: 'worker' };
const staff = (role: StaffRole): Principal => ({
  kind: 'staff',
  staffId: 'stf_0123456789abcdefghjkmn',
  role,
  email: 'dana@alderhealth.example',
});

const ABILITIES: StaffAbility[] = [
  'read',
  'charge',
  'hand_over',
  'change_subscription',
  'link_token',
  'replay_webhook',
  'manage_events',
  'refund',
  'set_prices',
  'delete_token',
  'write_off',
  'change_recovery_policy',
  'change_settings',
];
const MAY: Record<StaffRole, string> = {
  owner:
    'read charge hand_over refund change_subscription link_token replay_webhook manage_events set_prices delete_token write_off change_recovery_policy change_settings',
  admin:
    'read charge hand_over refund change_subscription link_token replay_webhook manage_events set_prices delete_token write_off change_recovery_policy change_settings',
  support: 'read charge hand_over refund change_subscription link_token',
  finance: 'read charge hand_over refund',
  viewer: 'read',
};

const outcome = (run: () => unknown): FailureCode | 'passed' => {
  try {
    run();
    return 'passed';
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code as FailureCode;
    throw error;
  }
};

describe('staff', () => {
  test.each(STAFF_ROLES.flatMap((role) => ABILITIES.map((ability) => [role, ability] as const)))(
    'as %s: %s',
    (role, ability) => {
      const may = MAY[role].split(' ').includes(ability);
      expect(staffMay(staff(role), ability)).toBe(may);
      expect(outcome(() => requireStaff(staff(role), ability))).toBe(may ? 'passed' : 'forbidden');
    },
  );

  test('roles are ordered: none may do what the one before it may not', () => {
    for (const ability of ABILITIES) {
      const allowed = STAFF_ROLES.map((role) => staffMay(staff(role), ability));
      expect(allowed).toEqual(allowed.toSorted((a, b) => Number(b) - Number(a)));
    }
  });

  test.each<[StaffRole, number | null]>([
    ['owner', null],
    ['admin', null],
    ['support', SUPPORT_REFUND_LIMIT_CENTS],
    ['finance', null],
    ['viewer', 0],
  ])('as %s gives back of one charge at most %s', (role, limit) => {
    expect(refundLimitCents(role)).toBe(limit);
  });

  test('is told which role was not enough', () => {
    expect(() => requireStaff(staff('viewer'), 'charge')).toThrow(/viewer/);
  });

  test.each(ABILITIES)('is nobody else: for them the room to %s does not exist', (ability) => {
    for (const other of [customer, worker]) {
      expect(staffMay(other, ability)).toBe(false);
      expect(outcome(() => requireStaff(other, ability))).toBe('not_found');
    }
  });
});

describe('doors for one kind', () => {
  test.each<[string, Principal, boolean, boolean]>([
    ['a customer', customer, true, false],
    ['the owner', staff('owner'), false, false],
    ['the worker', worker, false, true],
  ])('%s', (_, principal, passesCustomer, passesSystem) => {
    expect(outcome(() => requireCustomer(principal))).toBe(passesCustomer ? 'passed' : 'forbidden');
    expect(outcome(() => requireSystem(principal))).toBe(passesSystem ? 'passed' : 'forbidden');
  });

  test('hand back the principal that they passed', () => {
    expect(requireCustomer(customer)).toBe(customer);
    expect(requireSystem(worker)).toBe(worker);
    const owner = staff('owner');
    expect(requireStaff(owner, 'read')).toBe(owner);
  });
});

describe('the audit log names', () => {
  test('people by their id, never by their address', () => {
    expect(principalName(customer)).toBe('customer:cus_0123456789abcdefghjkmn');
    expect(principalName(staff('admin'))).toBe('staff:stf_0123456789abcdefghjkmn');
  });

  test.each<SystemName>(['worker', 'import', 'command', 'receiver', 'mailed_link'])('the system part %s', (name) => {
    expect(principalName({ kind: 'system', name })).toBe(`system:${name}`);
  });
});
