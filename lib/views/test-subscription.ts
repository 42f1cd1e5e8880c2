import { localDate } from '@/lib/core/calendar';
import type { SubscriptionRow } from './subscription-facts';

/** A subscription for tests: every month on the 3rd, next on 3 February 2027, and still billed elsewhere. */
export function aSubscriptionRow(facts: Partial<SubscriptionRow> = {}): SubscriptionRow {
  return {
    id: 'sub_0000000000000000000001',
    status: 'active',
    billingMethod: 'external',
    intervalUnit: 'month',
    intervalCount: 1,
    anchorDate: localDate('2026-02-03'),
    timeZone: 'America/New_York',
    nextChargeOn: localDate('2027-02-03'),
    nextChargeAt: null,
    formerChargeOn: null,
    pauseUntil: null,
    cancelOn: null,
    shippingCents: 0,
    taxCents: 0,
    discountCents: 0,
    discounts: null,
    ...facts,
  };
}
