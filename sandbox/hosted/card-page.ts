import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { hostedPath } from '../model/hosted-requests';
import { sampleCard } from '../model/tokens';
import type { HostedRequest } from '../records';
import type { World } from '../world';
import { browserScript } from './browser-scripts';
import { choiceField, errorSummary, type FormErrors, field } from './form-parts';
import { requestPage, stepLine } from './layout';
import { dollars } from './order-summary';
import type { CardForm } from './read-card';
import { costOf, offersSplit, type SecondForm } from './read-split';
import { TEST_CARDS, WRONG_SECURITY_CODE } from './test-cards';

/** What a tester chooses as the bank's answer. */
const CARD_OUTCOMES = { accept: 'Accept the card', decline: 'Decline the card' } as const;
const CARD_TYPES = { hsa_fsa: 'HSA or FSA card', card: 'Credit or debit card' } as const;

/** The form for a card, filled with one that works. */
export function cardPage(
  world: World,
  request: HostedRequest,
  form: (CardForm & SecondForm) | null,
  errors: FormErrors,
): Reply {
  const shown = form ?? sampleForm(world);
  const heading =
    request.steps.includes('survey') || request.kind === 'checkout' ? 'Payment card' : 'Update payment method';
  return requestPage(world, request, {
    title: Object.keys(errors).length > 0 ? `Error: ${heading}` : heading,
    script: browserScript('card'),
    body: html`${stepLine(request, 'card')}<h1>${heading}</h1>
${lead(world, request)}${errorSummary(errors, request.use_iframe)}<form method="post" action="${hostedPath(request)}" novalidate>
<input type="hidden" name="step" value="card">
${choiceField({ name: 'type', legend: 'Pay with', choices: CARD_TYPES, chosen: [shown.type === 'card' ? 'card' : 'hsa_fsa'], className: 'inline' })}
${cardFields(shown, errors)}
${offersSplit(world, request) ? secondCard(world, request, shown, errors) : null}${choiceField({ name: 'outcome', legend: 'Sandbox outcome', choices: CARD_OUTCOMES, chosen: ['accept'], className: 'sandbox' })}
<div class="buttons"><button name="action" value="save">${label(world, request)}</button><button class="bare" name="action" value="cancel">Cancel</button></div>
</form>
${testCards()}`,
  });
}

function cardFields(shown: CardForm, errors: FormErrors): Markup {
  const text = (id: keyof CardForm, words: string, autocomplete: string, hint?: string) =>
    field(
      { id, label: words, errors, hint },
      (attributes) =>
        html`<input ${attributes} type="text" value="${shown[id]}" inputmode="numeric" autocomplete="${autocomplete}" maxlength="30" required>`,
    );
  return html`${text('number', 'Card number', 'cc-number')}<div class="pair">${text('expiry', 'Expiry', 'cc-exp', 'MM/YY')}${text(
    'code',
    'Security code',
    'cc-csc',
    `${WRONG_SECURITY_CODE} is wrong here`,
  )}</div>
`;
}

/** The ordinary card beside an HSA/FSA card. */
function secondCard(world: World, request: HostedRequest, shown: SecondForm, errors: FormErrors): Markup {
  const isOpen = shown.second_number !== '' || Object.keys(errors).some((name) => name.startsWith('second_'));
  const text = (id: keyof SecondForm, words: string, autocomplete: string, hint?: string) =>
    field(
      { id, label: words, errors, hint },
      (attributes) =>
        html`<input ${attributes} type="text" value="${shown[id]}" inputmode="${id === 'second_amount' ? 'decimal' : 'numeric'}" autocomplete="${autocomplete}" maxlength="30">`,
    );
  const cost = costOf(world, request) ?? 0;
  return html`<details class="field"${isOpen ? html` open` : null}><summary>Add a credit or debit card</summary>
<p class="soft">It pays what an HSA or FSA card may not pay, or as much as you choose.</p>
${text('second_number', 'Second card number', 'off')}<div class="pair">${text('second_expiry', 'Second expiry', 'off', 'MM/YY')}${text('second_code', 'Second code', 'off', '3 or 4 digits')}</div>
${cost === 0 ? null : text('second_amount', 'Amount on this card', 'off', `Dollars, of ${dollars(cost)}`)}</details>
`;
}

function lead(world: World, request: HostedRequest): Markup {
  if (request.survey === null) {
    return html`<p class="lead">The card for your orders at ${world.merchantName}. This sandbox keeps its last four digits and its expiry.</p>
`;
  }
  return html`<p class="result">${
    request.survey === 'qualified'
      ? 'Your health survey is complete. You may pay with an HSA or FSA card.'
      : 'Your health survey is complete. A practitioner reviews it once your card is entered, and nothing is taken before.'
  }</p>
`;
}

function label(world: World, request: HostedRequest): string {
  const session = request.kind === 'checkout' ? world.store.sessions.get(request.id) : undefined;
  return session === undefined || session.total_amount === 0 ? 'Save card' : `Pay ${dollars(session.total_amount)}`;
}

function testCards(): Markup {
  return html`<details class="sandbox"><summary>Sandbox cards</summary>
<table><thead><tr><th scope="col">Number</th><th scope="col">Does this</th><th scope="col"><span class="unseen">Fill in</span></th></tr></thead>
<tbody>${TEST_CARDS.map(
    ({
      number,
      about,
    }) => html`<tr><td>${number.replace(/(\d{4})(?=\d)/g, '$1 ')}</td><td>${about}</td><td><button type="button" class="small" data-number="${number}" aria-label="Use ${number}" hidden>Use</button></td></tr>
`,
  )}</tbody></table>
<p class="soft">Any other number that passes the check of its last digit works. The security code ${WRONG_SECURITY_CODE} is always wrong.</p>
</details>
`;
}

function sampleForm(world: World): CardForm & SecondForm {
  const card = sampleCard(world.clock.now());
  const month = String(card.exp_month).padStart(2, '0');
  return {
    type: 'hsa_fsa',
    number: '4242 4242 4241 4417',
    expiry: `${month}/${String(card.exp_year).slice(-2)}`,
    code: '123',
    second_number: '',
    second_expiry: '',
    second_code: '',
    second_amount: '',
  };
}
