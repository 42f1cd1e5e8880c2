import { OPERATIONS } from '../api/operations';
import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import type { CallSeen } from '../records';
import type { World } from '../world';
import { callChip, callTable } from './call-rows';
import { consolePage } from './layout';
import { asCurl } from './own-call';
import { copyButton, facts, instant, postButton, prettyJson, section, select } from './parts';

const PAGE_ROWS = 50;
/** How many calls are looked through for those that a filter wants. */
const MAX_SCANNED = 20_000;

const ANSWERS: Readonly<Record<string, { label: string; matches: (call: CallSeen) => boolean }>> = {
  '': { label: 'Any answer', matches: () => true },
  ok: { label: 'Success', matches: ({ status }) => status !== null && status < 300 },
  422: { label: '422', matches: ({ status }) => status === 422 },
  refused: { label: 'Refused (4xx)', matches: ({ status }) => status !== null && status >= 400 && status < 500 },
  failed: { label: 'Failed or reset', matches: ({ status }) => status === null || status >= 500 },
  fault: { label: 'With a fault', matches: ({ fault }) => fault !== null },
};

/** What the requests page is asked for. */
export interface CallFilter {
  operation: string;
  answer: string;
  text: string;
  /** Only calls before the one with this id. */
  before: string;
}

/** Every call of the API, newest first and live, by what it asked for and how it was answered. */
export function callsPage(world: World, filter: CallFilter, said: string | null): Reply {
  const calls = findCalls(world, filter);
  const more = calls.length > PAGE_ROWS ? calls[PAGE_ROWS - 1] : undefined;
  const isFiltered = filter.operation !== '' || filter.answer !== '' || filter.text !== '';
  return consolePage(world, {
    title: 'Requests',
    current: '/console/requests',
    lead: 'Every call of the API as it was answered.',
    said,
    body: html`<form class="filters" method="get" role="search">
<input type="search" name="text" value="${filter.text}" aria-label="Path, key or body" placeholder="Path, key or body">
${select('operation', 'operation', { '': 'Any operation', ...operationNames() }, filter.operation, 'Operation')}
${select('answer', 'answer', Object.fromEntries(Object.entries(ANSWERS).map(([name, { label }]) => [name, label])), filter.answer, 'Answer')}
<button class="btn">Filter</button>${isFiltered && html`<a class="quiet" href="/console/requests">Clear</a>`}
</form>
${callTable(calls.slice(0, PAGE_ROWS), isFiltered ? 'No request is like this.' : html`<strong>No requests yet</strong>Calls of the API appear here as they are answered.`)}
${more !== undefined && html`<p class="buttons"><a class="btn btn-edge" href="?${olderQuery(filter, more.id)}">Older</a></p>`}`,
  });
}

/** One call: what was sent, what was answered, and both again. */
export function callPage(world: World, call: CallSeen, said: string | null): Reply {
  const text = world.recentCalls.find(call.id);
  const curl = asCurl(world, call);
  return consolePage(world, {
    title: call.operation ?? `${call.method} ${call.path}`,
    current: '/console/requests',
    back: { href: '/console/requests', label: 'Requests' },
    said,
    actions: html`${copyButton(curl, 'Copy as curl')}${postButton('/console/requests/replay', { id: call.id }, 'Send again')}`,
    body: html`${facts([
      ['Request', html`<code>${call.method} ${call.path}</code>`],
      ['Answer', callChip(call)],
      ['Error', call.error],
      ['Fault', call.fault],
      ['Idempotency key', call.idempotency_key],
      ['At (UTC)', instant(call.at)],
      ['Took', `${call.ms} ms`],
    ])}
${section('request', 'Request', block(text?.request, 'Request body'))}
${section('answer', 'Answer', html`${block(text?.answer, 'Answer body')}${redirectLink(text?.answer)}`)}
${section('curl', 'As a command', html`<pre tabindex="0" aria-label="The request as a curl command">${curl}</pre>`)}`,
  });
}

function findCalls(world: World, filter: CallFilter): CallSeen[] {
  const answer = ANSWERS[Object.hasOwn(ANSWERS, filter.answer) ? filter.answer : ''];
  const words = filter.text.toLowerCase();
  const found: CallSeen[] = [];
  let scanned = 0;
  for (const call of world.store.calls.newestFirst(filter.before === '' ? undefined : filter.before)) {
    scanned += 1;
    if (found.length > PAGE_ROWS || scanned > MAX_SCANNED) break;
    if (filter.operation !== '' && call.operation !== filter.operation) continue;
    if (answer?.matches(call) === false) continue;
    if (words === '' || textOf(world, call).includes(words)) found.push(call);
  }
  return found;
}

function textOf(world: World, call: CallSeen): string {
  const text = world.recentCalls.find(call.id);
  const parts = [call.path, call.idempotency_key, call.error, text?.request, text?.answer];
  return parts.join('\n').toLowerCase();
}

function operationNames(): Record<string, string> {
  return Object.fromEntries(OPERATIONS.map(({ name }) => [name, name]));
}

function olderQuery(filter: CallFilter, before: string): string {
  return new URLSearchParams({ ...filter, before }).toString();
}

function block(body: string | undefined, label: string): Markup {
  if (body === undefined) return html`<p class="muted">Not kept any more.</p>`;
  if (body === '') return html`<p class="muted">No body.</p>`;
  return html`<pre tabindex="0" aria-label="${label}">${prettyJson(body)}</pre>`;
}

/** The way to the hosted page that an answer sends the customer to. */
function redirectLink(answer: string | undefined): Markup | null {
  const url = /"redirect_url":\s*"(https?:[^"]+)"/.exec(answer ?? '')?.[1];
  if (url === undefined) return null;
  return html`<p class="buttons"><a class="btn btn-primary" href="${url}">Go where the customer is sent</a></p>`;
}
