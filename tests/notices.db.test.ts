import { once } from 'node:events';
import { and, asc, eq } from 'drizzle-orm';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { outbox } from '@/db/schema/messages';
import { sweeps } from '@/db/schema/operations';
import { paymentTokens } from '@/db/schema/provisioning';
import { localDate } from '@/lib/core/calendar';
import { cancelSubscription } from '@/lib/services/cancel-subscription';
import { changeSwitches } from '@/lib/services/change-switches';
import { chargeEarly } from '@/lib/services/charge-early';
import { pauseSubscription } from '@/lib/services/pause-subscription';
import { skipPeriod } from '@/lib/services/skip-period';
import { undoCancel } from '@/lib/services/undo-cancel';
import { unskipPeriod } from '@/lib/services/unskip-period';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
afterEach(() => world.close());
const { attemptsOf, caseOf, chargesOf } = recordsOf(() => world);

/** Lets nights pass: each brings its sweeps, and their mail the morning at 9 in New York. */
async function nights(count: number): Promise<void> {
  for (let night = 0; night < count; night += 1) {
    await world.advance({ days: 1 });
    await world.settle();
  }
}

const sentTo = async (who: Subscriber): Promise<string[]> => {
  const mails = await world.runtime.db
    .select({ template: outbox.template })
    .from(outbox)
    .where(and(eq(outbox.customerId, who.customerId), eq(outbox.status, 'sent')))
    .orderBy(asc(outbox.sentAt), asc(outbox.createdAt));
  return mails.map(({ template }) => template);
};
const tokenOf = async (who: Subscriber) => {
  const [token] = await world.runtime.db
    .select()
    .from(paymentTokens)
    .where(eq(paymentTokens.customerId, who.customerId));
  if (token === undefined) throw new Error('There is no token.');
  return token;
};

