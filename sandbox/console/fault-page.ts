import { OPERATIONS } from '../api/operations';
import { readChaos } from '../chaos';
import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { API_FAULTS, type ApiFault, type DeliveryFault } from '../records';
import type { World } from '../world';
import { deliveryFaultForm } from './delivery-pages';
import { consolePage } from './layout';
import { field, postButton, section, select, table } from './parts';

/** What goes wrong on purpose: scripted for the next calls and deliveries, or by chance with a seed. */
export function faultPage(world: World, said: string | null): Reply {
  const { apiFaults, deliveryFaults } = world.store;
  return consolePage(world, {
    title: 'Faults',
    current: '/console/faults',
    lead: 'What goes wrong on purpose. The oldest fault that fits is used up first.',
    said,
    ...(apiFaults.size + deliveryFaults.size > 0
      ? { actions: postButton('/console/faults/clear', {}, 'Remove all') }
      : {}),
    body: html`${section('waiting', 'Waiting', waitingTable([...apiFaults.all().map(callFaultRow), ...deliveryFaults.all().map(deliveryFaultRow)]))}
${section('call', 'On calls of the API', callFaultForm())}
${section('delivery', 'On webhooks', deliveryFaultForm())}
${section('chaos', 'By chance', chaosForm(world))}`,
  });
}

function waitingTable(rows: readonly Markup[]): Markup {
  return table(
    {
      caption: 'Faults that wait, oldest first',
      columns: ['Fault', 'Where', 'Times', '(Remove)'],
      empty: html`<strong>Nothing goes wrong</strong>Add a fault below.`,
      live: 'faults',
    },
    rows,
  );
}

function callFaultRow(fault: ApiFault): Markup {
  const name = typeof fault.fault === 'string' ? fault.fault : `answer ${fault.fault.status}`;
  return faultRow(fault.id, name, 'Calls', fault.match, fault.times);
}

function deliveryFaultRow(fault: DeliveryFault): Markup {
  const { event_type, event_id, email, status, endpoint } = fault;
  return faultRow(fault.id, fault.fault, 'Webhooks', { event_type, event_id, email, status, endpoint }, fault.times);
}

function faultRow(id: string, name: string, where: string, match: object, times: number): Markup {
  const conditions = Object.entries(match)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => `${key.replaceAll('_', ' ')} ${String(value)}`);
  return html`<tr><th scope="row">${name}</th><td class="break">${where}<span class="fine">${conditions.join(', ')}</span></td><td>${times}</td>
<td>${postButton('/console/faults/remove', { id }, 'Remove', { name: `Remove ${name}` })}</td></tr>
`;
}

function callFaultForm(): Markup {
  return html`<form method="post" action="/console/faults/call"><div class="fields">
${field('call-fault', 'Fault', (id) => select(id, 'fault', Object.fromEntries(API_FAULTS.map((name) => [name, name.replaceAll('_', ' ')]))))}
${field('call-times', 'Times', (id) => html`<input id="${id}" name="times" type="number" min="1" value="1" required>`)}
${field('call-operation', 'Operation', (id) => select(id, 'operation', { '': 'Any', ...Object.fromEntries(OPERATIONS.map(({ name }) => [name, name])) }))}
${field('call-email', 'Customer', (id) => html`<input id="${id}" name="email" type="email" placeholder="Anybody">`)}
${field('call-key', 'Idempotency key', (id) => html`<input id="${id}" name="idempotency_key" placeholder="Any">`)}
${field('call-metadata', 'Metadata contains', (id) => html`<input id="${id}" name="metadata" placeholder="Anything">`)}
${field('call-when', 'When', (id) => select(id, 'when', { after: 'After it was carried out', before: 'Before' }), 'Of hang.')}
${field('call-ms', 'Milliseconds', (id) => html`<input id="${id}" name="ms" type="number" min="0" placeholder="30000">`, 'Of hang and drip.')}
${field('call-retry', 'Retry-After in seconds', (id) => html`<input id="${id}" name="retry_after_seconds" type="number" min="0" placeholder="1">`, 'Of 429.')}
</div><p class="buttons"><button class="btn btn-edge">Add this fault</button></p></form>`;
}

function chaosForm(world: World): Markup {
  const chaos = readChaos(world.store);
  const rates = (given: object | undefined) =>
    Object.entries(given ?? {})
      .map(([name, rate]) => `${name} ${rate}`)
      .join('\n');
  return html`<p class="muted">${
    chaos === null
      ? 'Off. The same seed and the same calls go wrong in the same way.'
      : html`On, with the seed <strong>${chaos.seed}</strong>. The same seed and the same calls go wrong in the same way.`
  }</p>
<form method="post" action="/console/chaos"><div class="fields">
${field('seed', 'Seed', (id) => html`<input id="${id}" name="seed" value="${chaos?.seed ?? '7'}" required>`)}
${field('max-delay', 'Longest delay in seconds', (id) => html`<input id="${id}" name="max_delay_seconds" type="number" min="0" value="${chaos?.max_delay_seconds ?? 3600}">`)}
${field('calls', 'Faults of calls', (id) => html`<textarea id="${id}" name="calls" rows="4">${chaos === null ? '500 0.05\nreset_after 0.02' : rates(chaos.calls)}</textarea>`, 'One a line: its name and how likely it is.')}
${field('deliveries', 'Faults of webhooks', (id) => html`<textarea id="${id}" name="deliveries" rows="4">${chaos === null ? 'duplicate 0.1\nreorder 0.1\ndelay 0.1' : rates(chaos.deliveries)}</textarea>`, 'One a line: its name and how likely it is.')}
</div><p class="buttons"><button class="btn btn-edge">${chaos === null ? 'Start' : 'Change'}</button>${
    chaos === null
      ? null
      : html`<button class="btn btn-bare" formaction="/console/chaos/stop" formnovalidate>Stop</button>`
  }</p></form>`;
}
