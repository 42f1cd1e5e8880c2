import { load } from 'cheerio';
import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import type { ChangeConfirmedFacts } from './change-confirmed';
import { composeMail, type MailDraft } from './compose';
import type { House } from './house';
import { signInMail } from './sign-in';

const APP = 'https://shop.example';
const HOUSE: House = { merchantName: 'Alder Health', today: localDate('2027-02-03') };
const NAME = 'Nguyễn Thị Łucja';
const order = { name: NAME, amountCents: 218450, orderOn: localDate('2027-01-20') };
const repair = { ...order, link: `${APP}/go/rec_1` };
const page = `${APP}/account/subscriptions/sub_1`;
const HSA_FSA = { last4: '4417', isHsaFsa: true };
const ORDINARY = { last4: '1881', isHsaFsa: false };
const UNNAMED = { last4: null, isHsaFsa: true };
const card = { nextChargeOn: localDate('2027-03-03'), card: HSA_FSA, link: page };

const DRAFTS: MailDraft[] = [
  { template: 'action_needed_health_survey', facts: repair },
  { template: 'action_needed_payment_method', facts: repair },
  { template: 'hsa_fsa_stopped', facts: { name: NAME, paused: 1, canceled: 2, card: 'kept', link: page } },
  { template: 'hsa_fsa_stopped', facts: { name: NAME, paused: 0, canceled: 1, card: 'deleted', link: page } },
  { template: 'hsa_fsa_stopped', facts: { name: NAME, paused: 1, canceled: 0, card: 'none', link: page } },
  { template: 'payment_received', facts: { ...order, ...card } },
  { template: 'payment_received', facts: { ...order, ...card, card: ORDINARY } },
  { template: 'moved_to_hsa_fsa', facts: { name: NAME, amountCents: 218450, ...card } },
  { template: 'moved_to_hsa_fsa', facts: { name: NAME, amountCents: 218450, ...card, nextChargeOn: null } },
  { template: 'moved_to_hsa_fsa', facts: { name: NAME, amountCents: 218450, ...card, awaitsHandOver: true } },
  ...(
    [
      'declined',
      'unknown_action',
      'token_gone',
      'session_pending',
      'our_error',
      'card_spent',
      'left_out',
      'first_order',
    ] as const
  ).map((reason): MailDraft => ({ template: 'payment_not_taken', facts: { ...order, reason, link: page } })),
];
DRAFTS.push(
  ...[true, false].map(
    (isSecondPayment): MailDraft => ({ template: 'money_returned', facts: { ...order, isSecondPayment, link: page } }),
  ),
);
DRAFTS.push(
  ...[true, false].map(
    (isOfOne): MailDraft => ({ template: 'address_changed', facts: { name: NAME, isOfOne, link: page } }),
  ),
);
const soon = { name: NAME, nextChargeOn: localDate('2027-03-03'), link: page };
DRAFTS.push(
  ...(['update_payment_method', 'take_health_survey', 'declined', 'token_gone', 'card_spent'] as const).flatMap(
    (reason): MailDraft[] => [
      { template: 'reminder', facts: { ...repair, reason, offer: 'none' } },
      { template: 'last_reminder', facts: { ...repair, reason, pauseOn: localDate('2027-02-10') } },
    ],
  ),
  { template: 'reminder', facts: { ...repair, reason: 'declined', offer: 'other_payment' } },
  { template: 'reminder', facts: { ...repair, reason: 'take_health_survey', offer: 'leave_out' } },
  { template: 'subscription_changed', facts: { name: NAME, orderOn: order.orderOn, change: 'paused', link: page } },
  {
    template: 'subscription_changed',
    facts: { name: NAME, orderOn: order.orderOn, change: 'still_paused', link: page },
  },
  {
    template: 'upcoming_charge',
    facts: { name: NAME, amountCents: 4830, chargeOn: localDate('2027-02-10'), card: HSA_FSA, link: page },
  },
  ...(['letter', 'card'] as const).map(
    (endsBefore): MailDraft => ({
      template: 'upcoming_charge',
      facts: {
        name: NAME,
        amountCents: 4830,
        chargeOn: localDate('2027-02-10'),
        card: UNNAMED,
        link: page,
        endsBefore,
      },
    }),
  ),
  { template: 'card_expires_soon', facts: { ...soon, expires: '2027-02', card: HSA_FSA } },
  { template: 'card_expires_soon', facts: { ...soon, expires: '2027-03', card: UNNAMED } },
  { template: 'letter_expires_soon', facts: { ...soon, letterExpiresOn: localDate('2027-02-20') } },
  { template: 'letter_expires_soon', facts: { ...soon, letterExpiresOn: localDate('2027-03-04') } },
);
const next = { on: localDate('2027-03-03'), amountCents: 4830 };
const details = { name: NAME, card: HSA_FSA, letterExpiresOn: localDate('2027-09-14'), link: page };
DRAFTS.push(
  ...(['store', 'card', 'survey', 'reconnect'] as const).flatMap((what): MailDraft[] => [
    { template: 'payment_details_updated', facts: { ...details, what, next } },
    { template: 'payment_details_updated', facts: { ...details, what, letterExpiresOn: null, next: null } },
  ]),
  {
    template: 'trial_begun',
    facts: { name: NAME, endsOn: next.on, amountCents: 4830, interval: { unit: 'month', count: 1 }, link: page },
  },
);
const CHANGES: ChangeConfirmedFacts[] = (
  [
    [{ kind: 'skipped', orderOn: localDate('2027-02-10') }, next],
    [{ kind: 'unskipped', orderOn: localDate('2027-02-10') }, next],
    [{ kind: 'moved' }, next],
    [{ kind: 'once_added' }, next],
    [{ kind: 'once_added' }, null],
    [{ kind: 'once_removed' }, null],
    [{ kind: 'interval', interval: { unit: 'month', count: 2 } }, next],
    [{ kind: 'paused', until: null }, null],
    [{ kind: 'paused', until: localDate('2027-03-01') }, next],
    [{ kind: 'cancel_scheduled', endsOn: localDate('2027-03-03') }, null],
    [{ kind: 'canceled' }, null],
    [{ kind: 'cancel_undone' }, next],
    [{ kind: 'resumed' }, next],
    [{ kind: 'reactivated' }, next],
    [{ kind: 'items' }, next],
    [{ kind: 'items_refused' }, next],
    [{ kind: 'items_not_completed' }, next],
    [{ kind: 'items_withdrawn' }, next],
  ] as const
).flatMap(([change, following]) =>
  (['none', 'given_up', 'goes_on'] as const).map((underWay) => ({
    name: NAME,
    change,
    next: following,
    underWay,
    link: page,
  })),
);
const items = { name: NAME, change: { kind: 'items' }, next: null, underWay: 'goes_on', link: page } as const;
CHANGES.push({ ...items, none: 'paused' }, { ...items, none: 'on_hold' }, { ...items, none: 'hand_over' });
const rests = { name: NAME, next: null, underWay: 'none', link: page } as const;
CHANGES.push(
  { ...rests, change: { kind: 'paused', until: null }, mayWake: false },
  { ...rests, change: { kind: 'canceled' }, mayWake: false },
  { ...rests, change: { kind: 'canceled' }, hasCard: false },
);
DRAFTS.push(...CHANGES.map((facts): MailDraft => ({ template: 'change_confirmed', facts })));
const write = (draft: MailDraft) => composeMail(draft.template, draft.facts, HOUSE);
const MAILS = [
  ...DRAFTS.map((draft) => ({
    title: 'reason' in draft.facts ? `${draft.template} (${draft.facts.reason})` : draft.template,
    link: draft.facts.link,
    ...write(draft),
  })),
  {
    title: 'sign_in',
    link: `${APP}/sign-in/mailed?a=1&b=2`,
    ...signInMail({ merchantName: 'Alder Health', link: `${APP}/sign-in/mailed?a=1&b=2` }),
  },
];

