/** One replacement in one file of the product; `find` occurs exactly once there. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

/** A bug that somebody could write, planted into a copy of the sources: the simulator must find it. */
export interface PlantedBug {
  name: string;
  edits: readonly Edit[];
}

const MARK = 'lib/services/mark-sent.ts';
const SETTLE = 'lib/services/settle-answers.ts';
const CHARGE = 'lib/core/charge.ts';
const OPEN_BODY = `return ctx.vault.open(attempt.requestBody, \`charge_attempts.request_body:\${attempt.id}\`);`;

/** Those that take the most seeds come first, so that none of them is left to run alone at the end. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'a key is trusted for ever',
    edits: [
      {
        file: CHARGE,
        find: 'now.getTime() - sentAt.getTime() < KEY_GOOD_FOR_MS',
        replace: 'now.getTime() - sentAt.getTime() < 99 * KEY_GOOD_FOR_MS',
      },
    ],
  },
  {
    name: 'lease without fencing',
    edits: [
      {
        file: MARK,
        find: 'return rows.filter(({ id, leaseEpoch }) => epochs.get(id) === leaseEpoch);',
        replace: 'return rows;',
      },
      {
        file: SETTLE,
        find: 'given?.epoch === attempt.leaseEpoch && ',
        replace: '',
      },
    ],
  },
  {
    name: 'an unknown outcome is given up after three tries',
    edits: [
      {
        file: CHARGE,
        find: '      const wait = RESEND_AFTER_MS[tries - 1];',
        replace:
          "      if (tries >= 2) return closed('failed', answer.reason, 'session_pending');\n      const wait = RESEND_AFTER_MS[tries - 1];",
      },
    ],
  },
  {
    name: 'a 5xx counts as failed',
    edits: [
      {
        file: CHARGE,
        find: "      return { status: 'unknown', dueAt, errorCode: answer.reason, recovery: null };",
        replace:
          "      return answer.reason === 'server_error' || answer.reason === 'network' ? closed('failed', answer.reason, 'declined') : { status: 'unknown', dueAt, errorCode: answer.reason, recovery: null };",
      },
    ],
  },
  {
    name: '204 before commit',
    edits: [
      {
        file: 'lib/services/receive-webhook.ts',
        find: 'const kind = await storeDelivery(ctx.db, {',
        replace: "const kind = 'stored' as const;\n  void storeDelivery(ctx.db, {",
      },
      {
        file: 'lib/services/receive-webhook.ts',
        find: '    receivedAt: ctx.now,\n  });',
        replace: '    receivedAt: ctx.now,\n  }).catch(() => {});',
      },
    ],
  },
  {
    name: 'settle without the guard of its status',
    edits: [
      {
        file: SETTLE,
        find: " && attempt.status === 'sent'",
        replace: '',
      },
    ],
  },
  {
    name: 'a retry does not read the failed session again',
    edits: [
      {
        file: 'lib/services/retry-recovery.ts',
        find: 'if (last !== undefined && !(await isFreeToCharge(ctx, last))) return endRetry(ctx, found);',
        replace: 'if (last !== undefined && last.number > 999) return endRetry(ctx, found);',
      },
      {
        file: CHARGE,
        find: "      return { status: 'unknown', dueAt, errorCode: answer.reason, recovery: null };",
        replace:
          "      return answer.reason === 'malformed' ? closed('failed', answer.reason, 'session_pending') : { status: 'unknown', dueAt, errorCode: answer.reason, recovery: null };",
      },
    ],
  },
  {
    name: 'fresh idempotency key on retry',
    edits: [
      {
        file: MARK,
        find: OPEN_BODY,
        replace: `const stored = ctx.vault.open(attempt.requestBody, \`charge_attempts.request_body:\${attempt.id}\`);
  return Buffer.from(stored.toString().replace(\`"idempotency_key":"\${attempt.id}"\`, \`"idempotency_key":"\${attempt.id}-\${attempt.tries}"\`));`,
      },
    ],
  },
  {
    name: 'body rebuilt on retry',
    edits: [
      {
        file: MARK,
        find: OPEN_BODY,
        replace: `const stored = ctx.vault.open(attempt.requestBody, \`charge_attempts.request_body:\${attempt.id}\`);
  return attempt.tries > 0 ? Buffer.from(JSON.stringify({ ...JSON.parse(stored.toString()), customer_state: 'NY' })) : stored;`,
      },
    ],
  },
  {
    name: 'dedupe by memory only',
    edits: [
      {
        file: 'db/migrations/0000_init.sql',
        find: 'CREATE UNIQUE INDEX "webhook_inbox_delivery_key"',
        replace: 'CREATE INDEX "webhook_inbox_delivery_key"',
      },
      {
        file: 'db/inbox.ts',
        find: '    on conflict (delivery_key) do nothing\n',
        replace: '',
      },
      {
        file: 'db/inbox.ts',
        find: '  return new Promise((resolve, reject) => {\n    queue.waiting.push',
        replace: `  const seen = SEEN.get(db) ?? new Set<string>();
  SEEN.set(db, seen);
  if (seen.has(row.deliveryKey)) return Promise.resolve('known');
  seen.add(row.deliveryKey);
  return new Promise((resolve, reject) => {
    queue.waiting.push`,
      },
      {
        file: 'db/inbox.ts',
        find: 'const MAX_BATCH = 200;',
        replace: 'const MAX_BATCH = 200;\nconst SEEN = new WeakMap<Database, Set<string>>();',
      },
    ],
  },
  {
    name: 'an effect for each delivery id',
    edits: [
      {
        file: 'lib/services/settle-session.ts',
        find: 'const isNews = attempt.status !== status && mayBecome(attempt.status, status);',
        replace: 'const isNews = attempt.status === status || mayBecome(attempt.status, status);',
      },
      { file: CHARGE, find: '  captured: [],', replace: "  captured: ['captured']," },
    ],
  },
  {
    name: 'schedule advanced in a second transaction',
    edits: [
      {
        file: 'lib/services/plan-invoice.ts',
        find: '  await advance(tx, ctx, renewals);',
        replace: '  void advance(ctx.db, ctx, renewals).catch(() => {});',
      },
    ],
  },
  {
    name: 'lease by the process clock',
    edits: [
      {
        file: 'db/claims.ts',
        find: `and (\${table.leaseUntil} is null or \${table.leaseUntil} < \${databaseNow}) \${beyond}`,
        replace: `and (\${table.leaseUntil} is null or \${table.leaseUntil} < \${now.toISOString()}::timestamptz) \${beyond}`,
      },
      {
        file: 'db/claims.ts',
        find: `update \${table} set lease_until = \${databaseNow} + make_interval(secs => \${options.leaseSeconds}), lease_epoch = \${table.leaseEpoch} + 1\n      from due`,
        replace: `update \${table} set lease_until = \${now.toISOString()}::timestamptz + make_interval(secs => \${options.leaseSeconds}), lease_epoch = \${table.leaseEpoch} + 1\n      from due`,
      },
    ],
  },
  {
    name: 'a call inside a transaction',
    edits: [
      { file: 'lib/truemed/transport.ts', find: "    assertOutsideTransaction('Truemed');\n", replace: '' },
      {
        file: 'lib/services/look-up-attempt.ts',
        find: 'const found = await callTruemed(ctx, (truemed) => truemed.retrievePaymentSession(sessionId));',
        replace:
          'const found = await inTransaction(ctx.db, async (tx) => { await tx.select().from(chargeAttempts).where(eq(chargeAttempts.id, attempt.id)); return ctx.truemed.retrievePaymentSession(sessionId); });',
      },
    ],
  },
  {
    name: 'a 422 is tried again by itself',
    edits: [
      {
        file: CHARGE,
        find: "      return closed('action_required', null, answer.action === 'unknown' ? 'unknown_action' : answer.action);",
        replace: "      return closed('failed', 'Declined', 'session_pending');",
      },
    ],
  },
  {
    name: 'a late processing overwrites captured',
    edits: [
      { file: CHARGE, find: '  captured: [],', replace: "  captured: ['accepted']," },
      {
        file: 'lib/truemed/events.ts',
        find: "  return { kind: 'session', sessionId, metadata: event.metadata ?? null };",
        replace:
          "  return { kind: 'session', sessionId, metadata: event.metadata ?? null, status: String(Reflect.get(event, 'status')) } as TruemedEvent;",
      },
      {
        file: 'lib/services/apply-event.ts',
        find: 'const verdict = readSessionStatus(found.value.status);',
        replace: "const verdict = readSessionStatus(String(Reflect.get(event, 'status')));",
      },
    ],
  },
  {
    name: 'a token is linked by its e-mail',
    edits: [
      {
        file: 'lib/services/apply-event.ts',
        find: '  return token?.customerId ?? null;',
        replace: `  if (token !== undefined) return token.customerId;
  const { customers } = await import('@/db/schema/people');
  const read = await ctx.truemed.retrievePaymentToken(event.paymentToken);
  const email = String(Reflect.get(event, 'email') ?? '');
  const [byEmail] = await ctx.db.select({ id: customers.id }).from(customers).where(eq(customers.email, email));
  return read.kind === 'found' ? (byEmail?.id ?? null) : null;`,
      },
      {
        file: 'lib/truemed/events.ts',
        find: '    paymentToken: event.payment_token,',
        replace: "    paymentToken: event.payment_token,\n    ...{ email: Reflect.get(event, 'customer_email') },",
      },
    ],
  },
  {
    name: 'poller and webhook both apply',
    edits: [
      {
        file: 'lib/services/settle-session.ts',
        find: "if (!isNews && session.verdict !== 'unknown') return keepLooking(tx, ctx, attempt, session);",
        replace:
          "if (!isNews && session.verdict !== 'unknown' && cause !== 'look-up') return keepLooking(tx, ctx, attempt, session);",
      },
      { file: CHARGE, find: '  captured: [],', replace: "  captured: ['captured']," },
    ],
  },
  {
    name: 'a cancelled subscription is still sent',
    edits: [
      {
        file: MARK,
        find: 'const wanted = await stillWanted(tx, planned);',
        replace: 'const wanted = new Set<string>(planned.map(({ id }) => id));',
      },
      {
        file: 'lib/services/stop-collecting.ts',
        find: "const planned = attempts.filter(({ status }) => status === 'planned');",
        replace: 'const planned = attempts.filter(({ tries }) => tries > 999);',
      },
    ],
  },
  {
    name: 'the tolerance of time drops late retries',
    edits: [
      {
        file: 'lib/truemed/signature.ts',
        find: 'export const LATE_LIMIT_SECONDS = 8 * 24 * 60 * 60;',
        replace: 'export const LATE_LIMIT_SECONDS = TOLERANCE_SECONDS;',
      },
    ],
  },
  {
    name: "a month's end drifts to the 28th",
    edits: [
      {
        file: 'lib/core/calendar.ts',
        find: '  const n = indexOnOrBefore(schedule, start);\n  const next',
        replace:
          "  if (schedule.interval.unit === 'month') return anchoredDate({ ...schedule, anchor: start }, 1);\n  const n = indexOnOrBefore(schedule, start);\n  const next",
      },
    ],
  },
  {
    name: 'mail leaves before the commit',
    edits: [
      {
        file: 'lib/services/queue-mail.ts',
        find: '  const added = await tx',
        replace: '  await (ctx as Context).mailer.send(message, id);\n  const added = await tx',
      },
    ],
  },
  {
    name: 'the cursor skips what is inserted behind it',
    edits: [
      {
        file: 'lib/jobs/tick.ts',
        find: '  let cursor: Cursor | null = null;',
        replace: '  let cursor: Cursor | null = CURSORS.get(queue) ?? null;',
      },
      {
        file: 'lib/jobs/tick.ts',
        find: 'const NEVER = new AbortController().signal;',
        replace: 'const NEVER = new AbortController().signal;\nconst CURSORS = new Map<Queue, Cursor>();',
      },
      {
        file: 'lib/jobs/tick.ts',
        find: '    total += batch.claims.length;',
        replace: '    total += batch.claims.length;\n    if (batch.cursor !== null) CURSORS.set(queue, batch.cursor);',
      },
    ],
  },
  {
    name: 'one period has two invoices',
    edits: [
      {
        file: 'db/migrations/0000_init.sql',
        find: 'CREATE UNIQUE INDEX "invoices_period"',
        replace: 'CREATE INDEX "invoices_period"',
      },
      {
        file: 'lib/services/plan-invoice.ts',
        find: `    sql\`\${sql.identifier(subscriptionId.name)}, \${sql.identifier(periodStart.name)}\`,\n`,
        replace: '',
      },
      {
        file: 'lib/services/charge-now.ts',
        find: "  if (open !== undefined) return askForRetry(tx, ctx, open.id, subscription.customerId, 'staff');",
        replace:
          '  if (open !== undefined) return planNextPeriod(tx, ctx, { ...subscription, nextChargeOn: open.periodStart });',
      },
    ],
  },
  {
    name: 'a wrong signature is let in',
    edits: [
      {
        file: 'lib/truemed/signature.ts',
        find: "  if (!matched) return { ok: false, reason: 'no_match' };",
        replace: "  if (!matched && parsed.signatures.length === 0) return { ok: false, reason: 'no_match' };",
      },
    ],
  },
  {
    name: 'the receipt is written outside of the transaction',
    edits: [
      {
        file: 'lib/services/settle-session.ts',
        find: '  await sendReceipt(tx, ctx, invoice);',
        replace: '  void sendReceipt(ctx.db, ctx, invoice).catch(() => {});',
      },
    ],
  },
  {
    name: 'a pause does not stop a planned charge',
    edits: [
      {
        file: 'lib/services/change-schedule.ts',
        find: 'if (change.stopsCollecting) await stopCollecting(',
        replace: 'if (change.stopsCollecting && change.cancelOn !== null) await stopCollecting(',
      },
      {
        file: MARK,
        find: '        inArray(subscriptions.status, CHARGED),\n',
        replace: '',
      },
    ],
  },
];
