import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rateLimits, sweeps } from '@/db/schema/operations';
import { paymentTokens } from '@/db/schema/provisioning';
import { tick, tickCharges } from '@/lib/jobs/tick';
import { receiveWebhook } from '@/lib/services/receive-webhook';
import { SIGNATURE_HEADER, signatureHeader } from '@/lib/truemed/signature';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

const tokenSweep = async () => {
  const [row] = await world.runtime.db.select().from(sweeps).where(eq(sweeps.id, 'tokens'));
  if (row === undefined) throw new Error('There is no sweep.');
  return row;
};

it('the night after, an entry of the log is sealed whose transaction was far behind all others', async () => {
  const { db } = world.runtime;
  await world.settle();
  const entries = (first: number, last: number) => sql`insert into audit_log (id, at, actor, action, subject, change)
    select 'aud_far_' || n, now(), 'system:worker', 'test.entry', 'sub_any', '{}'::jsonb from generate_series(${first}::int, ${last}::int) n`;
  await db.transaction(async (slow) => {
    await slow.execute(entries(1, 1));
    await db.execute(entries(2, 5100));
    await world.settle();
  });
  await world.settle();
  const isSealed = async () =>
    (await db.execute(sql`select from audit_seals where audit_id = 'aud_far_1'`)).length === 1;
  expect(await isSealed()).toBe(false);
  await world.advance({ days: 1 });
  await world.settle();
  expect(await isSealed()).toBe(true);
});

it('the nights after, hits of nobody who came back are forgotten, and those that still count are kept', async () => {
  const { db } = world.runtime;
  await db.execute(sql`insert into rate_limits (key, window_start, hits)
    select 'network:' || n, clock_timestamp() - interval '25 hours', 1 from generate_series(1, 5001) n
    union all select 'address', clock_timestamp() - interval '10 minutes', 5`);
  await world.settle();
  expect(await db.$count(rateLimits)).toBe(5002);
  await world.advance({ days: 1 });
  await world.settle();
  expect(await db.select({ key: rateLimits.key, hits: rateLimits.hits }).from(rateLimits)).toEqual([
    { key: 'address', hits: 5 },
  ]);
  const [done] = await db.select().from(sweeps).where(eq(sweeps.id, 'rateLimits'));
  expect(done).toMatchObject({ cursor: null, startedAt: null, finishedAt: expect.any(Date) });
});

it('the sweep of tokens comes back within a day, however long Truemed asks it to wait', async () => {
  await world.settle();
  await world.advance({ days: 1 });
  const ctx = await world.system();
  const listPaymentTokenPage: typeof ctx.truemed.listPaymentTokenPage = async () => ({
    kind: 'unavailable',
    reason: 'server_error',
    retryAfterSeconds: 10 ** 10,
  });
  await tick({ ...ctx, truemed: { ...ctx.truemed, listPaymentTokenPage } });
  const { dueAt, finishedAt } = await tokenSweep();
  expect(dueAt.getTime() - ctx.now.getTime()).toBeLessThanOrEqual(24 * 3_600_000);
  await world.advance({ days: 1 });
  await world.settle();
  expect((await tokenSweep()).finishedAt).not.toEqual(finishedAt);
});

it('the sweep of tokens ends where Truemed gives the same page again and again', async () => {
  await world.aCharged({ nextChargeOn: '2027-11-12' });
  await world.settle();
  await world.advance({ days: 1 });
  const ctx = await world.system();
  let asked = 0;
  const listPaymentTokenPage: typeof ctx.truemed.listPaymentTokenPage = async (query) => {
    asked += 1;
    const answer = await ctx.truemed.listPaymentTokenPage({ ...query, page: 1 });
    return answer.kind === 'found' ? { ...answer, value: { ...answer.value, lastPage: null } } : answer;
  };
  const { finishedAt } = await tokenSweep();
  for (let ticks = 0; ticks < 3; ticks += 1) await tick({ ...ctx, truemed: { ...ctx.truemed, listPaymentTokenPage } });
  expect(asked).toBe(2);
  expect((await tokenSweep()).finishedAt).not.toEqual(finishedAt);
});

/** A customer has renewed their letter, Truemed tells us, and the event is applied. */
async function renewsLetter(paymentToken: string, endsAt: string): Promise<void> {
  await world.truemed.setTokenHealth({ payment_token: paymentToken, lmn_expires_at: endsAt });
  const ctx = await world.as({ kind: 'system', name: 'receiver' });
  const body = Buffer.from(
    JSON.stringify({
      webhook_delivery_id: `dlv_${paymentToken}`,
      event_type: 'payment_token.updated',
      data: { payment_token: paymentToken },
    }),
  );
  const header = signatureHeader(['sandbox-signing-secret'], Math.floor(ctx.now.getTime() / 1000), body);
  await receiveWebhook(ctx, { headers: new Headers({ [SIGNATURE_HEADER]: header }), body });
  await tickCharges(await world.system(), new AbortController().signal);
}

it.each(['listed', 'read by itself'])(
  'a token that was %s before its customer renewed the letter keeps what the event has brought',
  async (how) => {
    const paymentToken = `pt_${how.replaceAll(' ', '_')}`;
    const maya = await world.aCharged({ nextChargeOn: '2027-11-12', paymentToken });
    const letter = async () => {
      const [row] = await world.runtime.db
        .select({ endsOn: paymentTokens.letterExpiresOn })
        .from(paymentTokens)
        .where(eq(paymentTokens.customerId, maya.customerId));
      return row?.endsOn;
    };
    await world.truemed.setTokenHealth({ payment_token: paymentToken, lmn_expires_at: '2027-12-01T00:00:00Z' });
    await world.advance({ days: 1 });
    await world.settle();
    expect(await letter()).toBe('2027-12-01');
    await world.advance({ days: 1 });
    const ctx = await world.system();
    let isRenewed = false;
    const renewed = async <T>(answer: T): Promise<T> => {
      if (!isRenewed) {
        isRenewed = true;
        await renewsLetter(paymentToken, '2028-12-01T00:00:00Z');
      }
      return answer;
    };
    const truemed: typeof ctx.truemed = {
      ...ctx.truemed,
      listPaymentTokenPage: async (query) => {
        const answer = await ctx.truemed.listPaymentTokenPage(query);
        if (how === 'listed') return renewed(answer);
        return answer.kind === 'found' ? { ...answer, value: { ...answer.value, items: [], lastPage: 1 } } : answer;
      },
      retrievePaymentToken: async (token) => {
        const answer = await ctx.truemed.retrievePaymentToken(token);
        return token === paymentToken ? renewed(answer) : answer;
      },
    };
    await tick({ ...ctx, truemed });
    await world.settle();
    expect(isRenewed).toBe(true);
    expect(await letter()).toBe('2028-12-01');
  },
);
