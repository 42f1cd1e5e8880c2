import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { hostedPath } from '../model/hosted-requests';
import { type HostedRequest, type PaymentToken, TOKEN_HEALTHS } from '../records';
import type { World } from '../world';
import { consolePage } from './layout';
import { facts, field, hiddenFields, instant, postButton, section, select } from './parts';
import { sessionTable } from './session-pages';
import { healthButtons, tokenChip, tokenTable } from './token-rows';

const PAGE_ROWS = 50;
const MAX_SCANNED = 20_000;
const HEALTHS = Object.fromEntries(TOKEN_HEALTHS.map((health) => [health, health.replaceAll('_', ' ')]));

/** Every token, newest first, with the form that makes one. */
export function tokensPage(world: World, text: string, said: string | null): Reply {
  const found = newestWhere(world.store.tokens.newestFirst(), PAGE_ROWS, ({ customer_email, payment_token }) =>
    `${customer_email} ${payment_token}`.includes(text.toLowerCase()),
  );
  return consolePage(world, {
    title: 'Tokens',
    current: '/console/tokens',
    lead: 'What a stored card and letter can be charged with.',
    said,
    body: html`<form class="filters" method="get" role="search"><input type="search" name="text" value="${text}" aria-label="Customer or token" placeholder="Customer or token"><button class="btn">Filter</button></form>
${tokenTable(world, found, 'tokens')}
${section('seed', 'Make one', seedForm())}`,
  });
}

/** One token: what it can do, what it was charged, and what its next charge meets. */
export function tokenPage(world: World, token: PaymentToken, said: string | null): Reply {
  const { payment_token, customer_email } = token;
  const sessions = newestWhere(
    world.store.sessions.newestFirst(),
    10,
    (session) => session.payment_token === payment_token || session.customer_email === customer_email,
  );
  const isGone = token.health === 'deleted';
  return consolePage(world, {
    title: customer_email,
    current: '/console/tokens',
    back: { href: '/console/tokens', label: 'Tokens' },
    lead: html`<code>${payment_token}</code>`,
    said,
    ...(isGone
      ? {}
      : {
          actions: html`${postButton('/console/tokens/charge', { payment_token }, 'Charge $48.30', { kind: 'primary' })}${postButton('/console/tokens/delete', { payment_token }, 'Delete it')}`,
        }),
    body: html`${facts([
      ['Next charge', tokenChip(world, token)],
      ['Name', token.customer_name],
      ['Letter ends', token.lmn_expires_at === null ? 'no letter' : instant(token.lmn_expires_at)],
      ['Letter covers', token.covered_skus === null ? 'anything' : token.covered_skus.join(', ')],
      ...token.payment_methods.map((card): [string, Markup] => [
        card.type === 'hsa_fsa' ? 'HSA/FSA card' : 'Ordinary card',
        html`${card.brand} ${card.last4}, to ${card.exp_month}/${card.exp_year}`,
      ]),
      ['Since (UTC)', instant(token.created_at)],
    ])}
${isGone ? null : section('next', 'Make its next charge say', html`${healthButtons(token)}${datesForm(token)}`)}
${section('pages', 'Hosted pages', requestList(world.store.requests.find('token', payment_token)))}
${section('sessions', 'Sessions', sessionTable(sessions, 'None yet.'))}`,
  });
}

function datesForm(token: PaymentToken): Markup {
  const [card] = token.payment_methods;
  const month = card === undefined ? '' : `${card.exp_year}-${String(card.exp_month).padStart(2, '0')}`;
  return html`<details class="more"><summary>Or by the dates of its letter and card</summary>
<form method="post" action="/console/health">${hiddenFields({ payment_token: token.payment_token })}<div class="fields">
${field('letter', 'Letter ends on', (id) => html`<input id="${id}" name="lmn_expires_on" type="date" value="${token.lmn_expires_at?.slice(0, 10) ?? ''}">`)}
${field('card', 'Card expires in', (id) => html`<input id="${id}" name="card_expires" type="month" value="${month}">`)}
</div><p class="buttons"><button class="btn btn-edge">Set these dates</button></p></form></details>`;
}

function seedForm(): Markup {
  return html`<form method="post" action="/console/tokens/seed"><div class="fields">
${field('email', 'E-mail', (id) => html`<input id="${id}" name="email" type="email" required>`)}
${field('name', 'Name', (id) => html`<input id="${id}" name="name" value="Ada Park" required>`)}
${field('token', 'Token', (id) => html`<input id="${id}" name="payment_token" placeholder="Made up">`)}
${field('skus', 'Letter covers', (id) => html`<input id="${id}" name="skus" placeholder="Anything">`, 'SKUs with commas between them.')}
${field('health', 'Health', (id) => select(id, 'health', HEALTHS))}
</div><p class="buttons"><button class="btn btn-edge">Make this token</button></p></form>`;
}

function requestList(requests: readonly HostedRequest[]): Markup {
  if (requests.length === 0) return html`<div class="empty">None.</div>`;
  return html`<ul class="rows">${requests.map(
    (request) =>
      html`<li><span><span class="strong">${request.kind}</span> <span class="fine muted">${request.status}, ${instant(request.created_at)} UTC</span></span><a class="btn btn-edge" href="${hostedPath(request)}">Open the page</a></li>`,
  )}</ul>`;
}

function newestWhere<T>(records: Iterable<T>, limit: number, isWanted: (record: T) => boolean): T[] {
  const found: T[] = [];
  let scanned = 0;
  for (const record of records) {
    scanned += 1;
    if (found.length === limit || scanned > MAX_SCANNED) break;
    if (isWanted(record)) found.push(record);
  }
  return found;
}
