import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import { type WebhookStatus, webhookInbox } from '@/db/schema/messages';
import type { Context } from '@/lib/context';
import { notFound } from '@/lib/core/errors';
import type { Id } from '@/lib/core/id';
import { staffMay } from '@/lib/core/principal';
import { readStaffShell, type StaffShellFacts } from './admin-shell';
import { cutPage, formatCursor, PAGE_SIZE, parseCursor } from './page-cursor';

export type { WebhookStatus };

/** One delivery as staff see it; its body stays sealed. */
export interface StaffWebhook {
  id: Id<'webhook'>;
  eventType: string;
  status: WebhookStatus;
  isSigned: boolean;
  isLate: boolean;
  effect: string | null;
  lastError: string | null;
  tries: number;
  receivedAt: Date;
  processedAt: Date | null;
  /** When it is tried again by itself; null: not. */
  dueAt: Date | null;
}

/** One page of deliveries, the latest first. */
export interface WebhookList {
  shell: StaffShellFacts;
  rows: StaffWebhook[];
  next: string | null;
}

/** One delivery, and whether this person may have it processed again. */
export interface WebhookPage {
  shell: StaffShellFacts;
  webhook: StaffWebhook & { deliveryKey: string };
  mayReplay: boolean;
}

const COLUMNS = {
  id: webhookInbox.id,
  eventType: webhookInbox.eventType,
  status: webhookInbox.status,
  isSigned: webhookInbox.isSigned,
  isLate: webhookInbox.isLate,
  effect: webhookInbox.effect,
  lastError: webhookInbox.lastError,
  tries: webhookInbox.tries,
  receivedAt: webhookInbox.receivedAt,
  processedAt: webhookInbox.processedAt,
  dueAt: webhookInbox.dueAt,
};

/** Reads a page of the inbox, in two queries made at once. Throws `not_found` for everybody who is not staff. */
export async function webhookList(
  ctx: Context,
  input: { status?: WebhookStatus | undefined; after?: string | undefined },
): Promise<WebhookList> {
  const [shell, rows] = await Promise.all([
    readStaffShell(ctx),
    ctx.db
      .select(COLUMNS)
      .from(webhookInbox)
      .where(and(input.status && eq(webhookInbox.status, input.status), beyond(input.after)))
      .orderBy(desc(webhookInbox.receivedAt), desc(webhookInbox.id))
      .limit(PAGE_SIZE + 1),
  ]);
  return { shell, ...cutPage(rows, ({ receivedAt, id }) => formatCursor({ at: receivedAt, id })) };
}

/** Reads one delivery, in two queries made at once. Throws `not_found` for an unknown id and for everybody who is not staff. */
export async function webhookPage(ctx: Context, input: { webhookId: Id<'webhook'> }): Promise<WebhookPage> {
  const [shell, [webhook]] = await Promise.all([
    readStaffShell(ctx),
    ctx.db
      .select({ ...COLUMNS, deliveryKey: webhookInbox.deliveryKey })
      .from(webhookInbox)
      .where(eq(webhookInbox.id, input.webhookId)),
  ]);
  if (webhook === undefined) throw notFound('This delivery');
  return { shell, webhook, mayReplay: staffMay(ctx.principal, 'replay_webhook') };
}

function beyond(after: string | undefined): SQL | undefined {
  const cursor = parseCursor(after);
  if (cursor === null) return undefined;
  return sql`(${webhookInbox.receivedAt}, ${webhookInbox.id}) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id})`;
}
