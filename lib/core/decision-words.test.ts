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
