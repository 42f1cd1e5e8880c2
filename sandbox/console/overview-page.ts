import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { hostedPath } from '../model/hosted-requests';
import type { HostedRequest } from '../records';
import type { World } from '../world';
import { callTable } from './call-rows';
import { clockPanel } from './clock-panel';
import { consolePage } from './layout';
import { chip, instant, postButton, section, table } from './parts';
import { FIRST_SEED } from './scenario-pages';
import { SCENARIOS } from './scenarios';
import { tokenTable } from './token-rows';

/** How many rows of each kind the first page shows. */
const FEW = 6;
const FEW_SCENARIOS = 3;

/** The sandbox at a glance: its time, how to force what is hard to get, who exists, and what was asked last. */
export function overviewPage(world: World, said: string | null): Reply {
  const { store } = world;
  const open = store.requests.newest(200).filter(({ status }) => status === 'open' || status === 'verifying');
  return consolePage(world, {
    title: 'Overview',
    current: '/',
    lead: html`Answers Truemed’s API at <code>${world.publicUrl}</code> with the key <code>${world.apiKey}</code>.`,
    said,
    body: html`<section aria-label="Clock">${clockPanel(world)}</section>
${section('force', 'Force what is hard to get', scenarioCards(), html`<a class="quiet" href="/console/scenarios">All scenarios</a>`)}
${section('tokens', 'Tokens', tokenTable(world, store.tokens.newest(FEW), 'tokens'), html`<a class="quiet" href="/console/tokens">All tokens</a>`)}
${section('open', 'Customers on the hosted pages', openRequests(open.slice(0, FEW)))}
${section('calls', 'Latest requests', callTable(store.calls.newest(FEW), html`<strong>No requests yet</strong>Calls of the API appear here as they are answered.`), html`<a class="quiet" href="/console/requests">All requests</a>`)}
`,
  });
}

/** The scenarios that newcomers look for first: from each, one more click prepares it. */
function scenarioCards(): Markup {
  return html`<div class="grid">${SCENARIOS.slice(0, FEW_SCENARIOS).map(
    ({ name, title, what }) =>
      html`<article class="card"><h3><a href="/console/scenarios/${name}?seed=${FIRST_SEED}">${title}</a></h3><p class="fine muted">${what}</p></article>
`,
  )}</div>`;
}

/** Requests that customers have not finished, or that a practitioner reviews, with the page and the decision. */
export function openRequests(requests: readonly HostedRequest[]): Markup {
  return table(
    {
      caption: 'Customers on the hosted pages, newest first',
      columns: ['Customer', 'For', 'Status', { label: 'Since (UTC)', from: 'lg' }, '(What you can do)'],
      empty: html`<strong>Nobody is there</strong>A redirect_url leads a customer to survey and card; until both are done the request stands here.`,
      live: 'open',
    },
    requests.map((request) => {
      const decide = (outcome: string, label: string) =>
        postButton('/console/review', { request_id: request.id, outcome }, label, {
          name: `${label}: ${request.customer_email}`,
        });
      return html`<tr><th scope="row" class="break">${request.customer_email}</th><td>${request.kind}</td>
<td>${request.status === 'verifying' ? chip('wait', 'Being reviewed') : chip('off', 'Open')}</td><td class="from-lg tight">${instant(request.created_at)}</td>
<td><div class="buttons">${
        request.status === 'verifying'
          ? [decide('approve', 'Issue letter'), decide('reject', 'Do not issue')]
          : html`<a class="btn btn-edge" href="${hostedPath(request)}">Open the page</a>`
      }</div></td></tr>
`;
    }),
  );
}
