import { once } from 'node:events';
import { eq } from 'drizzle-orm';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Claim, claimDue, claimOne } from '@/db/claims';
import { inTransaction } from '@/db/client';
import { outbox } from '@/db/schema/messages';
import { customers } from '@/db/schema/people';
import { aDatabase, type TestDatabase } from '@/db/testing';
import { type Context, contextFor, openRuntime, type Runtime } from '@/lib/context';
import { localDate } from '@/lib/core/calendar';
import { type Id, newId } from '@/lib/core/id';
import { readEnv } from '@/lib/env';
import { type MailToQueue, queueMail } from './queue-mail';
import { nextMailTryAt, sendMail } from './send-mail';

const NOW = new Date('2027-01-20T14:00:00Z');
const EMAIL = 'maya@example.com';
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);

/** A mail server: what it took, and whether it takes anything. `onMail` runs before it answers. */
const post = { taken: [] as string[], isDown: false, onMail: async () => {} };
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo: (address, _session, done) =>
    done(post.isDown ? Object.assign(new Error(`<${address.address}> not now`), { responseCode: 451 }) : null),
  onData: (stream, _session, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      post.taken.push(Buffer.concat(chunks).toString());
      post.onMail().then(() => done(), done);
    });
  },
});

let database: TestDatabase;
let runtime: Runtime;
let ctx: Context;

beforeAll(async () => {
  database = await aDatabase();
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port.');
  runtime = openRuntime(
    readEnv({
      DATABASE_URL: database.url,
      APP_ENV: 'test',
      APP_URL: 'https://shop.example',
      AUTH_SECRET: 'a secret of the tests that is long enough',
      VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      TRUEMED_API_URL: 'http://localhost:9',
      SMTP_URL: `smtp://127.0.0.1:${address.port}`,
    }),
    { logLevel: 'silent' },
  );
});
afterAll(async () => {
  await runtime.close();
  await new Promise<void>((resolve) => server.close(resolve));
  await database.drop();
});
beforeEach(async () => {
  Object.assign(post, { taken: [], isDown: false, onMail: async () => {} });
  ctx = { ...(await contextFor(runtime, { kind: 'system', name: 'worker' })), now: NOW };
});

async function aMail(change: { link?: string } = {}): Promise<MailToQueue> {
  const customerId = newId('customer');
  await ctx.db.insert(customers).values({
    id: customerId,
    email: `${customerId}@example.com`,
    name: 'Maya Okafor',
    state: 'CA',
    createdAt: NOW,
    updatedAt: NOW,
  });
  return {
    template: 'action_needed_payment_method',
    dedupeKey: `update_payment_method:${customerId}`,
    customerId,
    to: EMAIL,
    facts: {
      name: 'Maya Okafor',
      amountCents: 4830,
      orderOn: localDate('2027-01-20'),
      link: change.link ?? 'https://shop.example/go/rec_1',
    },
  };
}

async function aQueuedMail(): Promise<Id<'mail'>> {
  const mail = await aMail();
  await inTransaction(ctx.db, (tx) => queueMail(tx, ctx, mail));
  const [row] = await ctx.db.select().from(outbox).where(eq(outbox.dedupeKey, mail.dedupeKey));
  if (row === undefined) throw new Error('The mail was not queued.');
  return row.id;
}

async function claimOf(id: Id<'mail'>): Promise<Claim> {
  const claim = await claimOne(ctx.db, 'mails', id, 60);
  if (claim === null) throw new Error('Somebody else holds the mail.');
  return claim;
}

async function rowOf(id: Id<'mail'>) {
  const [row] = await ctx.db.select().from(outbox).where(eq(outbox.id, id));
  if (row === undefined) throw new Error('The mail is gone.');
  return row;
}

describe('a mail that is queued', () => {
  it('is written once for each dedupe key, also by two at a time', async () => {
    const mail = await aMail();
    const results = await Promise.all([1, 2, 3].map(() => inTransaction(ctx.db, (tx) => queueMail(tx, ctx, mail))));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await queueMail(ctx.db, ctx, mail)).toBe(false);
    expect(await ctx.db.select().from(outbox).where(eq(outbox.customerId, mail.customerId))).toHaveLength(1);
  });

  it('goes with the transaction that caused it', async () => {
    const mail = await aMail();
    const failing = inTransaction(ctx.db, async (tx) => {
      await queueMail(tx, ctx, mail);
      throw new Error('The change did not happen.');
    });
    await expect(failing).rejects.toThrow('did not happen');
    expect(await queueMail(ctx.db, ctx, mail)).toBe(true);
  });

  it('is sealed: neither address nor words nor link are in the table', async () => {
    const row = await rowOf(await aQueuedMail());
    const stored = Buffer.from(row.message).toString('latin1');
    for (const secret of [EMAIL, 'Maya', 'shop.example']) expect(stored).not.toContain(secret);
  });

  it('links to nobody else', async () => {
    const mail = await aMail({ link: 'https://shop.example.evil.example/go/rec_1' });
    await expect(queueMail(ctx.db, ctx, mail)).rejects.toThrow('foreign address');
  });
});

