import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { hostedPath } from '../model/hosted-requests';
import { tokenOfEmail } from '../model/tokens';
import type { World } from '../world';
import { callTable } from './call-rows';
import { consolePage } from './layout';
import { facts, field, postButton, section } from './parts';
import { isPrepared, type Person, personOf, requestsOf, SCENARIOS, type Scenario } from './scenarios';
import { sessionChip } from './session-pages';
import { tokenChip } from './token-rows';

/** The seed of a link that names none. */
export const FIRST_SEED = '7';

/** Every scenario with its link. */
export function scenariosPage(world: World): Reply {
  return consolePage(world, {
    title: 'Scenarios',
    current: '/console/scenarios',
    lead: 'States that are hard to come by, one button away. Each has an address that you can pass on: the same seed makes the same customer and order.',
    body: html`<div class="grid scenes">${SCENARIOS.map(
      ({
        name,
        title,
        what,
      }) => html`<article class="card"><h2 class="plain"><a href="/console/scenarios/${name}?seed=${FIRST_SEED}">${title}</a></h2><p class="muted">${what}</p></article>
`,
    )}</div>`,
  });
}

/** One scenario with a seed: the button that prepares it; and where to go once it is. Showing it changes nothing. */
export function scenarioPage(world: World, scenario: Scenario, seed: string, said: string | null): Reply {
  const person = personOf(scenario.name, seed);
  const done = isPrepared(world, person);
  return consolePage(world, {
    title: scenario.title,
    current: '/console/scenarios',
    back: { href: '/console/scenarios', label: 'Scenarios' },
    lead: scenario.what,
    said,
    body: html`${facts([
      ['Customer', `${person.name}, ${person.email}`],
      ['Order', `${person.order.name}, $${(person.order.price / 100).toFixed(2)}`],
      ['Seed', seed],
    ])}
${
  done
    ? outcome(world, person)
    : html`<section aria-label="Prepare"><div class="buttons">${postButton('/console/scenarios/prepare', { name: scenario.name, seed }, 'Prepare it', { kind: 'primary' })}</div></section>`
}
${section(
  'again',
  'With another seed',
  html`<form class="filters" method="get">${field('seed', 'Seed', (id) => html`<input id="${id}" name="seed" value="${done ? nextSeed(seed) : seed}" pattern="[a-z0-9]{1,20}" required>`)}<button class="btn btn-edge">Show</button></form>`,
)}`,
  });
}

/** What exists of the person now, each with the way to it. */
function outcome(world: World, person: Person): Markup {
  const { store } = world;
  const token = tokenOfEmail(world, person.email);
  const sessions = [];
  for (const session of store.sessions.newestFirst()) {
    if (session.customer_email === person.email) sessions.push(session);
    if (sessions.length === 10) break;
  }
  const calls = store.calls
    .newest(500)
    .filter(({ idempotency_key }) => idempotency_key?.startsWith(`${person.token}_`));
  const row = (what: Markup | string, status: Markup | null, href: string, label: string) =>
    html`<li><span>${what}</span>${status}<a class="btn btn-edge" href="${href}">${label}</a></li>`;
  return html`${section(
    'now',
    'Where to go now',
    html`<ul class="rows" data-live="outcome">${requestsOf(world, person).map((request) =>
      row(
        html`Hosted page <span class="fine muted">${request.kind}, ${request.status}</span>`,
        null,
        hostedPath(request),
        'Open the page',
      ),
    )}${sessions.map((session) => row('Session', sessionChip(session), `/console/sessions/${session.id}`, 'Show the session'))}${
      token === undefined
        ? null
        : row('Token', tokenChip(world, token), `/console/tokens/${token.payment_token}`, 'Show the token')
    }${row('Webhooks', null, '/console/webhooks', 'Show the webhooks')}</ul>`,
  )}
${section('calls', 'The calls and their answers', callTable(calls, 'Not in the ledger any more.'))}`;
}

function nextSeed(seed: string): string {
  return /^\d{1,15}$/.test(seed) ? String(Number(seed) + 1) : `${seed}2`.slice(-20);
}
