import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { orderName, readinessInput, type SubscriptionRow, subscriptionFacts } from './subscription-facts';
import { aSubscriptionRow } from './test-subscription';

const NOON = new Date('2027-01-12T17:00:00Z');
const LINES = [{ position: 0, name: 'Daily Essentials', quantity: 1, unitPriceCents: 4900 }];

const aRow = (facts: Partial<SubscriptionRow> = {}): SubscriptionRow =>
  aSubscriptionRow({
    billingMethod: 'hsa_fsa',
    anchorDate: localDate('2026-01-31'),
    nextChargeOn: localDate('2027-01-31'),
    nextChargeAt: new Date('2027-01-31T13:00:00Z'),
    shippingCents: 500,
    taxCents: 330,
    discountCents: 900,
    ...facts,
  });
const factsOf = (row: Partial<SubscriptionRow>, now = NOON) => subscriptionFacts(aRow(row), LINES, null, now);

describe('a subscription as its customer sees it', () => {
  it('costs its lines, shipping and tax, less the discount', () => {
    expect(factsOf({}).totalCents).toBe(4830);
  });

  it('names its order after the first item', () => {
    expect(orderName(LINES)).toBe('Daily Essentials');
    expect(orderName([...LINES, ...LINES, ...LINES])).toBe('Daily Essentials and 2 more');
  });

  it('charges on the anchored dates of about a year', () => {
    const { upcoming } = factsOf({});
    expect(upcoming.slice(0, 3)).toEqual(['2027-01-31', '2027-02-28', '2027-03-31']);
    expect(upcoming).toHaveLength(13);
    expect(factsOf({ intervalUnit: 'day', anchorDate: localDate('2027-01-01') }).upcoming).toHaveLength(25);
  });

  it('projects the former processor’s date forward, and never shows one that has passed', () => {
    const facts = factsOf({ billingMethod: 'external', nextChargeOn: localDate('2026-10-31'), nextChargeAt: null });
    expect(facts).toMatchObject({ nextChargeOn: '2027-01-31', awaitsHandOver: false });
  });

  it('has no next charge while paused or canceled', () => {
    for (const status of ['paused', 'canceled'] as const)
      expect(factsOf({ status })).toMatchObject({ nextChargeOn: null, upcoming: [] });
  });

  it('has no next charge once it is to end with its period', () => {
    expect(factsOf({ cancelOn: localDate('2027-01-31') })).toMatchObject({ nextChargeOn: null, upcoming: [] });
  });

  it('reads today in its own time zone', () => {
    const lateEvening = new Date('2027-01-13T03:00:00Z');
    expect(factsOf({}, lateEvening).today).toBe('2027-01-12');
    expect(factsOf({ timeZone: 'Asia/Tokyo' }, lateEvening).today).toBe('2027-01-13');
  });

  it('says which order the former card still pays, until that day is over', () => {
    const moved = { nextChargeOn: localDate('2027-02-14'), formerChargeOn: localDate('2027-01-14') };
    expect(factsOf(moved).lastExternalOn).toBe('2027-01-14');
    expect(factsOf(moved, new Date('2027-01-14T17:00:00Z')).lastExternalOn).toBe('2027-01-14');
    expect(factsOf(moved, new Date('2027-01-15T17:00:00Z')).lastExternalOn).toBeNull();
    expect(factsOf({ ...moved, formerChargeOn: null }).lastExternalOn).toBeNull();
  });

  it('waits for the hand-over where its first charge is not scheduled', () => {
    expect(factsOf({ nextChargeAt: null }).awaitsHandOver).toBe(true);
  });
});

describe('what the readiness line is drawn from', () => {
  const payment = {
    card: { last4: '4417', isHsaFsa: true },
    cardExpires: '2028-02',
    letterExpiresOn: localDate('2027-09-14'),
    otherCard: null,
    refreshedAt: NOON,
  };

  it('counts the card to the last day of its month', () => {
    expect(readinessInput(factsOf({}), payment)).toMatchObject({ cardExpiresOn: '2028-02-29', held: false });
  });

  it('leaves the letter out where the former processor bills', () => {
    const external = factsOf({ billingMethod: 'external', nextChargeAt: null });
    expect(readinessInput(external, payment)).toMatchObject({ letterExpiresOn: null, cardExpiresOn: null });
  });

  it('draws the order that is on hold in place of the next charge', () => {
    const heldOn = localDate('2026-12-31');
    expect(readinessInput(factsOf({}), payment, { heldOn })).toMatchObject({ nextChargeOn: heldOn, held: true });
  });
});
