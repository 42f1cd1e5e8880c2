import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisions } from '@/db/schema/decisions';
import { outbox } from '@/db/schema/messages';
import { localDate, localDateAt } from '@/lib/core/calendar';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { reactivateSubscription } from '@/lib/services/reactivate-subscription';
import { checkInvariants } from '@/lib/views/check-invariants';
import { isDecidedAlike, whyNotCharged } from '@/lib/views/decisions';
import { Ledger } from '@/lib/views/ledger-invariants';
import { atTruemed } from './at-truemed';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

const ZONE = 'America/New_York';
let world: TestWorld;
let maya: Subscriber;
const { invoicesOf, attemptsOf, caseOf, subscriptionOf, chargesOf } = recordsOf(() => world);

beforeAll(async () => {
  world = await aWorld();
  maya = await world.aSubscriber({ email: 'maya@example.com', unit: 'week', nextChargeOn: '2027-01-15' });
});
afterAll(() => world.close());

const her = () => world.as(maya.principal);
const today = async () => localDateAt((await world.system()).now, ZONE);

/** Lets the days pass, each at ten in the morning in New York, nine o'clock from 12 January to the spring. */
async function until(day: string): Promise<void> {
  while ((await today()) < day) {
    await world.advance({ days: 1 });
    await world.settle();
  }
  expect(await today()).toBe(day);
}

/** She follows the link of her mail, and does on Truemed's pages what they ask of her. */
async function repairs(): Promise<void> {
  const mailed = await world.as({ kind: 'system', name: 'mailed_link' });
  const cases = await caseOf(maya);
  const link = await followRepairLink(mailed, { caseId: cases.id });
  if (link.kind !== 'truemed') throw new Error(`The link leads nowhere: ${link.kind}.`);
  await atTruemed(link.redirectUrl).completes();
  await world.settle();
}

/** What she was mailed since the story began, as `day template`; those of one day by their names. */
async function mails(): Promise<string[]> {
  const sent = await world.runtime.db
    .select()
    .from(outbox)
    .where(and(eq(outbox.customerId, maya.customerId), eq(outbox.status, 'sent')));
  return sent
    .map(({ sentAt, template }) => `${sentAt === null ? 'never' : localDateAt(sentAt, ZONE)} ${template}`)
    .sort();
}

/** Her orders, as `start status`. */
const orders = async () => (await invoicesOf(maya)).map(({ periodStart, status }) => `${periodStart} ${status}`);

