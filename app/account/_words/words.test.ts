import { createElement, isValidElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { localDate } from '@/lib/core/calendar';
import { EARLY_REFUSALS } from '@/lib/core/early-charge';
import { PROVISION_PURPOSES, PROVISION_STATUSES, waitingState } from '@/lib/core/provisioning';
import type { RequestedChange } from '@/lib/core/requested-change';
import type { WaitingPage } from '@/lib/views/provisioning';
import { subscriptionFacts } from '@/lib/views/subscription-facts';
import { aSubscriptionRow } from '@/lib/views/test-subscription';
import { ChangedNotice } from '../_components/changed-notice';
import { InactiveAnswer } from '../_components/inactive-answer';
import { OtherSubscription } from '../_components/other-subscription';
import { RestingAnswer } from '../_components/resting-answer';
import { WaitingActions } from '../hsa-fsa/[id]/_components/waiting-actions';
import { waitingSteps } from '../hsa-fsa/[id]/_components/waiting-steps';
import { WAITING_WORDS } from '../hsa-fsa/[id]/_components/waiting-words';
import {
  ADD_ONCE_REFUSALS,
  CHANGE_ITEMS_REFUSALS,
  CHANGE_REFUSALS,
  REMOVE_ONCE_REFUSALS,
  TAKE_CHANGE_BACK_REFUSALS,
} from './change-refusals';
import { changeWords, OFFER_WORDS, REASON_WORDS } from './change-words';
import { chargeNowRefusal } from './charge-now-words';
import { CHARGE_WORDS, HELD_WORDS } from './charge-words';
import { FAILURE_CHOICE_WORDS } from './failure-choice-words';
import { MOVE_REFUSALS, TRY_AGAIN_OUTCOMES, TRY_AGAIN_REFUSALS } from './outcomes';
import { ASK_REFUSALS } from './payment-words';
import { savedWords } from './settings-words';
import { storyLine, storyWords } from './story-words';

// mockups/README.md "Do not write", and times of waiting that nothing stands behind.
const FORBIDDEN =
  /approved|guaranteed|doctor|quick|\bfree\b|discount|instant|within minutes|business days|usually takes|is eligible/i;
const STATUS_WORDS = /Confirming|Connected|Being reviewed|Not completed|Needs attention/g;

const NOW = new Date('2027-01-12T17:00:00Z');
const ROW = aSubscriptionRow();
const LINES = [{ position: 0, name: 'Daily Essentials', quantity: 1, unitPriceCents: 4830 }];

const SHOWN = localDate('2027-02-03');
const CHANGES: RequestedChange[] = [
  { kind: 'skip', shown: SHOWN },
  { kind: 'unskip', shown: SHOWN },
  { kind: 'move', shown: SHOWN, to: localDate('2027-02-10'), scope: 'this_order' },
  { kind: 'move', shown: SHOWN, to: localDate('2027-02-10'), scope: 'all_orders' },
  { kind: 'interval', shown: SHOWN, interval: { unit: 'month', count: 2 } },
  { kind: 'pause', until: null },
  { kind: 'pause', until: localDate('2027-03-01') },
  { kind: 'resume' },
  { kind: 'cancel', when: 'now' },
  { kind: 'cancel', when: 'period_end' },
  { kind: 'undo_cancel' },
  { kind: 'reactivate' },
];
const CHANGE_FACTS = {
  name: 'Daily Essentials',
  today: localDate('2027-01-12'),
  isCollecting: false,
  isUnderWay: false,
  hasCard: true,
  mayWake: { resume: true, reactivate: true },
  now: [],
  after: [
    { date: localDate('2027-03-03'), totalCents: 4830 },
    { date: localDate('2027-04-03'), totalCents: 4830 },
  ],
  endsOn: null,
  lastExternalOn: null,
};

/** Every page that the waiting page can be: each status, come back or not, moving a subscription or not. */
const WAITING_PAGES: WaitingPage[] = PROVISION_STATUSES.flatMap((status) =>
  [null, new Date(NOW.getTime() - 5_000), new Date(NOW.getTime() - 600_000)].flatMap((cameBackAt) =>
    [true, false].flatMap((declined) =>
      PROVISION_PURPOSES.map((purpose): WaitingPage => {
        const facts = {
          status,
          createdAt: new Date('2027-01-12T16:00:00Z'),
          returnedAt: declined ? null : cameBackAt,
          declinedAt: declined ? cameBackAt : null,
        };
        return {
          shell: { merchant: { name: 'Alder Health', email: 'care@alderhealth.example' }, person: 'Maya' },
          requestId: 'prq_0000000000000000000001',
          state: waitingState(facts, NOW),
          revision: '',
          status,
          embedded: false,
          createdAt: facts.createdAt,
          cameBackAt,
          declined: declined && cameBackAt !== null,
          lastAskedAt: cameBackAt,
          connectedAt: status === 'connected' ? NOW : null,
          now: NOW,
          timeZone: 'America/New_York',
          purpose,
          checkoutId: null,
          hadPage: true,
          items:
            purpose === 'items'
              ? {
                  subscriptionId: ROW.id,
                  items: [{ name: 'Daily Essentials', quantity: 2 }],
                  isOnce: false,
                  isHeld: status === 'planned' || status === 'open',
                  isReplaced: false,
                  isWithdrawn: false,
                  isOver: false,
                  again: null,
                }
              : null,
          subscription: purpose === 'move' ? subscriptionFacts(ROW, LINES, null, NOW) : null,
          payment: null,
          isCardGone: false,
          isCharged: false,
          readiness: null,
          others: [],
          waitingOrders: [],
          withoutCard: null,
        };
      }),
    ),
  ),
);

function textOf(node: ReactNode): string {
  return isValidElement(node) ? renderToStaticMarkup(node).replace(/<[^>]+>/g, '') : String(node ?? '');
}

const spoken = (page: WaitingPage) => {
  const { title, text } = WAITING_WORDS[page.state](page);
  return `${page.state} ${title} ${textOf(text)}`;
};
const drawn = (page: WaitingPage) => waitingSteps(page).map(({ title, detail }) => `${title} ${textOf(detail)}`);

describe('what customers read', () => {
  it('promises nothing, and names no time that nothing stands behind', () => {
    const tables = [
      CHARGE_WORDS,
      HELD_WORDS,
      ASK_REFUSALS,
      FAILURE_CHOICE_WORDS,
      EARLY_REFUSALS.map((reason) => chargeNowRefusal(reason, SHOWN, SHOWN)),
      MOVE_REFUSALS,
      TRY_AGAIN_OUTCOMES,
      TRY_AGAIN_REFUSALS,
      CHANGE_REFUSALS,
      CHANGE_ITEMS_REFUSALS,
      ADD_ONCE_REFUSALS,
      REMOVE_ONCE_REFUSALS,
      TAKE_CHANGE_BACK_REFUSALS,
      REASON_WORDS,
      OFFER_WORDS,
      CHANGES.map((change) => changeWords(change, CHANGE_FACTS)),
    ];
    for (const text of [...tables.map((table) => JSON.stringify(table)), ...WAITING_PAGES.flatMap(drawn)]) {
      expect(text).not.toMatch(FORBIDDEN);
    }
    for (const page of WAITING_PAGES) expect(spoken(page)).not.toMatch(FORBIDDEN);
  });

  it('asks before a change, names its deed, and says the amount and the day that follow', () => {
    for (const change of CHANGES) {
      const { question, text, verb } = changeWords(change, CHANGE_FACTS);
      expect(question).toMatch(/\?$/);
      expect(verb).not.toMatch(/^(OK|Yes|Save|Confirm)/);
      if (change.kind === 'cancel') expect(text).toContain('Nothing more is charged.');
      else expect(text).toContain('$48.30 on Wednesday, 3 March');
    }
  });

  it('does not promise what the merchant has kept from customers', () => {
    const mayWake = { resume: false, reactivate: false };
    for (const change of CHANGES.filter(({ kind }) => kind === 'pause' || kind === 'cancel')) {
      const { text, foot = '' } = changeWords(change, { ...CHANGE_FACTS, mayWake });
      expect(`${text} ${foot}`).not.toMatch(/[Yy]ou (can )?(resume|start it)/);
    }
  });

  it('names the day on which a skipped order would have been charged, also where that is not its own', () => {
    const now = [{ date: localDate('2027-02-07'), totalCents: 4830 }];
    const { text, question } = changeWords({ kind: 'skip', shown: SHOWN }, { ...CHANGE_FACTS, now });
    expect(text).toContain('You will not be charged on Sunday, 7 February.');
    expect(question).toBe('Skip the order of 3 February?');
  });

  it('names no day that has gone by as the last on which a skip can be taken back', () => {
    const footOn = (today: string) =>
      changeWords({ kind: 'skip', shown: SHOWN }, { ...CHANGE_FACTS, today: localDate(today) }).foot;
    expect(footOn('2027-02-02')).toBe('You can take this back until Tuesday, 2 February.');
    expect(footOn('2027-02-03')).toBeUndefined();
  });

  it('says of a pause and of a cancellation which order is still billed to the former card', () => {
    const facts = { ...CHANGE_FACTS, lastExternalOn: localDate('2027-01-14') };
    for (const change of CHANGES.filter(({ kind }) => kind === 'pause' || kind === 'cancel'))
      expect(changeWords(change, facts).text).toContain(
        'Your order of Thursday, 14 January is still billed to your former card',
      );
  });

  it('promises no charge and no card that stays where none is connected', () => {
    for (const change of CHANGES.filter(({ kind }) => kind !== 'reactivate')) {
      const { text, foot = '' } = changeWords(change, { ...CHANGE_FACTS, hasCard: false });
      expect(`${text} ${foot}`).not.toMatch(/Your next charge|stay with Truemed|same card/);
      if (change.kind !== 'cancel') expect(text).toContain('No HSA/FSA card is connected now');
    }
  });

  it('says of agreed items for which orders they are: each, one, or none where others have taken their place', () => {
    const page = WAITING_PAGES.find(({ state, purpose }) => state === 'Connected' && purpose === 'items');
    if (page?.items == null) throw new Error('No page of agreed items.');
    const { items } = page;
    expect(spoken(page)).toContain('From now on each order is 2 × Daily Essentials');
    const once = spoken({ ...page, items: { ...items, isOnce: true } });
    expect(once).toContain('With your next order, and no other, comes 2 × Daily Essentials');
    const replaced = spoken({ ...page, items: { ...items, isReplaced: true } });
    expect(replaced).toContain('you have asked for others since');
    const withdrawn = { ...page, items: { ...items, isWithdrawn: true } };
    expect(spoken(withdrawn)).toContain('You have taken this change back');
    expect(spoken(withdrawn)).not.toContain('From now on');
    expect(replaced).not.toContain('Daily Essentials');
    expect(spoken({ ...page, items: { ...items, isOver: true } })).toContain(
      'no order of this subscription is to come',
    );
    const open = WAITING_PAGES.find(({ state, purpose }) => state === 'Not completed' && purpose === 'items');
    if (open?.items == null) throw new Error('No page of items that wait.');
    const passed = { ...open, items: { ...open.items, isReplaced: true } };
    expect(spoken(passed)).not.toContain('go on where you stopped');
    expect(drawn(passed).at(-1)).toContain('Another change took its place');
  });

  it('says of every part of an order’s story whether money moved, or is about to', () => {
    const kinds = ['on_its_way', 'answer_lost', 'waited_for_survey', 'waited_for_card', 'waited'] as const;
    const ended = ['letter_not_issued', 'not_taken', 'paid', 'being_returned', 'returned'] as const;
    for (const kind of [...kinds, ...ended]) {
      const { title, detail } = storyWords({ at: NOW, kind, amountCents: 4830 }, null);
      expect(`${title} ${detail}`).toMatch(/\$48\.30|You were not charged\./);
      // The time that a refund takes is Truemed's own word (product.md section 1, row 16).
      const line = storyLine([{ at: NOW, kind, amountCents: 4830 }], 'UTC', localDate('2027-01-12'));
      if (!kind.includes('return')) expect(`${title} ${detail} ${line}`).not.toMatch(FORBIDDEN);
    }
  });

  it('names the card that paid as the receipt does', () => {
    const paid = { at: NOW, kind: 'paid', amountCents: 4830 } as const;
    const by = (cards: string[], isHsaFsa: boolean) => storyWords(paid, { cards, isHsaFsa }).detail;
    expect(by(['1881'], false)).toBe('Card ending 1881, through Truemed.');
    expect(by(['4417'], true)).toBe('HSA/FSA card ending 4417, through Truemed.');
    expect(storyWords({ ...paid, amountCents: 0 }, null).detail).toBe('No card: nothing was charged.');
  });

  it('calls a connected or a stored card what Truemed calls it', () => {
    const card = { last4: '1881', isHsaFsa: false };
    for (const page of WAITING_PAGES.filter(({ state }) => state === 'Connected')) {
      const with_ = {
        ...page,
        payment: { card, cardExpires: null, otherCard: null, letterExpiresOn: null, refreshedAt: NOW },
      };
      expect(`${spoken(with_)} ${drawn(with_)}`).not.toContain('HSA/FSA card');
    }
  });

  it('tells a story in a line: what happened in a row once, and the time of a refund while it may still take it', () => {
    const told = (...days: [day: string, kind: Parameters<typeof storyWords>[0]['kind']][]) =>
      days.map(([day, kind]) => ({ at: new Date(`${day}T17:00:00Z`), kind, amountCents: 4830 }));
    const tried = told(['2027-01-03', 'waited_for_card'], ['2027-01-09', 'waited_for_card'], ['2027-01-11', 'paid']);
    expect(storyLine(tried, 'America/New_York', localDate('2027-01-12'))).toBe(
      'Tried 3 Jan to 9 Jan, waited for your card. Paid 11 Jan.',
    );
    const returned = told(['2027-01-03', 'returned']);
    expect(storyLine(returned, 'America/New_York', localDate('2027-01-12'))).toContain('up to 15 business days');
    expect(storyLine(returned, 'America/New_York', localDate('2027-03-12'))).toBe('$48.30 returned 3 Jan.');
    expect(storyLine([], 'America/New_York', localDate('2027-03-12'))).toBe('');
  });

  it('says that an order on hold is given up by a pause and a cancellation', () => {
    const texts = CHANGES.filter(({ kind }) => kind === 'pause' || kind === 'cancel').map(
      (change) => changeWords(change, { ...CHANGE_FACTS, isCollecting: true }).text,
    );
    for (const text of texts) expect(text).toContain('The order that is on hold is given up');
  });

  it('does not promise that nothing is charged where a charge is under way already', () => {
    const underWay = { ...CHANGE_FACTS, isUnderWay: true };
    for (const change of CHANGES.filter(({ kind }) => kind === 'pause' || kind === 'cancel')) {
      const { text } = changeWords(change, underWay);
      expect(text).toMatch(/^Nothing else is charged/);
      expect(text).toContain('The order that is under way now may still be paid.');
    }
    const ends = { cancelOn: localDate('2027-03-03'), billingMethod: 'hsa_fsa' } as const;
    const over = { status: 'canceled', billingMethod: 'hsa_fsa' } as const;
    for (const rests of [ends, over, { ...over, status: 'paused' } as const]) {
      const subscription = subscriptionFacts({ ...ROW, ...rests }, LINES, null, NOW);
      const said = (isOpen: boolean) => [
        textOf(createElement(ChangedNotice, { subscription, isSkip: false, isOpen, mayResume: true })),
        textOf(createElement(RestingAnswer, { subscription, offered: [], isOpen })),
        textOf(createElement(InactiveAnswer, { subscription, offered: [], hasCard: true, isOpen })),
      ];
      for (const text of said(true)) expect(text).toMatch(/Nothing else is charged/);
      for (const text of said(false)) expect(text).toMatch(/Nothing (more )?is charged/);
    }
  });

  it('says of a card that was connected once and is no more that it is not, whatever was asked for, with the way on', () => {
    for (const page of WAITING_PAGES.filter(({ status, purpose }) => status === 'connected' && purpose !== 'items')) {
      const gone = { ...page, state: 'Needs attention', isCardGone: true, withoutCard: ROW.id } as const;
      const said = `${spoken(gone)} ${drawn(gone)}`;
      expect(said).toContain('No card is connected any more');
      expect(said).toContain('Nothing is charged until one is connected again.');
      expect(said).not.toMatch(/[Yy]our [^.]*is (connected|stored|up to date|complete)|pays for|from now on/);
      const html = (one: WaitingPage) => renderToStaticMarkup(createElement(WaitingActions, { page: one }));
      expect(html(gone)).toContain(`href="/account/subscriptions/${ROW.id}/hsa-fsa"`);
      const others = [{ id: ROW.id, name: 'Daily Essentials' }];
      expect(html({ ...gone, withoutCard: null, others })).toContain('href="/account/payment-methods/store"');
      expect(html({ ...gone, withoutCard: null })).toContain('href="/account"');
    }
  });

  it('says of a stored card whether something is charged to it by now', () => {
    const page = WAITING_PAGES.find(({ state, purpose }) => state === 'Connected' && purpose === 'store');
    if (page === undefined) throw new Error('No page of a stored card.');
    expect(spoken(page)).toContain('Nothing is charged to it');
    expect(spoken({ ...page, isCharged: true })).not.toContain('Nothing is charged');
  });

  it('leaves it open who resumes where customers may not, and names no day that the hand-over may move', () => {
    const paused = subscriptionFacts({ ...ROW, status: 'paused' }, LINES, null, NOW);
    const said = [
      textOf(createElement(ChangedNotice, { subscription: paused, isSkip: false, isOpen: false, mayResume: false })),
      textOf(createElement(InactiveAnswer, { subscription: paused, offered: [], hasCard: true, isOpen: false })),
      textOf(createElement(OtherSubscription, { subscription: paused })),
    ];
    for (const text of said) expect(text).not.toMatch(/you resume/);
    const moved = { billingMethod: 'hsa_fsa', nextChargeAt: null } as const;
    const awaits = subscriptionFacts({ ...ROW, ...moved }, LINES, null, NOW);
    expect(awaits.awaitsHandOver).toBe(true);
    const notice = { subscription: awaits, isSkip: false, isOpen: false, mayResume: true };
    expect(textOf(createElement(ChangedNotice, notice))).not.toContain('Your next charge is');
  });

  it('says one word of state, and no other', () => {
    for (const page of WAITING_PAGES) expect(new Set(spoken(page).match(STATUS_WORDS))).toEqual(new Set([page.state]));
  });

  it('has words of its own for a card, a letter, new items, a stored card and a move, wherever they are told apart', () => {
    for (const state of ['Confirming', 'Connected', 'Not completed'] as const) {
      const of = (purpose: WaitingPage['purpose']) =>
        new Set(
          WAITING_PAGES.filter((page) => page.purpose === purpose && page.state === state && page.status !== 'planned')
            .map((page) => `${spoken(page)} ${drawn(page)}`)
            .sort(),
        );
      const texts = (['move', 'store', 'card', 'survey', 'items'] as const).map((purpose) => [...of(purpose)].join());
      expect(new Set(texts).size).toBe(texts.length);
    }
  });

  it('promises a mail about the card to those alone who move a subscription', () => {
    for (const page of WAITING_PAGES) {
      const promises = spoken(page).includes('we write to you when your card is connected');
      if (promises) expect(page.purpose).toBe('move');
    }
  });

  it('says that nothing was charged wherever a move has stopped', () => {
    const stopped = WAITING_PAGES.filter(({ state }) => state === 'Not completed' || state === 'Needs attention');
    expect(stopped.length).toBeGreaterThan(0);
    for (const page of stopped) expect(spoken(page)).toContain('Nothing was charged.');
  });

  it('does not claim that the customer came back where they did not', () => {
    for (const page of WAITING_PAGES.filter(({ cameBackAt }) => cameBackAt === null)) {
      expect(`${spoken(page)} ${drawn(page)}`).not.toMatch(/You are back|You came back/);
    }
  });

  it('has steps with different titles, of which one at most is the current one', () => {
    for (const page of WAITING_PAGES) {
      const steps = waitingSteps(page);
      expect(new Set(steps.map(({ title }) => title)).size).toBe(steps.length);
      expect(steps.filter(({ state }) => state === 'current').length).toBeLessThanOrEqual(1);
    }
  });
});

describe('what the settings say was done', () => {
  it('is that an address stays where its change was taken back', () => {
    expect(savedWords('1')).toBe('Saved.');
    expect(savedWords('email_kept')).toMatch(/^Your e-mail address stays as it is\./);
  });
});