/** The visible words of each cell that holds no other cell. */
function cells(html: string): string[] {
  const $ = load(html);
  $('span[aria-hidden]').remove();
  return $('td')
    .filter((_, cell) => $(cell).find('td').length === 0)
    .map((_, cell) => $(cell).text().trim())
    .get();
}

describe.each(MAILS)('the mail $title', ({ link, subject, text, html }) => {
  it('has one link, to our own address, in text and in HTML', () => {
    const $ = load(html);
    expect(
      $('a[href]')
        .map((_, anchor) => $(anchor).attr('href') ?? '')
        .get(),
    ).toEqual([link]);
    expect(text.match(/https?:\S+/g)).toEqual([link]);
    expect($('img, link, script, form, iframe').length).toBe(0);
  });

  it('says the same in text and in HTML', () => {
    const $ = load(html);
    const chip = $('span:has(span[aria-hidden])').clone();
    chip.find('span').remove();
    const onlyLooks = [chip.text(), 'Alder Health'];
    const missing = cells(html).filter((words) => !onlyLooks.includes(words) && !text.includes(words));
    expect(missing).toEqual([]);
    const said = cells(html).join('\n').replaceAll('\n', ' ');
    const words = text.split('\n').flatMap((line) => line.split(/: |:$/));
    expect(words.filter((part) => !said.includes(part) && !link.includes(part))).toEqual([]);
  });

  it('keeps to the words that we may use', () => {
    expect(`${subject} ${text} ${load(html)('body').text()}`).not.toMatch(
      /approved|guarante|doctor|quick|free\b|discount|\bsav(e|ing)|instant|is eligible|diagnos|condition|Daily Essentials/i,
    );
  });

  it('is readable without styles, and in the dark', () => {
    expect(load(html)('h1').length).toBe(1);
    expect(html).toContain('prefers-color-scheme: dark');
    expect(subject).not.toMatch(/[\r\n]/);
  });
});

