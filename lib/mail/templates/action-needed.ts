import type { LocalDate } from '@/lib/core/calendar';
import { dayAndMonth } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** An order that waits for its customer. `link` is our own `/go/{case}`, never Truemed's. */
export interface ActionNeededFacts {
  name: string;
  amountCents: number;
  orderOn: LocalDate;
  link: string;
}

/** Truemed asks for its health survey again (words: truemed-api.md section 12). Nothing is said of answers or conditions. */
export function healthSurveyMail(facts: ActionNeededFacts, house: House): MailParts {
  return actionNeeded(facts, house, {
    waitsFor: 'a health survey',
    why: 'Please complete Truemed’s health survey again, to see whether you still qualify.',
    button: 'Continue to the health survey',
    whenDone: 'If you qualify',
  });
}

/** Truemed cannot charge the card as it has it (words: truemed-api.md section 12). */
export function paymentMethodMail(facts: ActionNeededFacts, house: House): MailParts {
  return actionNeeded(facts, house, {
    waitsFor: 'your card',
    why: 'Your payment details with Truemed need an update.',
    button: 'Update my card',
    whenDone: 'After the update',
  });
}

function actionNeeded(
  { name, amountCents, orderOn, link }: ActionNeededFacts,
  { merchantName, today }: House,
  words: { waitsFor: string; why: string; button: string; whenDone: string },
): MailParts {
  const heading = `Your order of ${dayAndMonth(orderOn, today)} waits for ${words.waitsFor}`;
  return layOutMail(merchantName, {
    subject: `Action needed: your order of ${dayAndMonth(orderOn, today)} waits for ${words.waitsFor}`,
    preview: 'You have not been charged.',
    status: { tone: 'attn', word: 'Action needed' },
    heading,
    name,
    paragraphs: [[`${words.why} `, { strong: 'You have not been charged.' }]],
    button: {
      label: words.button,
      link,
      note: `The button leads from ${merchantName} to Truemed. It works for as long as the order waits.`,
    },
    rows: [
      ['Amount', formatCents(amountCents)],
      [words.whenDone, 'We charge the order and write to you'],
      ['If you do nothing', 'The order stays on hold. Nothing is charged.'],
    ],
    footer: subscriptionFooter(merchantName),
  });
}
