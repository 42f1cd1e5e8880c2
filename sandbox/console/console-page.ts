import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { hostedPath } from '../model/hosted-requests';
import { renderPage } from '../page';
import type { Delivery, HostedRequest, PaymentSession, PaymentToken } from '../records';
import type { World } from '../world';

/** How many rows of what only grows are shown. */
const RECENT = 50;

/** The sandbox at a glance: its time, what exists, what is on its way, and the buttons that change it. */
export function consolePage(world: World): Reply {
  const { store, clock } = world;
  const open = store.requests.all().filter(({ status }) => status === 'open' || status === 'verifying');
  return renderPage({
    title: 'Console',
    wide: true,
    menu: html`<nav aria-label="Sandbox"><a href="/mail">Inbox (${store.mails.size})</a></nav>`,
    body: html`<h1>Console</h1>
<section class="sheet" aria-labelledby="clock"><h2 id="clock">Clock</h2>
<p><time datetime="${clock.nowIso()}">${clock.nowIso()}</time> <span class="soft">${
      clock.state.mode === 'manual' ? 'stands still' : 'ticking'
    }</span></p>
<form class="buttons" method="post" action="/console/clock">
<button class="small" name="unit" value="hours">+1 hour</button>
<button class="small" name="unit" value="days">+1 day</button>
<button class="small" name="unit" value="months">+1 month</button>
</form></section>
${section('Tokens', ['Customer', 'Token', 'Health', 'Letter ends', 'Card', 'Make its next charge say'], store.tokens.newest(RECENT).map(tokenRow))}
${section('Open requests', ['Customer', 'For', 'Status', 'Page', 'Review'], open.slice(-RECENT).reverse().map(requestRow))}
${section('Sessions', ['Session', 'Customer', 'Amount', 'Status', 'Asked for', 'Created'], store.sessions.newest(RECENT).map(sessionRow))}
${section('Deliveries', ['Event', 'To', 'Status', 'Attempts', 'Next attempt', 'By hand'], store.deliveries.newest(RECENT).map(deliveryRow))}
`,
  });
}

function section(title: string, columns: readonly string[], rows: readonly Markup[]): Markup {
  if (rows.length === 0) return html`<h2>${title}</h2><p class="soft">None yet.</p>`;
  return html`<h2>${title}</h2>
<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table></div>
`;
}

function tokenRow(token: PaymentToken): Markup {
  const [card] = token.payment_methods;
  const buttons = { needs_card: 'Needs new card', needs_survey: 'Needs health survey', ok: 'OK' };
  return html`<tr><th scope="row">${token.customer_email}</th><td><code>${token.payment_token}</code></td><td>${token.health}</td>
<td>${token.lmn_expires_at?.slice(0, 10) ?? 'no letter'}</td>
<td>${card === undefined ? 'no card' : `${card.brand} ${card.last4}, ${card.exp_month}/${card.exp_year}`}</td>
<td>${
    token.health === 'deleted'
      ? null
      : html`<div class="row">${Object.entries(buttons).map(([health, label]) =>
          postButton('/console/health', { payment_token: token.payment_token, health }, label),
        )}</div>`
  }</td></tr>
`;
}

function requestRow(request: HostedRequest): Markup {
  const decide = (outcome: string, label: string) =>
    postButton('/console/review', { request_id: request.id, outcome }, label);
  return html`<tr><th scope="row">${request.customer_email}</th><td>${request.kind}</td><td>${request.status}</td>
<td><a href="${hostedPath(request)}">Open the page</a></td>
<td>${
    request.status === 'verifying'
      ? html`<div class="row">${decide('approve', 'Approve review')}${decide('reject', 'Reject review')}</div>`
      : null
  }</td></tr>
`;
}

function sessionRow(session: PaymentSession): Markup {
  return html`<tr><th scope="row"><code>${session.id}</code></th><td>${session.customer_email}</td>
<td>$${(session.total_amount / 100).toFixed(2)}</td><td>${session.status}</td><td>${session.next_action ?? ''}</td>
<td>${session.created_at}</td></tr>
`;
}

function deliveryRow(delivery: Delivery): Markup {
  return html`<tr><th scope="row">${delivery.event_type}</th><td>${delivery.url}</td><td>${delivery.status}</td>
<td>${delivery.attempts}</td><td>${delivery.next_attempt_at ?? ''}</td>
<td>${postButton('/console/resend', { delivery_id: delivery.id }, 'Send again')}</td></tr>
`;
}

function postButton(action: string, fields: Record<string, string>, label: string): Markup {
  return html`<form method="post" action="${action}">${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="small quiet">${label}</button></form>`;
}
