import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { ATTEMPT_FAULTS, DELIVERY_FAULTS, type Delivery, type DeliveryAttempt } from '../records';
import type { World } from '../world';
import { deliveryChip, dueText, eventCell, finishedTable } from './delivery-rows';
import { icon } from './icons';
import { consolePage } from './layout';
import { chip, facts, field, instant, postButton, prettyJson, section, select, table } from './parts';

/** How many deliveries in flight can be put into another order at once. */
const MAX_ORDERED = 40;
const FINISHED_ROWS = 30;

/** The events that Truemed has (section 7.4). */
export const EVENT_TYPES = [
  'payment_session.updated',
  'payment_token.updated',
  'qualification_session.updated',
  'product_catalog.item.eligibility_updated',
] as const;

/** Webhooks on their way, in an order that can be changed, and those behind us. `order` is what the address asks for. */
export function deliveriesPage(world: World, order: string, said: string | null): Reply {
  const { deliveries, deliveryFaults } = world.store;
  const inFlight = ordered(
    [...deliveries.find('status', 'held'), ...deliveries.find('status', 'pending')],
    order.split(','),
  ).slice(0, MAX_ORDERED);
  const finished: Delivery[] = [];
  for (const delivery of deliveries.newestFirst()) {
    if (finished.length === FINISHED_ROWS) break;
    if (delivery.status !== 'pending' && delivery.status !== 'held') finished.push(delivery);
  }
  const isHolding = deliveryFaults.all().some(({ fault }) => fault === 'hold');
  return consolePage(world, {
    title: 'Webhooks',
    current: '/console/webhooks',
    lead: html`Signed and sent to ${world.webhooks.endpoints.length === 0 ? 'nobody: there is no endpoint' : world.webhooks.endpoints.map(({ url }) => url).join(', ')}.`,
    said,
    actions: isHolding
      ? postButton('/console/webhooks/hold-new', { hold: 'no' }, 'Stop holding new ones')
      : postButton('/console/webhooks/hold-new', { hold: 'yes' }, 'Hold new ones'),
    body: html`${section(
      'flight',
      'In flight',
      inFlightTable(world, inFlight, isHolding),
      inFlight.length > 1
        ? postButton(
            '/console/webhooks/release',
            { delivery_ids: inFlight.map(({ id }) => id).join(',') },
            'Send all in this order',
            { kind: 'primary' },
          )
        : null,
    )}
${section('finished', 'Behind us', finishedTable(world, finished))}
${section('fire', 'Fire one by hand', fireForm())}`,
  });
}

/** One delivery: its event, and every attempt with its request and the answer. */
export function deliveryPage(world: World, delivery: Delivery, said: string | null): Reply {
  const event = world.store.events.get(delivery.event_id);
  const attempts = world.store.attempts.find('delivery', delivery.id);
  return consolePage(world, {
    title: delivery.event_type,
    current: '/console/webhooks',
    back: { href: '/console/webhooks', label: 'Webhooks' },
    said,
    actions: html`${postButton('/console/webhooks/send', { delivery_id: delivery.id }, 'Send now')}${
      isWaiting(delivery) ? postButton('/console/webhooks/drop', { delivery_id: delivery.id }, 'Drop') : null
    }`,
    body: html`${facts([
      ['Status', deliveryChip(delivery)],
      ['To', delivery.url],
      ['About', event?.customer_email ?? null],
      ['Delivery id', html`<code>${delivery.id}</code>`],
      ['Fault', delivery.fault],
      ['Next attempt', dueText(world, delivery)],
      ['Created (UTC)', instant(delivery.created_at)],
    ])}
${section('data', 'Event', html`<pre tabindex="0" aria-label="The data of the event">${JSON.stringify(event?.data ?? {}, null, 2)}</pre>`)}
${section(
  'attempts',
  'Attempts',
  attempts.length === 0
    ? html`<div class="empty">None yet.</div>`
    : html`<ul class="rows">${attempts.map(attemptRow)}</ul>`,
)}`,
  });
}

/** Waits to go out, or to be released. */
function isWaiting({ status }: Delivery): boolean {
  return status === 'pending' || status === 'held';
}

/** Those that the order names come first, in that order; the others as they are due. */
function ordered(deliveries: readonly Delivery[], order: readonly string[]): Delivery[] {
  const rank = (delivery: Delivery) => {
    const at = order.indexOf(delivery.id);
    return at === -1 ? order.length : at;
  };
  const due = ({ next_attempt_at, created_at }: Delivery) => next_attempt_at ?? created_at;
  return [...deliveries].sort((a, b) => rank(a) - rank(b) || due(a).localeCompare(due(b)));
}

