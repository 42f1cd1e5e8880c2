import { html, type Markup } from '../markup';
import { needsCard, needsSurvey } from '../model/tokens';
import type { PaymentToken } from '../records';
import type { World } from '../world';
import { chip, postButton, table } from './parts';

/** What the next charge of a token meets. */
export function tokenChip(world: World, token: PaymentToken): Markup {
  if (token.health === 'deleted') return chip('off', 'Deleted');
  if (token.health === 'pending') return chip('wait', 'First checkout not finished');
  if (needsSurvey(world, token, [])) return chip('attn', '422 TakeHealthSurvey');
  if (needsCard(world, token)) return chip('attn', '422 UpdatePaymentMethod');
  return chip('ok', 'Can be charged');
}

/** Tokens with the buttons that script their next charge. */
export function tokenTable(world: World, tokens: readonly PaymentToken[], live: string): Markup {
  return table(
    {
      caption: 'Tokens, newest first',
      columns: [
        'Customer',
        'Next charge',
        { label: 'Letter ends', from: 'lg' },
        { label: 'Card', from: 'lg' },
        'Make its next charge say',
      ],
      empty: html`<strong>No tokens yet</strong>A customer who completes survey and card gets one, and a scenario or the form on Tokens makes one at once.`,
      live,
    },
    tokens.map((token) => tokenRow(world, token)),
  );
}

function tokenRow(world: World, token: PaymentToken): Markup {
  const [card] = token.payment_methods;
  return html`<tr><th scope="row" class="break"><a class="quiet" href="/console/tokens/${encodeURIComponent(token.payment_token)}">${token.customer_email}</a><span class="fine break">${token.payment_token}</span></th>
<td>${tokenChip(world, token)}</td>
<td class="from-lg tight">${token.lmn_expires_at?.slice(0, 10) ?? 'no letter'}</td>
<td class="from-lg tight">${card === undefined ? 'no card' : html`${card.brand} ${card.last4}<span class="fine">to ${card.exp_month}/${card.exp_year}</span>`}</td>
<td><div class="buttons">${healthButtons(token)}${
    token.health === 'deleted'
      ? null
      : postButton('/console/tokens/charge', { payment_token: token.payment_token }, 'Charge', {
          name: `Charge ${token.customer_email}`,
        })
  }</div></td></tr>
`;
}

/** Each kind of 422, and none. */
export function healthButtons(token: PaymentToken): Markup | null {
  if (token.health === 'deleted') return null;
  const buttons = { needs_card: 'Update card', needs_survey: 'Take survey', ok: 'OK' };
  return html`<div class="buttons">${Object.entries(buttons).map(([health, label]) =>
    postButton('/console/health', { payment_token: token.payment_token, health }, label, {
      name: `${label}: ${token.customer_email}`,
    }),
  )}</div>`;
}
