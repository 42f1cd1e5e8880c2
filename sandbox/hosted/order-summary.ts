import { AmountDetails } from '../api/amounts';
import { html, type Markup } from '../markup';
import type { HostedRequest, PaymentSession } from '../records';
import type { World } from '../world';

/** The order of a request: its items; and for a checkout charges, discounts and the total. */
export function orderSummary(world: World, request: HostedRequest): Markup {
  const session = request.kind === 'checkout' ? world.store.sessions.get(request.id) : undefined;
  return html`<aside aria-labelledby="order">
<h2 id="order">${world.merchantName}</h2>
<ul class="items">
${request.order_items.map(
  (
    item,
  ) => html`<li><span>${item.name}${item.quantity === 1 ? null : html` <span class="soft">× ${item.quantity}</span>`}</span><span>${dollars(
    item.price * item.quantity,
  )}</span></li>
`,
)}${session === undefined ? null : adjustments(session, world.switches.values.discountSign)}</ul>
${
  session === undefined
    ? html`<p class="soft">Nothing is charged here. ${world.merchantName} charges its orders later.</p>`
    : html`<p class="total"><span>Total</span><span>${dollars(session.total_amount)}</span></p>${nextBill(session)}`
}
</aside>
`;
}

/** What a free trial costs when it has ended (section 5.3). */
function nextBill({ display_next_bill_info: bill }: PaymentSession): Markup | null {
  if (bill == null) return null;
  const day = new Date(bill.date).toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });
  return html`
<p>Your next bill: ${dollars(bill.total_amount)} on ${day}.</p>`;
}

/** Cents as people read them. */
export function dollars(cents: number): string {
  const sign = cents < 0 ? '−' : '';
  return `${sign}$${(Math.abs(cents) / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;
}

/** What is added to and taken off the items, of lines and of the order together, by name where names were given. */
function adjustments(session: PaymentSession, discountSign: 1 | -1): Markup[] {
  const all = [session.amount_details, ...session.order_items.map((item) => item.amount_details)]
    .map((details) => AmountDetails.safeParse(details).data)
    .filter((details) => details !== undefined);
  const rows = all.flatMap((details) => [
    ...(details.additional_charges_details ?? named('Shipping, tax and fees', details.total_additional_charges)),
    ...(details.discounts_details ?? named('Discount', details.total_discounts)).map(({ name, amount }) => ({
      name,
      amount: amount * -discountSign,
    })),
  ]);
  return rows.map(
    ({ name, amount }) => html`<li class="soft"><span>${name}</span><span>${dollars(amount)}</span></li>
`,
  );
}

function named(name: string, amount: number | null | undefined): { name: string; amount: number }[] {
  return amount == null || amount === 0 ? [] : [{ name, amount }];
}