function inFlightTable(world: World, deliveries: readonly Delivery[], isHolding: boolean): Markup {
  const ids = deliveries.map(({ id }) => id);
  const swapped = (at: number, to: number) => {
    const [a, b] = [ids[at] ?? '', ids[to] ?? ''];
    return `?order=${ids.map((id, index) => (index === at ? b : index === to ? a : id)).join(',')}`;
  };
  return table(
    {
      caption: 'Webhooks in flight, in the order in which they would be sent',
      columns: [
        'Event',
        'Status',
        { label: 'About', from: 'lg' },
        { label: 'Attempts', from: 'md' },
        '(Order)',
        '(By hand)',
      ],
      empty: isHolding
        ? html`<strong>Nothing is held yet</strong>New deliveries wait here until you send them.`
        : html`<strong>Nothing is on its way</strong>Deliveries go out at once. Hold new ones to look at them, to change their order, or to drop some.`,
      live: 'flight',
    },
    deliveries.map((delivery, at) => {
      const about = world.store.events.get(delivery.event_id);
      const move = (to: number, name: 'arrow-up' | 'arrow-down', label: string) =>
        to < 0 || to >= ids.length
          ? null
          : html`<a class="btn btn-bare btn-square" href="${swapped(at, to)}" aria-label="${label}: ${delivery.event_type}">${icon(name)}</a>`;
      return html`<tr data-drag="${delivery.id}">${eventCell(delivery)}
<td class="tight">${deliveryChip(delivery)}<span class="fine">${dueText(world, delivery)}</span></td><td class="from-lg break">${about?.customer_email ?? null}<span class="fine">${statusOf(about?.data)}</span></td>
<td class="from-md">${delivery.attempts}</td><td><div class="buttons">${move(at - 1, 'arrow-up', 'Earlier')}${move(at + 1, 'arrow-down', 'Later')}</div></td>
<td><div class="buttons">${postButton('/console/webhooks/send', { delivery_id: delivery.id }, 'Send now', { name: `Send now: ${delivery.event_type}` })}${
        delivery.status === 'pending'
          ? postButton('/console/webhooks/hold', { delivery_id: delivery.id }, 'Hold', {
              name: `Hold: ${delivery.event_type}`,
            })
          : null
      }${postButton('/console/webhooks/drop', { delivery_id: delivery.id }, 'Drop', { name: `Drop: ${delivery.event_type}` })}</div></td></tr>
`;
    }),
  );
}

function statusOf(data: Readonly<Record<string, unknown>> | undefined): string {
  return typeof data?.status === 'string' ? data.status : '';
}

function attemptRow(attempt: DeliveryAttempt): Markup {
  const { request, status, error, ms, at, number, answer, fault } = attempt;
  const isGood = status !== null && status >= 200 && status < 300;
  const headers = Object.entries(request.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  return html`<li><div><p class="strong">Attempt ${number} ${chip(isGood ? 'ok' : 'bad', String(status ?? error ?? 'no answer'))}</p>
<p class="fine muted">${instant(at)} UTC, ${ms} ms${fault === null ? '' : `, fault: ${fault}`}</p>
<details class="more"><summary>Request and answer</summary><pre tabindex="0" aria-label="Headers of attempt ${number}">${headers}</pre><pre tabindex="0" aria-label="Body of attempt ${number}">${prettyJson(request.body)}</pre>
${answer === '' ? html`<p class="fine muted">The answer had no body.</p>` : html`<pre tabindex="0" aria-label="Answer to attempt ${number}">${answer}</pre>`}</details></div>
${postButton('/console/webhooks/replay', { attempt_id: attempt.id }, 'Send the same bytes', { name: `Send the same bytes as attempt ${number}` })}</li>
`;
}

function fireForm(): Markup {
  return html`<form method="post" action="/console/webhooks/fire"><div class="fields">
${field('event_type', 'Event', (id) => select(id, 'event_type', Object.fromEntries(EVENT_TYPES.map((type) => [type, type]))))}
${field('subject', 'About', (id) => html`<input id="${id}" name="subject" placeholder="E-mail, token or session id">`, 'Its data is made up from what is known there.')}
</div><p class="buttons"><button class="btn btn-edge">Fire</button></p></form>`;
}

/** The form that scripts a fault on the next deliveries. */
export function deliveryFaultForm(): Markup {
  const names = [...DELIVERY_FAULTS, ...ATTEMPT_FAULTS];
  return html`<form method="post" action="/console/faults/delivery"><div class="fields">
${field('delivery-fault', 'Fault', (id) => select(id, 'fault', Object.fromEntries(names.map((name) => [name, name.replaceAll('_', ' ')]))))}
${field('delivery-times', 'Times', (id) => html`<input id="${id}" name="times" type="number" min="1" value="1" required>`)}
${field('delivery-type', 'Event', (id) => select(id, 'event_type', { '': 'Any', ...Object.fromEntries(EVENT_TYPES.map((type) => [type, type])) }))}
${field('delivery-email', 'Customer', (id) => html`<input id="${id}" name="email" type="email" placeholder="Anybody">`)}
${field('delivery-status', 'Status it tells of', (id) => html`<input id="${id}" name="status" placeholder="Any, such as captured">`)}
${field('delivery-delay', 'Delay in seconds', (id) => html`<input id="${id}" name="delay_seconds" type="number" min="0" placeholder="60">`, 'Of delay and reorder.')}
${field('delivery-copies', 'Copies', (id) => html`<input id="${id}" name="copies" type="number" min="2" max="100" placeholder="2">`, 'Of duplicate.')}
</div><p class="buttons"><button class="btn btn-edge">Add this fault</button></p></form>`;
}
