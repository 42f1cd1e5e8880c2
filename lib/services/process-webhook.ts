import { and, eq, sql } from 'drizzle-orm';
import type { Claim } from '@/db/claims';
import { inTransaction } from '@/db/client';
import { webhookInbox } from '@/db/schema/messages';
import type { Context } from '@/lib/context';
import { AppError, notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { requireStaff } from '@/lib/core/principal';
import { readEvent } from '@/lib/truemed/events';
import { applyEvent } from './apply-event';
import { audit } from './audit';

const SECOND_MS = 1_000;
/** Waits after a failure; what fails after the last is quarantined. While Truemed cannot be reached the last one repeats. */
const RETRY_AFTER_MS = [10, 60, 300, 1800, 7200].map((seconds) => seconds * SECOND_MS);
/** Truemed repeats an event for 7 days; for as long we keep trying to reach it. */
const GIVE_UP_AFTER_MS = 10 * 24 * 60 * 60 * SECOND_MS;

/** Processes one leased delivery of the inbox and records what it did, or when it is tried again, or that a person must look. */
export async function processWebhook(ctx: Context, claim: Claim): Promise<void> {
  const mine = and(eq(webhookInbox.id, claim.id as Id<'webhook'>), eq(webhookInbox.leaseEpoch, claim.epoch));
  const [row] = await ctx.db.select().from(webhookInbox).where(mine);
  if (row === undefined) return;
  try {
    const body = ctx.vault.open(row.body, `webhook_inbox.body:${row.id}`);
    const { status, effect } = await applyEvent(ctx, readEvent(row.eventType, row.isSigned, body), row.id);
    await ctx.db
      .update(webhookInbox)
      .set({
        status,
        effect,
        lastError: null,
        processedAt: ctx.now,
        dueAt: null,
        leaseUntil: null,
        tries: row.tries + 1,
      })
      .where(mine);
    ctx.log.info({ event: 'webhook.processed', webhookId: row.id, eventType: row.eventType, outcome: status });
  } catch (error) {
    const dueAt = nextTryAt(row.tries, row.receivedAt, ctx.now, error);
    await ctx.db
      .update(webhookInbox)
      .set({
        status: dueAt === null ? 'quarantined' : 'received',
        lastError: error instanceof AppError ? error.message : 'Our own error; its details are in the log.',
        tries: row.tries + 1,
        dueAt,
        leaseUntil: null,
      })
      .where(mine);
    ctx.log.warn({
      event: 'webhook.failed',
      webhookId: row.id,
      eventType: row.eventType,
      outcome: dueAt === null ? 'quarantined' : 'retry',
      error,
    });
  }
}

function nextTryAt(tries: number, receivedAt: Date, now: Date, error: unknown): Date | null {
  const wait = RETRY_AFTER_MS[tries];
  if (wait !== undefined) return new Date(now.getTime() + wait);
  const mayPass =
    error instanceof AppError && error.retryable && now.getTime() - receivedAt.getTime() < GIVE_UP_AFTER_MS;
  return mayPass ? new Date(now.getTime() + (RETRY_AFTER_MS.at(-1) ?? 0)) : null;
}

/** Staff let a delivery be processed again, whatever became of it; effects converge, so this is safe. Throws `not_found`. */
export async function replayWebhook(ctx: Context, input: { webhookId: Id<'webhook'> }): Promise<void> {
  requireStaff(ctx.principal, 'replay_webhook');
  await inTransaction(ctx.db, async (tx) => {
    const [row] = await tx.select().from(webhookInbox).where(eq(webhookInbox.id, input.webhookId)).for('update');
    if (row === undefined) throw notFound('This delivery');
    await tx
      .update(webhookInbox)
      // A worker that has it in hand lets go of it, or its end would be taken for that of the replay.
      .set({
        status: 'received',
        dueAt: ctx.now,
        tries: 0,
        leaseUntil: null,
        leaseEpoch: sql`${webhookInbox.leaseEpoch} + 1`,
      })
      .where(eq(webhookInbox.id, row.id));
    await audit(tx, ctx, {
      action: 'webhook.replayed',
      subject: row.id,
      customerId: null,
      change: { from: row.status, to: 'received' },
    });
  });
}
