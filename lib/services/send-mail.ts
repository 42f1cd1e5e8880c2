import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type Claim, databaseNow } from '@/db/claims';
import { outbox } from '@/db/schema/messages';
import type { Context } from '@/lib/context';
import { afterQuietHours } from '@/lib/core/dunning';
import type { Id } from '@/lib/core/id';
import { DEFAULT_POLICY } from '@/lib/core/recovery-policy';
import { assertOutsideTransaction } from '@/lib/core/transaction-scope';
import { isNoticeOver } from './send-notices';

type MailRow = typeof outbox.$inferSelect;

const QUIET_HOURS = DEFAULT_POLICY.quietHours;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST_WAITS_MS = [1, 5, 30, 120].map((minutes) => minutes * MINUTE_MS);
const LATER_WAIT_MS = 6 * HOUR_MS;
const GIVE_UP_AFTER_MS = 72 * HOUR_MS;
/** Longer than the transport's own limits for one mail, with others before it on its connections. */
const SEND_LEASE_SECONDS = 300;

const StoredMessage = z.object({ to: z.string(), subject: z.string(), text: z.string(), html: z.string() });

/**
 * Sends one leased mail of the outbox. A server that does not take it, or cannot be reached, postpones it; after three days
 * it is `failed`, which staff see. A reminder waits for the end of its reader's quiet hours, and a notice that is over by then is not sent. A mail may go out twice when a worker dies in between: its message id is the same.
 */
export async function sendMail(ctx: Context, claim: Claim): Promise<void> {
  assertOutsideTransaction('Mail');
  const row = await holdMail(ctx, claim);
  if (row === null) return;
  const quietUntil = row.quietZone === null ? null : afterQuietHours(QUIET_HOURS, ctx.now, row.quietZone);
  if (quietUntil !== null && quietUntil > ctx.now) {
    const { status, tries, lastError } = row;
    return settle(ctx, claim, { status, tries, dueAt: quietUntil, lastError });
  }
  if (await isNoticeOver(ctx.db, row)) {
    const { tries, lastError, dedupeKey } = row;
    // Under another key: should it be so again, it is announced anew.
    return settle(ctx, claim, {
      status: 'canceled',
      tries,
      dueAt: null,
      lastError,
      dedupeKey: `${dedupeKey}:${row.id}`,
    });
  }
  const message = StoredMessage.parse(JSON.parse(ctx.vault.open(row.message, `outbox.message:${row.id}`).toString()));
  const refusal = await ctx.mailer.send(message, row.id).then(() => null, describeRefusal);
  const tries = row.tries + 1;
  if (refusal === null) {
    await settle(ctx, claim, { status: 'sent', tries, dueAt: null, lastError: null, sentAt: ctx.now });
    return;
  }
  const dueAt = nextMailTryAt(row.createdAt, ctx.now, tries);
  const status = dueAt === null ? 'failed' : 'queued';
  await settle(ctx, claim, { status, tries, dueAt, lastError: refusal });
  ctx.log.warn({ event: 'mail.not_sent', outcome: status, reason: refusal, mailId: row.id, count: tries });
}

/**
 * When a mail that was not taken `tries` times is tried again: after 1 min, 5 min, 30 min, 2 h, then every 6 h; null once it
 * is three days old. The first four waits are given to each, also to one that a standstill of ours has made old.
 */
export function nextMailTryAt(createdAt: Date, now: Date, tries: number): Date | null {
  const wait = FIRST_WAITS_MS[tries - 1];
  if (wait === undefined && now.getTime() - createdAt.getTime() >= GIVE_UP_AFTER_MS) return null;
  return new Date(now.getTime() + (wait ?? LATER_WAIT_MS));
}

// The lease begins anew with the call: mails of one batch wait for each other. Null where another worker has taken it over.
async function holdMail(ctx: Context, claim: Claim): Promise<MailRow | null> {
  const [row] = await ctx.db
    .update(outbox)
    .set({ leaseUntil: sql`${databaseNow} + make_interval(secs => ${SEND_LEASE_SECONDS})` })
    .where(isStillOurs(claim))
    .returning();
  return row ?? null;
}

async function settle(
  ctx: Context,
  claim: Claim,
  change: Pick<MailRow, 'status' | 'tries' | 'dueAt' | 'lastError'> & Partial<Pick<MailRow, 'sentAt' | 'dedupeKey'>>,
): Promise<void> {
  await ctx.db
    .update(outbox)
    .set({ ...change, leaseUntil: null })
    .where(isStillOurs(claim));
}

function isStillOurs(claim: Claim) {
  return and(eq(outbox.id, claim.id as Id<'mail'>), eq(outbox.leaseEpoch, claim.epoch), eq(outbox.status, 'queued'));
}

// A server's words may quote the recipient, so only the codes are kept.
function describeRefusal(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const answer = 'responseCode' in error && typeof error.responseCode === 'number' ? ` ${error.responseCode}` : '';
  return `${code}${answer}`;
}
