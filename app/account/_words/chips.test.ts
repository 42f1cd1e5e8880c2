import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { chargeChip } from './charge-words';
import { subscriptionStatus } from './subscription-status';

describe('the chip of an order', () => {
  it('says that it was given back once all of it was, and not for a part', () => {
    const paid = { state: 'paid', totalCents: 4830 } as const;
    expect(chargeChip({ ...paid, refundedCents: 0 })).toBe('Paid');
    expect(chargeChip({ ...paid, refundedCents: 4829 })).toBe('Paid');
    expect(chargeChip({ ...paid, refundedCents: 4830 })).toBe('Refunded');
    expect(chargeChip({ state: 'skipped', totalCents: 0, refundedCents: 0 })).toBe('Skipped');
  });
});

describe('the chip of a subscription', () => {
  const active = { status: 'active', billingMethod: 'hsa_fsa', cancelOn: null } as const;

  it('is not that of an active one where it is about to end', () => {
    expect(subscriptionStatus(active, null)).toBe('Active');
    expect(subscriptionStatus({ ...active, cancelOn: localDate('2027-02-03') }, null)).toBe('Ending');
  });

  it('says first what its customer must do', () => {
    expect(subscriptionStatus({ ...active, cancelOn: localDate('2027-02-03') }, 'waits_for_card')).toBe(
      'Action needed',
    );
  });
});
