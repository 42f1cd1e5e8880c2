import { html, type Markup } from '../markup';
import type { CallSeen } from '../records';
import { chip, instant, type Tone, table } from './parts';

/** Calls of the API, newest first. */
export function callTable(calls: readonly CallSeen[], empty: Markup | string): Markup {
  return table(
    {
      caption: 'Requests, newest first',
      columns: ['Request', 'Answer', { label: 'Fault', from: 'md' }, { label: 'Took', from: 'md' }, 'At (UTC)'],
      empty,
      live: 'calls',
    },
    calls.map(
      (
        call,
      ) => html`<tr><th scope="row" class="break"><a class="quiet" href="/console/requests/${call.id}">${call.operation ?? `${call.method} ${call.path}`}</a><span class="fine break">${call.method} ${call.path}</span></th>
<td class="tight">${callChip(call)}<span class="fine">${call.error}</span></td>
<td class="from-md">${call.fault ?? ''}</td><td class="from-md tight">${call.ms} ms</td><td class="tight">${instant(call.at)}</td></tr>
`,
    ),
  );
}

/** How a call was answered. */
export function callChip({ status }: CallSeen): Markup {
  if (status === null) return chip('bad', 'Connection reset');
  const tone: Tone = status < 300 ? 'ok' : status >= 500 ? 'bad' : 'attn';
  return chip(tone, String(status));
}