describe('ninety days of Maya, who has an order every Friday', { timeout: 240_000 }, () => {
  it('12 January: she moves her subscription to her HSA/FSA card', async () => {
    const move = await moveToHsaFsa(await her(), { subscriptionId: maya.subscriptionId, embedded: false });
    if (!move.ok || move.next !== 'truemed') throw new Error(JSON.stringify(move));
    await atTruemed(move.redirectUrl).completes();
    await world.settle();
    expect(await subscriptionOf(maya)).toMatchObject({
      billingMethod: 'hsa_fsa',
      status: 'active',
      nextChargeOn: '2027-01-15',
    });
    expect(await chargesOf(maya)).toEqual([]);
  });

  it('29 January: she has been charged every Friday, once', async () => {
    await until('2027-01-29');
    expect(await orders()).toEqual(['2027-01-15 paid', '2027-01-22 paid', '2027-01-29 paid']);
    expect(await chargesOf(maya)).toHaveLength(3);
  });

  it('5 February: her letter has lapsed, and the order waits for a health survey', async () => {
    await world.truemed.setTokenHealth({ email: maya.email, lmn_expires_at: '2027-02-02T00:00:00Z' });
    await until('2027-02-05');
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
    expect(await caseOf(maya)).toMatchObject({ status: 'open', reason: 'take_health_survey' });
    await until('2027-02-08');
    expect(await attemptsOf(maya)).toHaveLength(4);
  });

  it('8 February: she takes the survey, and is charged at once', async () => {
    await repairs();
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: '2027-02-12' });
    expect((await attemptsOf(maya)).slice(3).map(({ status, cause }) => `${status} ${cause}`)).toEqual([
      'action_required schedule',
      'captured token_updated',
    ]);
    expect(await chargesOf(maya)).toHaveLength(4);
  });

  it('5 March: her card has expired, and the order waits for another', async () => {
    await world.truemed.setTokenHealth({ email: maya.email, card_expires: '2027-02' });
    await until('2027-03-05');
    expect((await orders()).slice(4)).toEqual([
      '2027-02-12 paid',
      '2027-02-19 paid',
      '2027-02-26 paid',
      '2027-03-05 open',
    ]);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'past_due' });
  });

  it('6 March: she updates her card, and is charged at once', async () => {
    await until('2027-03-06');
    await repairs();
    expect((await orders()).at(-1)).toBe('2027-03-05 paid');
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active' });
    expect(await chargesOf(maya)).toHaveLength(8);
  });

  it('9 March: she pauses for two weeks, and resumes on her Friday', async () => {
    await until('2027-03-09');
    const { subscriptionId } = maya;
    const paused = await pauseSubscription(await her(), { subscriptionId, until: localDate('2027-03-23') });
    expect(paused).toMatchObject({ ok: true, change: { nextCharges: ['2027-03-26', '2027-04-02'] } });
    await until('2027-03-22');
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'paused' });
    await until('2027-03-25');
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: '2027-03-26' });
    expect(await chargesOf(maya)).toHaveLength(8);
    const why = await whyNotCharged(await her(), { subscriptionId, on: localDate('2027-03-12') });
    expect(why?.words).toBe('Not charged on Friday, 12 March because the subscription was paused.');
    await until('2027-03-26');
    expect((await orders()).slice(8)).toEqual(['2027-03-12 skipped', '2027-03-19 skipped', '2027-03-26 paid']);
  });

  it('29 March: she cancels, and nothing is charged after what she has paid for', async () => {
    await until('2027-03-29');
    const { subscriptionId } = maya;
    expect(await cancelSubscription(await her(), { subscriptionId, when: 'period_end' })).toMatchObject({ ok: true });
    await until('2027-04-02');
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'canceled' });
    expect(await chargesOf(maya)).toHaveLength(9);
    const why = await whyNotCharged(await her(), { subscriptionId, on: localDate('2027-04-02') });
    expect(why?.words).toBe('Not charged on Friday, 2 April because the subscription had been canceled.');
  });

  it('6 April: she comes back, and is charged on her Friday', async () => {
    await until('2027-04-06');
    const back = await reactivateSubscription(await her(), { subscriptionId: maya.subscriptionId });
    expect(back).toMatchObject({ ok: true, change: { nextCharges: ['2027-04-09', '2027-04-16'] } });
    await until('2027-04-12');
    expect((await orders()).slice(11)).toEqual(['2027-04-02 skipped', '2027-04-09 paid']);
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', anchorDate: '2027-01-15' });
  });

  it('after ninety days she was told of everything, each thing once', async () => {
    expect(await mails()).toEqual([
      '2027-01-12 moved_to_hsa_fsa',
      '2027-01-15 payment_received',
      '2027-01-22 payment_received',
      '2027-01-29 payment_received',
      '2027-01-30 letter_expires_soon',
      '2027-02-05 action_needed_health_survey',
      '2027-02-08 payment_received',
      '2027-02-08 reminder',
      '2027-02-09 card_expires_soon',
      '2027-02-14 card_expires_soon',
      '2027-02-14 payment_received',
      '2027-02-19 payment_received',
      '2027-02-25 card_expires_soon',
      '2027-02-26 payment_received',
      '2027-03-05 action_needed_payment_method',
      '2027-03-06 payment_received',
      '2027-03-10 change_confirmed',
      '2027-03-23 change_confirmed',
      '2027-03-26 payment_received',
      '2027-03-30 change_confirmed',
      '2027-04-07 change_confirmed',
      '2027-04-09 payment_received',
    ]);
  });

  it('and Truemed has charged her ten times, for the ten orders that are paid', async () => {
    const charges = await chargesOf(maya);
    expect(charges.map(({ at, amount }) => [localDateAt(new Date(at), ZONE), amount])).toEqual(
      [
        '2027-01-15',
        '2027-01-22',
        '2027-01-29',
        '2027-02-08',
        // Not on the 12th: five days lie between a late payment and the next charge.
        '2027-02-14',
        '2027-02-19',
        '2027-02-26',
        '2027-03-06',
        '2027-03-26',
        '2027-04-09',
      ].map((day) => [day, 4830]),
    );
    const paid = (await invoicesOf(maya)).filter(({ status }) => status === 'paid');
    expect(new Set(charges.map(({ metadata }) => metadata))).toEqual(new Set(paid.map(({ id }) => id)));
  });

  it('and every promise holds, and today’s code would decide as it did', async () => {
    const results = await checkInvariants(await world.system(), async () => Ledger.parse(await world.truemed.ledger()));
    expect(results.filter(({ violations }) => (violations ?? 0) > 0)).toEqual([]);
    const stored = await world.runtime.db.select().from(decisions);
    expect(stored.length).toBeGreaterThan(10);
    expect(stored.filter((one) => !isDecidedAlike(one))).toEqual([]);
  });
});