describe('the outbox', () => {
  it('sends a mail as it was written, with its id as message id', async () => {
    const id = await aQueuedMail();
    await sendMail(ctx, await claimOf(id));
    expect(await rowOf(id)).toMatchObject({ status: 'sent', tries: 1, dueAt: null, leaseUntil: null, sentAt: NOW });
    const [raw = ''] = post.taken;
    const mail = await PostalMime.parse(raw);
    expect(mail.subject).toBe('Action needed: your order of 20 January waits for your card');
    expect(mail.messageId).toBe(`<${id}@alderhealth.example>`);
    expect(mail.to?.[0]?.address).toBe(EMAIL);
    expect(mail.text).toContain('https://shop.example/go/rec_1');
    expect(mail.html).toContain('href="https://shop.example/go/rec_1"');
  });

  it('keeps a mail that the server does not take, and sends it later, once', async () => {
    const id = await aQueuedMail();
    post.isDown = true;
    await sendMail(ctx, await claimOf(id));
    const kept = await rowOf(id);
    expect(kept).toMatchObject({ status: 'queued', tries: 1, dueAt: hours(1 / 60), leaseUntil: null });
    expect(kept.lastError).toBe('EENVELOPE 451');
    const early = await claimDue(ctx.db, 'mails', NOW, { limit: 100, leaseSeconds: 60, after: null });
    expect(early.claims.map((claim) => claim.id)).not.toContain(id);
    post.isDown = false;
    await sendMail({ ...ctx, now: hours(1) }, await claimOf(id));
    expect(await rowOf(id)).toMatchObject({ status: 'sent', tries: 2, lastError: null, sentAt: hours(1) });
    expect(post.taken).toHaveLength(1);
  });

  it('waits 1 min, 5 min, 30 min, 2 h, then every 6 h, and gives up after three days', async () => {
    const id = await aQueuedMail();
    post.isDown = true;
    const waits: number[] = [];
    for (let due: Date | null = NOW; due !== null && waits.length < 50; ) {
      await sendMail({ ...ctx, now: due }, await claimOf(id));
      const next: Date | null = (await rowOf(id)).dueAt;
      if (next !== null) waits.push((next.getTime() - due.getTime()) / 60_000);
      due = next;
    }
    expect(waits).toEqual([1, 5, 30, 120, ...Array.from({ length: 12 }, () => 360)]);
    expect(await rowOf(id)).toMatchObject({ status: 'failed', dueAt: null, leaseUntil: null, tries: 17 });
  });

  it('gives its short waits to a mail that our own standstill has made old', () => {
    expect(nextMailTryAt(NOW, hours(100), 1)).toEqual(hours(100 + 1 / 60));
    expect(nextMailTryAt(NOW, hours(100), 5)).toBeNull();
  });

  it('does not send for a worker that has lost its lease, nor a mail that is no longer queued', async () => {
    const id = await aQueuedMail();
    const stale = await claimOf(id);
    await ctx.db.update(outbox).set({ leaseUntil: null }).where(eq(outbox.id, id));
    const fresh = await claimOf(id);
    await sendMail(ctx, stale);
    expect(post.taken).toEqual([]);
    await ctx.db.update(outbox).set({ status: 'canceled' }).where(eq(outbox.id, id));
    await sendMail(ctx, fresh);
    expect(post.taken).toEqual([]);
  });

  it('does not let a frozen worker write over what another has done since', async () => {
    const id = await aQueuedMail();
    const claim = await claimOf(id);
    post.onMail = async () => {
      await ctx.db
        .update(outbox)
        .set({ leaseEpoch: claim.epoch + 1 })
        .where(eq(outbox.id, id));
    };
    await sendMail(ctx, claim);
    expect(await rowOf(id)).toMatchObject({ status: 'queued', tries: 0, sentAt: null, leaseEpoch: claim.epoch + 1 });
  });

  it('never sends inside a transaction', async () => {
    const claim = await claimOf(await aQueuedMail());
    await expect(inTransaction(ctx.db, () => sendMail(ctx, claim))).rejects.toThrow('inside a database transaction');
  });
});