describe('what a mail says', () => {
  it('asks for the survey again, and that nothing was charged', () => {
    const { subject, text } = write({ template: 'action_needed_health_survey', facts: repair });
    expect(subject).toBe('Action needed: your order of 20 January waits for a health survey');
    expect(text).toContain(
      'Please complete Truemed’s health survey again, to see whether you still qualify. You have not been charged.',
    );
    expect(text).toContain('Amount: $2,184.50\nIf you qualify: We charge the order');
  });

  it('asks for new payment details', () => {
    const { subject, text } = write({ template: 'action_needed_payment_method', facts: repair });
    expect(subject).toBe('Action needed: your order of 20 January waits for your card');
    expect(text).toContain('Your payment details with Truemed need an update. You have not been charged.');
    expect(text).toContain(`Update my card:\n${APP}/go/rec_1\n`);
  });

  it('is a receipt with day, card and next charge', () => {
    const { subject, text } = write({ template: 'payment_received', facts: { ...order, ...card } });
    expect(subject).toBe('Payment received: $2,184.50 for your order of 20 January');
    expect(text).toContain(
      'Amount: $2,184.50\nOrder: Wednesday, 20 January\nCard: HSA/FSA card ending 4417\nNext charge: Wednesday, 3 March\n',
    );
  });

  it('says how much goes back, and how long the card may take to show it', () => {
    const facts = { ...order, isSecondPayment: false, link: page };
    const { subject, text } = write({ template: 'money_returned', facts });
    expect(subject).toBe('$2,184.50 of your order of 20 January goes back to your card');
    expect(text).toContain('it may take up to 15 business days until the card shows a refund.');
    const second = write({ template: 'money_returned', facts: { ...facts, isSecondPayment: true } }).text;
    expect(second).toContain('Your order of 20 January was paid twice.');
  });

  it('leaves out a next charge whose day has gone by, and a card that it does not know', () => {
    const facts = { ...order, ...card, nextChargeOn: localDate('2027-02-02'), card: UNNAMED };
    const { text } = write({ template: 'payment_received', facts });
    expect(text).not.toContain('Next charge');
    expect(text).toContain('Card: HSA/FSA card\n');
    const ordinary = write({ template: 'payment_received', facts: { ...facts, card: ORDINARY } }).text;
    expect(ordinary).toContain('was charged to your card ending 1881 through Truemed.');
  });

  it('names the first charge after a move, and who bills before', () => {
    const { text } = write({ template: 'moved_to_hsa_fsa', facts: { name: NAME, amountCents: 4830, ...card } });
    expect(text).toContain('Next: $48.30 on Wednesday, 3 March.');
    expect(text).toContain('An order that is due before that day is still billed to your former card.');
  });

  it('names no day of a charge after a move that is certain only later, and none of what is paused', () => {
    const facts = { name: NAME, amountCents: 4830, ...card };
    const waits = write({ template: 'moved_to_hsa_fsa', facts: { ...facts, awaitsHandOver: true } }).text;
    expect(waits).toContain('Next: $48.30 not before Wednesday, 3 March.');
    expect(waits).toContain('We charge it once our former payment company has stopped billing it.');
    const paused = write({ template: 'moved_to_hsa_fsa', facts: { ...facts, nextChargeOn: null } }).text;
    expect(paused).toContain('Your subscription moves to it. Nothing is charged while it is paused.');
    expect(paused).not.toMatch(/\$|former card/);
  });

  it('names the year of a day in another year', () => {
    const facts = { ...repair, orderOn: localDate('2026-12-20') };
    expect(write({ template: 'action_needed_payment_method', facts }).subject).toContain('20 December 2026');
  });

  it.each(DRAFTS.filter((draft) => draft.template === 'payment_not_taken'))(
    'says that nothing was charged when the reason is $facts.reason',
    (draft) => {
      expect(write(draft).text).toContain('You have not been charged.');
      expect(write(draft).text).not.toContain('survey');
    },
  );

  it('does not tell a letter that was refused from a card that was refused', () => {
    const { text } = write({ template: 'payment_not_taken', facts: { ...order, reason: 'declined', link: page } });
    expect(text).toContain('Truemed did not take the payment for this order. You have not been charged.');
    expect(text).not.toMatch(/letter|practitioner/i);
  });

  it('names the day of the pause in the last reminder, and what becomes of the order', () => {
    const facts = { ...repair, reason: 'take_health_survey', pauseOn: localDate('2027-02-10') } as const;
    const { subject, text } = write({ template: 'last_reminder', facts });
    expect(subject).toBe('Last reminder: your order of 20 January still waits for a health survey');
    expect(text).toContain('If nothing changes, your subscription is paused on Wednesday, 10 February.');
    expect(text).toContain('You have not been charged.');
  });

  it.each([
    ['2027-02-20', 'ends before your charge on Wednesday, 3 March.'],
    ['2027-03-03', 'covers your charge on Wednesday, 3 March.'],
  ])('says of a letter that ends on %s that it %s', (day, words) => {
    const facts = { ...soon, letterExpiresOn: localDate(day) };
    expect(write({ template: 'letter_expires_soon', facts }).text).toContain(words);
  });

  it('says of a card whether the next charge comes after its last month', () => {
    const card = { ...soon, card: UNNAMED };
    const before = write({ template: 'card_expires_soon', facts: { ...card, expires: '2027-02' } }).text;
    expect(before).toContain('That is before your charge on Wednesday, 3 March.');
    const after = write({ template: 'card_expires_soon', facts: { ...card, expires: '2027-03' } }).text;
    expect(after).not.toContain('before your charge');
  });

  it('calls no card one of HSA/FSA that Truemed does not name so', () => {
    const named = DRAFTS.filter(({ facts }) => 'card' in facts && typeof facts.card === 'object');
    expect(new Set(named.map(({ template }) => template)).size).toBe(5);
    for (const draft of named) {
      const { subject, text } = write({ ...draft, facts: { ...draft.facts, card: ORDINARY } } as MailDraft);
      expect(text).toContain('ending 1881');
      expect(`${subject} ${text}`).not.toContain('HSA/FSA card');
    }
    for (const draft of DRAFTS.filter(({ facts }) => 'reason' in facts))
      expect(write(draft).text).not.toContain('your HSA/FSA card');
  });

  it('announces amount, day and card of a charge', () => {
    const facts = { name: NAME, amountCents: 4830, chargeOn: localDate('2027-02-10'), card: HSA_FSA, link: page };
    const { subject, text } = write({ template: 'upcoming_charge', facts });
    expect(subject).toBe('Your next charge: $48.30 on Wednesday, 10 February');
    expect(text).toContain('$48.30 is charged to your HSA/FSA card ending 4417 through Truemed.');
    expect(text).toContain('There is nothing you need to do.');
    for (const [endsBefore, words] of [
      ['letter', 'Your Letter of Medical Necessity ends before that day.'],
      ['card', 'your payment details with Truemed need an update by then'],
    ] as const) {
      const mail = write({ template: 'upcoming_charge', facts: { ...facts, endsBefore } });
      expect(mail.text).toContain(words);
      expect(mail.text).not.toContain('nothing you need to do');
      expect(mail.html).not.toContain('nothing you need to do');
    }
    const trial = write({ template: 'upcoming_charge', facts: { ...facts, isTrial: true } });
    expect(trial.subject).toBe('Your trial ends on Wednesday, 10 February: $48.30 from then on');
    expect(trial.text).toContain('Cancel before that day, and nothing is charged.');
  });

  it('offers of an announced charge what its customer may do, and nothing that is switched off', () => {
    const facts = { name: NAME, amountCents: 4830, chargeOn: localDate('2027-02-10'), card: HSA_FSA, link: page };
    const textOf = (may: readonly ('skip' | 'move')[]) =>
      write({ template: 'upcoming_charge', facts: { ...facts, may } }).text;
    expect(textOf(['skip', 'move'])).toContain('If you would rather skip or move it, you can do that until then.');
    expect(textOf(['move'])).toContain('If you would rather move it, you can do that until then.');
    expect(textOf([])).toContain('shows what is in it, and how to cancel.');
    expect(textOf([])).not.toMatch(/skip|move/);
  });

  it.each(CHANGES)('confirms $change.kind with what is charged next ($underWay)', (facts) => {
    const { text } = write({ template: 'change_confirmed', facts });
    const isCancel = facts.change.kind === 'canceled' || facts.change.kind === 'cancel_scheduled';
    if (facts.next !== null) expect(text).toContain('Your next charge is $48.30 on Wednesday, 3 March.');
    else if (facts.none === 'on_hold') expect(text).toContain('Your next order comes after the one that is on hold.');
    else if (facts.none === 'hand_over')
      expect(text).toContain('once our former payment company has stopped billing it.');
    else expect(text).toMatch(/Nothing (more is planned or charged|is charged while it is paused)\./);
    expect(text.includes('Orders that you have paid for stay yours.')).toBe(isCancel);
    expect(text.includes('will not be charged')).toBe(facts.underWay === 'given_up');
    expect(text.includes('may still be charged')).toBe(facts.underWay === 'goes_on');
    expect(text).toContain('If you did not ask for this, reply to this mail.');
    if (facts.mayWake === false) expect(text).not.toMatch(/You can (resume|start) it/);
  });

  it('says of a card that is stored what is charged to it, or that nothing is', () => {
    const facts = { ...details, what: 'store' } as const;
    const stored = write({ template: 'payment_details_updated', facts: { ...facts, next: null } });
    expect(stored.subject).toBe('Your HSA/FSA card is stored');
    expect(stored.text).toContain('Nothing is charged to your card now.');
    expect(stored.text).toContain('Letter: Until Tuesday, 14 September 2027\nNext charge: None\n');
    const paying = write({ template: 'payment_details_updated', facts: { ...facts, next } });
    expect(paying.text).toContain('Next: $48.30 on Wednesday, 3 March.');
    expect(paying.text).not.toContain('Nothing is charged');
  });

  it('says of a trial when it ends, what it costs then, and that nothing is charged before', () => {
    const interval = { unit: 'month', count: 1 } as const;
    const facts = { name: NAME, endsOn: next.on, amountCents: 9140, interval, link: page };
    const { subject, text } = write({ template: 'trial_begun', facts });
    expect(subject).toBe('Your trial has begun, and ends on Wednesday, 3 March');
    expect(text).toContain('Nothing is charged before Wednesday, 3 March. From that day on it is $91.40 every month.');
    expect(text).toContain('Cancel before that day, and nothing is charged.');
  });

  it('says how long a sign-in link works', () => {
    expect(signInMail({ merchantName: 'Alder Health', link: APP }).text).toContain('It works once, for 15 minutes.');
  });
});

describe('what comes from outside', () => {
  it('is shown as text', () => {
    const name = `<script>alert(1)</script> & "O'Hara"`;
    const { html, text } = composeMail(
      'action_needed_payment_method',
      { ...repair, name },
      { ...HOUSE, merchantName: '<b>Alder' },
    );
    expect(load(html)('script, b').length).toBe(0);
    expect(cells(html)).toContain(`Hello ${name},`);
    expect(text).toContain(`Hello ${name},`);
  });

  it('cannot add a line or turn the direction of ours', () => {
    const name = 'Maya\r\n\r\nYou owe us\u2028money\u202e';
    const { text } = write({ template: 'action_needed_payment_method', facts: { ...repair, name } });
    expect(text).toContain('Hello Maya You owe us money,\n');
  });

  it('is no link that runs a script', () => {
    expect(() => signInMail({ merchantName: 'Alder Health', link: 'javascript:alert(1)' })).toThrow('http(s)');
    const link = `${APP}/?"><script>`;
    expect(load(signInMail({ merchantName: 'Alder Health', link }).html)('script').length).toBe(0);
  });
});
