import type { SessionStatus } from '@/lib/truemed/schemas';
import { dollars } from '../hosted/order-summary';
import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { hostedPath } from '../model/hosted-requests';
import { NEXT_STATUSES } from '../model/sessions';
import { type PaymentSession, SETTLEMENTS } from '../records';
import type { World } from '../world';
import { eventCell } from './delivery-rows';
import { consolePage } from './layout';
import { chip, facts, hiddenFields, instant, postButton, section, select, type Tone, table } from './parts';

const PAGE_ROWS = 50;
const MAX_SCANNED = 20_000;

const TONES: Record<SessionStatus, Tone> = {
  pending: 'off',
  processing: 'wait',
  authorized: 'wait',
  captured: 'ok',
  rejected: 'bad',
  canceled: 'off',
  authorization_voided: 'off',
  authorization_expired: 'bad',
};

/** Payment sessions, newest first, by customer, key or status. */
export function sessionsPage(world: World, filter: { text: string; status: string }, said: string | null): Reply {
  const found: PaymentSession[] = [];
  let scanned = 0;
  for (const session of world.store.sessions.newestFirst()) {
    scanned += 1;
    if (found.length === PAGE_ROWS || scanned > MAX_SCANNED) break;
    if (filter.status !== '' && session.status !== filter.status) continue;
    const words = `${session.id} ${session.customer_email} ${session.idempotency_key} ${session.metadata}`;
    if (words.toLowerCase().includes(filter.text.toLowerCase())) found.push(session);
  }
  const statuses = Object.fromEntries(Object.keys(TONES).map((status) => [status, status.replaceAll('_', ' ')]));
  return consolePage(world, {
    title: 'Sessions',
    current: '/console/sessions',
    lead: 'Every payment session: checkouts and unattended charges.',
    said,
    body: html`<form class="filters" method="get" role="search"><input type="search" name="text" value="${filter.text}" aria-label="Customer, key or id" placeholder="Customer, key or id">
${select('status', 'status', { '': 'Any status', ...statuses }, filter.status, 'Status')}<button class="btn">Filter</button></form>
${sessionTable(found, 'No session is like this.')}`,
  });
}

/** Sessions as a table. */
export function sessionTable(sessions: readonly PaymentSession[], empty: string): Markup {
  return table(
    {
      caption: 'Sessions, newest first',
      columns: ['Customer', 'Amount', 'Status', { label: 'Key', from: 'lg' }, { label: 'Created (UTC)', from: 'md' }],
      empty,
      live: 'sessions',
    },
    sessions.map(
      (
        session,
      ) => html`<tr><th scope="row" class="break"><a class="quiet" href="/console/sessions/${session.id}">${session.customer_email}</a><span class="fine break">${session.id}</span></th>
<td class="tight">${dollars(session.total_amount)}</td><td>${sessionChip(session)}<span class="fine">${session.next_action ?? ''}</span></td>
<td class="from-lg break">${session.idempotency_key}</td><td class="from-md tight">${instant(session.created_at)}</td></tr>
`,
    ),
  );
}

/** A session's status. */
export function sessionChip({ status }: PaymentSession): Markup {
  return chip(TONES[status], status.replaceAll('_', ' '));
}

/** One session: what it is, what was told of it, and what can still become of it. */
export function sessionPage(world: World, session: PaymentSession, said: string | null): Reply {
  const request = world.store.requests.get(session.id);
  const { id } = session;
  return consolePage(world, {
    title: `${dollars(session.total_amount)}, ${session.status.replaceAll('_', ' ')}`,
    current: '/console/sessions',
    back: { href: '/console/sessions', label: 'Sessions' },
    lead: session.customer_email,
    said,
    ...(request?.status === 'open'
      ? { actions: html`<a class="btn btn-primary" href="${hostedPath(request)}">Open its page</a>` }
      : {}),
    body: html`${facts([
      ['Session', html`<code>${id}</code>`],
      ['Status', sessionChip(session)],
      ['Asked for', session.next_action],
      ['Kind', session.kind.replaceAll('_', ' ')],
      [
        'Token',
        session.payment_token === null
          ? null
          : html`<a class="quiet" href="/console/tokens/${session.payment_token}">${session.payment_token}</a>`,
      ],
      ['Idempotency key', session.idempotency_key],
      ['Metadata', session.metadata],
      ['Captured (UTC)', session.captured_on === null ? null : instant(session.captured_on)],
    ])}
${section('do', 'What becomes of it', sessionButtons(session))}
${section('events', 'What was told of it', eventTable(world, id))}
${section('whole', 'As it is kept', html`<pre tabindex="0" aria-label="The session as it is kept">${JSON.stringify(session, null, 2)}</pre>`)}`,
  });
}

function sessionButtons(session: PaymentSession): Markup {
  const { id, status } = session;
  const outcomes = SETTLEMENTS.filter((outcome) => NEXT_STATUSES[status].includes(outcome));
  const call = (operation: string, label: string, extra: Record<string, string> = {}) =>
    postButton('/console/sessions/call', { id, operation, ...extra }, label);
  const buttons: (Markup | false)[] = [
    ...outcomes.map((outcome) =>
      postButton('/console/decision', { session_id: id, status: outcome }, `Make it ${outcome}`),
    ),
    status === 'pending' && call('cancel', 'Cancel'),
    status === 'authorized' && call('capture', 'Capture'),
    status === 'authorized' && call('void', 'Void'),
    status === 'captured' &&
      html`<form class="buttons" method="post" action="/console/sessions/call">${hiddenFields({ id, operation: 'refund' })}<label for="amount">Refund, in cents</label><input id="amount" name="amount" type="number" min="1" value="${session.total_amount}" required><button class="btn btn-edge">Refund</button></form>`,
  ];
  const shown = buttons.filter((button) => button !== false);
  return shown.length === 0
    ? html`<p class="muted">It is ${status.replaceAll('_', ' ')}, and stays so.</p>`
    : html`<div class="buttons">${shown}</div>`;
}

/** The deliveries of the events about a session. */
function eventTable(world: World, id: string): Markup {
  const events = [];
  let scanned = 0;
  for (const event of world.store.events.newestFirst()) {
    scanned += 1;
    if (scanned > MAX_SCANNED) break;
    if (Object.values(event.data).includes(id)) events.push(event);
  }
  const rows = events.flatMap((event) =>
    world.store.deliveries.find('event', event.id).map(
      (
        delivery,
      ) => html`<tr>${eventCell(delivery)}<td>${String(event.data.status ?? '')}</td><td>${delivery.status}</td><td class="tight">${instant(event.at)}</td></tr>
`,
    ),
  );
  return table(
    {
      caption: 'Webhooks about this session, newest first',
      columns: ['Event', 'Tells', 'Delivery', 'At (UTC)'],
      empty: events.length === 0 ? 'Nothing yet.' : 'There is no endpoint to tell.',
    },
    rows,
  );
}