describe('a night', () => {
  it('announces a charge once, a week ahead, and none that is paused or close to the last', async () => {
    world = await aWorld();
    const facts = { nextChargeOn: '2027-01-21', anchorDate: '2026-12-21', paymentToken: 'pt_maya' };
    const maya = await world.aSubscriber(facts);
    const weekly = await world.aSubscriber({ ...facts, unit: 'week', paymentToken: 'pt_weekly' });
    const paused = await world.aSubscriber({ ...facts, paymentToken: 'pt_paused' });
    const { subscriptionId } = paused;
    await pauseSubscription(await world.as(paused.principal), { subscriptionId, until: localDate('2027-06-01') });
    await nights(1);
    expect(await sentTo(maya)).toEqual([]);
    await nights(5);
    expect(await sentTo(maya)).toEqual(['upcoming_charge']);
    expect([await sentTo(weekly), await sentTo(paused)]).toEqual([[], ['change_confirmed']]);
    const [mail] = await world.truemed.mail(maya.email);
    expect(mail?.subject).toBe('Your next charge: $48.30 on Thursday, 21 January');
  }, 60_000);

  it('takes an announcement back that waits for the morning, where its order is skipped or made before', async () => {
    world = await aWorld();
    const nextChargeOn = localDate('2027-01-20');
    const maya = await world.aSubscriber({ nextChargeOn, anchorDate: '2026-12-20', paymentToken: 'pt_maya' });
    const noah = await world.aSubscriber({ nextChargeOn, anchorDate: '2026-12-20', paymentToken: 'pt_noah' });
    await world.settle();
    // Half past five on the 13th, when the notices of the night are written.
    await world.advance({ hours: 20, minutes: 30 });
    await world.settle();
    const { subscriptionId } = maya;
    const skipped = await skipPeriod(await world.as(maya.principal), { subscriptionId, nextChargeOn });
    expect(skipped).toMatchObject({ ok: true });
    const press = { subscriptionId: noah.subscriptionId, periodStart: nextChargeOn, totalCents: 4830 };
    expect(await chargeEarly(await world.as(noah.principal), press)).toMatchObject({ ok: true });
    await world.advance({ hours: 4 });
    await world.settle();
    expect([await sentTo(maya), await sentTo(noah)]).toEqual([['change_confirmed'], ['payment_received']]);
  }, 60_000);

  it('announces a charge that was skipped and is planned again before that had gone out', async () => {
    world = await aWorld();
    const nextChargeOn = localDate('2027-01-20');
    const maya = await world.aSubscriber({ nextChargeOn, anchorDate: '2026-12-20', paymentToken: 'pt_maya' });
    await world.settle();
    await world.advance({ hours: 20, minutes: 30 });
    await world.settle();
    const { subscriptionId } = maya;
    await skipPeriod(await world.as(maya.principal), { subscriptionId, nextChargeOn });
    const again = { subscriptionId, nextChargeOn: localDate('2027-02-20') };
    expect(await unskipPeriod(await world.as(maya.principal), again)).toMatchObject({ ok: true });
    await nights(1);
    await world.advance({ hours: 4 });
    await world.settle();
    expect((await sentTo(maya)).filter((template) => template === 'upcoming_charge')).toHaveLength(1);
  }, 60_000);

  it('announces a charge without the promise that all is well where the letter ends before it', async () => {
    world = await aWorld();
    const facts = { nextChargeOn: '2027-01-21', anchorDate: '2026-12-21' };
    const maya = await world.aSubscriber({ ...facts, paymentToken: 'pt_maya' });
    const noah = await world.aSubscriber({ ...facts, paymentToken: 'pt_noah' });
    await world.truemed.setTokenHealth({ email: maya.email, lmn_expires_at: '2027-01-20T00:00:00Z' });
    await nights(6);
    const announced = async ({ email }: Subscriber) =>
      (await world.truemed.mail(email)).find(({ subject }) => subject.startsWith('Your next charge'))?.text;
    expect(await announced(maya)).toContain('ends before that day');
    expect(await announced(noah)).toContain('There is nothing you need to do.');
  }, 60_000);

  it('offers of a charge only what the merchant leaves to customers', async () => {
    world = await aWorld();
    const facts = { nextChargeOn: '2027-01-21', anchorDate: '2026-12-21', paymentToken: 'pt_maya' };
    const maya = await world.aSubscriber(facts);
    const staff = await world.as(world.aStaffMember());
    expect(await changeSwitches(staff, { version: 0, switchedOff: ['skip', 'move'] })).toMatchObject({ ok: true });
    await nights(6);
    const [mail] = await world.truemed.mail(maya.email);
    expect(mail?.subject).toMatch(/^Your next charge/);
    expect(mail?.text).not.toMatch(/skip|move/);
  }, 60_000);

  it('tells of a letter and of a card before they end, in 30, 14 and 3 days, once each', async () => {
    world = await aWorld();
    const maya = await world.aSubscriber({ nextChargeOn: '2027-06-12', unit: 'year', paymentToken: 'pt_maya' });
    await world.truemed.setTokenHealth({
      email: maya.email,
      lmn_expires_at: '2027-02-10T00:00:00Z',
      card_expires: '2027-02',
    });
    await nights(48);
    expect(await sentTo(maya)).toEqual([
      'letter_expires_soon',
      'letter_expires_soon',
      'card_expires_soon',
      'letter_expires_soon',
      'card_expires_soon',
      'card_expires_soon',
    ]);
    expect(await tokenOf(maya)).toMatchObject({ letterExpiresOn: '2027-02-10', cardExpiresOn: '2027-02-28' });
  }, 120_000);

  it('says nothing of a letter in the morning where the order was canceled or the letter renewed in the night', async () => {
    world = await aWorld();
    const facts = { nextChargeOn: '2027-02-12', unit: 'year' } as const;
    const maya = await world.aSubscriber({ ...facts, paymentToken: 'pt_maya' });
    const noah = await world.aSubscriber({ ...facts, paymentToken: 'pt_noah' });
    const ends = { lmn_expires_at: '2027-01-27T00:00:00Z' };
    for (const { email } of [maya, noah]) await world.truemed.setTokenHealth({ email, ...ends });
    await world.settle();
    // Half past five on the 13th, when the notices of the night are written.
    await world.advance({ hours: 20, minutes: 30 });
    await world.settle();
    const { subscriptionId } = maya;
    await cancelSubscription(await world.as(maya.principal), { subscriptionId, when: 'period_end' });
    const renewed = { letterExpiresOn: localDate('2028-01-13') };
    await world.runtime.db.update(paymentTokens).set(renewed).where(eq(paymentTokens.customerId, noah.customerId));
    await world.advance({ hours: 4 });
    await world.settle();
    expect([await sentTo(maya), await sentTo(noah)]).toEqual([['change_confirmed'], []]);
    // The cancellation is taken back: in the next night the end of the letter is its business again.
    await undoCancel(await world.as(maya.principal), { subscriptionId });
    await nights(1);
    expect(await sentTo(maya)).toEqual(['change_confirmed', 'change_confirmed', 'letter_expires_soon']);
  }, 60_000);

  it('reads every token that Truemed lists, and revokes one of ours only where Truemed does not know it', async () => {
    world = await aWorld();
    const people: Subscriber[] = [];
    for (let n = 0; n < 5; n += 1)
      people.push(await world.aSubscriber({ nextChargeOn: '2027-06-12', unit: 'year', paymentToken: `pt_${n}` }));
    const [gone, , ...others] = people;
    if (gone === undefined) throw new Error('There is nobody.');
    await world.truemed.seedToken({ email: 'nobody@example.com', name: 'No Body', payment_token: 'pt_of_nobody' });
    await world.truemed.setTokenHealth({ email: gone.email, health: 'deleted' });
    await world.settle();
    const before = await world.truemed.ledger();
    await nights(1);
    expect((await tokenOf(gone)).status).toBe('revoked');
    for (const who of others)
      expect(await tokenOf(who)).toMatchObject({ status: 'live', refreshedAt: expect.any(Date) });
    expect(await world.runtime.db.select().from(paymentTokens)).toHaveLength(5);
    const after = await world.truemed.ledger();
    const asked = after.requests.slice(before.requests.length).map(({ operation }) => operation);
    expect(asked.toSorted()).toEqual(['listPaymentTokens', 'retrievePaymentToken']);
  }, 60_000);

  it('goes on with its sweep where Truemed was out, and revokes nothing meanwhile', async () => {
    world = await aWorld();
    const maya = await world.aSubscriber({ nextChargeOn: '2027-06-12', unit: 'year', paymentToken: 'pt_maya' });
    await world.settle();
    await world.truemed.addFault({ match: { operation: 'listPaymentTokens' }, times: 1, fault: 'ServerError' });
    await world.advance({ days: 1 });
    await world.settle();
    const [sweep] = await world.runtime.db.select().from(sweeps).where(eq(sweeps.id, 'tokens'));
    expect(sweep).toMatchObject({ cursor: '{"page":1}', finishedAt: null });
    expect(await tokenOf(maya)).toMatchObject({ status: 'live', refreshedAt: null });
    await world.advance({ minutes: 5 });
    await world.settle();
    expect(await tokenOf(maya)).toMatchObject({ status: 'live', refreshedAt: expect.any(Date) });
    const [done] = await world.runtime.db.select().from(sweeps).where(eq(sweeps.id, 'tokens'));
    expect(done).toMatchObject({ cursor: null, startedAt: null, dueAt: new Date('2027-01-14T08:00:00Z') });
  }, 30_000);
});

