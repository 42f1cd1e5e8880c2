import { expect, it } from 'vitest';
import { localDate } from './calendar';
import { decisionWords } from './decision-words';

const today = localDate('2027-02-12');
const order = { periodStart: today, inputs: { cancelOn: null } };

it('an order with nothing left to pay was not charged for that reason, whether there was a card or not', () => {
  for (const verdict of ['charge', 'no_token'] as const)
    expect(decisionWords({ ...order, verdict, isFree: true }, today)).toBe(
      'Not charged because nothing was left to pay for the order of Friday, 12 February.',
    );
  expect(decisionWords({ ...order, verdict: 'no_token' }, today)).toContain('no card to charge');
  expect(decisionWords({ ...order, verdict: 'paused', isFree: true }, today)).toContain('paused');
});

it('an order that was made is said to be charged only where it is paid, and a paid one never to be not charged', () => {
  const asked = (askedBy?: 'customer' | 'staff') => ({ cancelOn: null, ...(askedBy === undefined ? {} : { askedBy }) });
  for (const askedBy of [undefined, 'customer', 'staff'] as const) {
    const made = { ...order, inputs: asked(askedBy), verdict: 'charge' } as const;
    expect(decisionWords({ ...made, isPaid: true }, today)).toMatch(/^Charged /);
    expect(decisionWords({ ...made, isPaid: false }, today)).toMatch(/^Made (because|before)/);
  }
  expect(decisionWords({ ...order, verdict: 'no_token', isPaid: true }, today)).toBe(
    'Charged later than its day, Friday, 12 February, because there was no card to charge then.',
  );
  expect(decisionWords({ ...order, verdict: 'no_token', isPaid: false }, today)).toMatch(/^Not charged /);
});
