import type { Reply } from '../http';
import { html } from '../markup';
import { isExpired, sampleCard } from '../model/tokens';
import { renderPage } from '../page';
import type { Card, HostedRequest } from '../records';
import type { World } from '../world';
import { errorSummary, type FormErrors, field, itemList, radios, stepLine } from './form-parts';

/** What a tester chooses as the bank's answer. */
export const CARD_OUTCOMES = { accept: 'Accept the card', decline: 'Decline the card' } as const;

/** What stands in the form. */
export interface CardForm {
  number: string;
  expiry: string;
  code: string;
}

const SAMPLE_NUMBER = '4242 4242 4242 4417';
/** Stripe's test number for a declined card; Truemed's pages run on Stripe (section 5.9). */
const DECLINED_NUMBER = '4000000000000002';
const WRONG_CODE = '000';

/** The form for a card, filled with one that works. */
export function cardPage(world: World, request: HostedRequest, form: CardForm | null, errors: FormErrors): Reply {
  const shown = form ?? sampleForm(world);
  const text = (id: string, label: string, value: string, hint?: string) =>
    field(
      { id, label, errors, ...(hint === undefined ? {} : { hint }) },
      (attributes) => html`<input ${attributes} value="${value}" inputmode="numeric" autocomplete="off" required>`,
    );
  return renderPage({
    title: Object.keys(errors).length > 0 ? 'Error: Payment card' : 'Payment card',
    framed: request.use_iframe,
    body: html`${stepLine(request, 'card')}<h1>Payment card</h1>
<p class="soft">The HSA or FSA card for your order at ${world.merchantName}. Only the last four digits are kept.</p>
${errorSummary(errors)}<form class="sheet" method="post">
<input type="hidden" name="step" value="card">
${itemList(request)}${text('number', 'Card number', shown.number)}
<div class="pair">${text('expiry', 'Expiry', shown.expiry, 'MM/YY')}${text('code', 'Security code', shown.code, '000 is wrong here')}</div>
${radios('Sandbox outcome', 'outcome', CARD_OUTCOMES, 'outcome')}
<div class="buttons"><button name="action" value="save">Save card</button><button class="quiet" name="action" value="cancel" formnovalidate>Cancel</button></div>
</form>
`,
  });
}

/** Reads the form as the bank would: a card, or what the customer is asked to correct. */
export function readCard(form: CardForm, outcome: string | null, now: Date): { card: Card } | { errors: FormErrors } {
  const number = form.number.replace(/[\s-]/g, '');
  const expiry = readExpiry(form.expiry);
  const errors: Record<string, string> = {};
  if (!/^\d{12,19}$/.test(number)) errors.number = 'Enter the card number: 12 to 19 digits.';
  if (expiry === null) errors.expiry = 'Enter the expiry as month and year, such as 09/30.';
  else if (isExpired(expiry, now)) errors.expiry = 'This card has expired. Use another card.';
  if (!/^\d{3,4}$/.test(form.code)) errors.code = 'Enter the security code: 3 or 4 digits.';
  else if (form.code === WRONG_CODE) errors.code = 'The security code does not match the card. Check it and try again.';
  if (expiry === null || Object.keys(errors).length > 0) return { errors };
  if (outcome === 'decline' || number === DECLINED_NUMBER) {
    return { errors: { '': 'The card was declined. Check the details, or use another card.' } };
  }
  return { card: { type: 'hsa_fsa', brand: brandOf(number), last4: number.slice(-4), ...expiry } };
}

function sampleForm(world: World): CardForm {
  const card = sampleCard(world.clock.now());
  const month = String(card.exp_month).padStart(2, '0');
  return { number: SAMPLE_NUMBER, expiry: `${month}/${String(card.exp_year).slice(-2)}`, code: '123' };
}

function readExpiry(text: string): Pick<Card, 'exp_month' | 'exp_year'> | null {
  const match = /^\s*(0?[1-9]|1[0-2])\s*\/\s*(\d{2})\s*$/.exec(text);
  if (match === null) return null;
  return { exp_month: Number(match[1]), exp_year: 2000 + Number(match[2]) };
}

function brandOf(number: string): string {
  return { 3: 'amex', 4: 'visa', 5: 'mastercard', 6: 'discover' }[number.slice(0, 1)] ?? 'unknown';
}