describe('a mail server that takes nothing for a day and a half', () => {
  const post = { isDown: false, subjects: [] as string[] };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) =>
      done(post.isDown ? Object.assign(new Error('not now'), { responseCode: 451 }) : null),
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        post.subjects.push(/^Subject: (.*)$/m.exec(text)?.[1]?.trim() ?? '');
        done();
      });
    },
  });

  it('gets one mail for each step afterwards, and not by night', async () => {
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const address = listening.address();
    if (address === null || typeof address === 'string') throw new Error('The mail server has no port.');
    world = await aWorld({ SMTP_URL: `smtp://127.0.0.1:${address.port}` });
    const maya = await world.aCharged({ unit: 'year' });
    await world.truemed.setTokenHealth({ email: maya.email, health: 'needs_survey' });
    await world.settle();
    const forHours = async (hours: number) => {
      for (let hour = 0; hour < hours; hour += 3) {
        await world.advance({ hours: 3 });
        await world.settle();
      }
    };
    await forHours(48);
    post.isDown = true;
    await forHours(36);
    expect(post.subjects).toHaveLength(1);
    // At 9 in the evening.
    post.isDown = false;
    await forHours(9);
    expect(post.subjects).toHaveLength(1);
    await forHours(3 * 24);
    expect(post.subjects.map((subject) => subject.split(':')[0])).toEqual([
      'Action needed',
      'Your order of 12 January still waits for a health survey',
      'Your order of 12 January still waits for a health survey',
    ]);
    const sent = await world.runtime.db.select().from(outbox).where(eq(outbox.customerId, maya.customerId));
    expect(sent.map(({ sentAt }) => sentAt?.getUTCHours()).every((hour) => hour !== undefined && hour >= 14)).toBe(
      true,
    );
    expect(await attemptsOf(maya)).toHaveLength(1);
    expect(await caseOf(maya)).toMatchObject({ status: 'open' });
    expect(await chargesOf(maya)).toEqual([]);
    await new Promise<void>((resolve) => server.close(resolve));
  }, 60_000);
});
