import { html, type Markup } from '../markup';
import type { Delivery } from '../records';
import type { World } from '../world';
import { chip, distance, instant, postButton, type Tone, table } from './parts';

const TONES: Record<Delivery['status'], Tone> = {
  pending: 'wait',
  held: 'wait',
  delivered: 'ok',
  failed: 'bad',
  dropped: 'off',
};
const WORDS: Record<Delivery['status'], string> = {
  pending: 'On its way',
  held: 'Held back',
  delivered: 'Delivered',
  failed: 'Given up',
  dropped: 'Dropped',
};

/** What became of a delivery so far. */
export function deliveryChip({ status }: Delivery): Markup {
  return chip(TONES[status], WORDS[status]);
}

/** Deliveries that are behind us, newest first. */
export function finishedTable(world: World, deliveries: readonly Delivery[]): Markup {
  return table(
    {
      caption: 'Finished deliveries, newest first',
      columns: [
        'Event',
        'Status',
        { label: 'Attempts', from: 'md' },
        { label: 'Last answer', from: 'md' },
        'Created (UTC)',
        '(By hand)',
      ],
      empty: html`<strong>Nothing was delivered yet</strong>Each status change of a session and each finished token makes an event, with one delivery for each endpoint.`,
      live: 'finished',
    },
    deliveries.map((delivery) => {
      const last = world.store.attempts.find('delivery', delivery.id).at(-1);
      return html`<tr>${eventCell(delivery)}<td>${deliveryChip(delivery)}</td><td class="from-md">${delivery.attempts}</td>
<td class="from-md break">${last === undefined ? '' : (last.status ?? last.error)}</td><td class="tight">${instant(delivery.created_at)}</td>
<td>${postButton('/console/resend', { delivery_id: delivery.id }, 'Send again', { name: `Send again: ${delivery.event_type}` })}</td></tr>
`;
    }),
  );
}

/** The event of a delivery, where it goes, and its page. */
export function eventCell(delivery: Delivery): Markup {
  return html`<th scope="row" class="break"><a class="quiet" href="/console/webhooks/${delivery.id}">${delivery.event_type}</a><span class="fine break">${delivery.url}</span></th>`;
}

/** When a delivery goes out next. */
export function dueText(world: World, delivery: Delivery): string {
  const due = delivery.next_attempt_at;
  if (due === null) return '';
  return due <= world.clock.nowIso() ? 'now' : distance(due, world.clock.now());
}
