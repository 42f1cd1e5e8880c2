import { describe, expect, test } from 'vitest';
import { type LocalDate, localDate } from './calendar';
import {
  monthStarts,
  positionIn,
  type ReadinessInput,
  readinessFacts,
  readinessSentence,
  readinessVerdict,
  readinessWindow,
} from './readiness';

const days = (...texts: string[]): LocalDate[] => texts.map(localDate);
const monthly = days(
  '2026-02-03',
  '2026-03-03',
  '2026-04-03',
  '2026-05-03',
  '2026-06-03',
  '2026-07-03',
  '2026-08-03',
  '2026-09-03',
  '2026-10-03',
  '2026-11-03',
);
const fine: ReadinessInput = {
  today: localDate('2026-01-22'),
  nextChargeOn: localDate('2026-02-03'),
  upcoming: monthly,
  letterExpiresOn: localDate('2026-09-14'),
  cardExpiresOn: localDate('2028-11-30'),
  held: false,
};
const with_ = (change: Partial<ReadinessInput>): ReadinessInput => ({ ...fine, ...change });
const day = localDate;

describe('the verdict', () => {
  test('says that an order is skipped only where that touches no other words', () => {
    const skips = (change: Partial<ReadinessInput>) =>
      readinessFacts(with_(change))
        .line.charges.filter(({ kind }) => kind === 'skip')
        .map(({ label, wideOnly = false }) =>
          label === undefined ? null : wideOnly ? 'where it is wide' : 'everywhere',
        );
    const upcoming = monthly.slice(2);
    expect(skips({ skipped: days('2026-02-03'), nextChargeOn: day('2026-04-03'), upcoming })).toEqual(['everywhere']);
    expect(skips({ skipped: days('2026-02-03', '2026-03-03'), nextChargeOn: day('2026-06-03'), upcoming })).toEqual([
      'everywhere',
      'where it is wide',
    ]);
    const weekly = days('2026-02-03', '2026-02-10', '2026-02-17');
    expect(skips({ skipped: weekly, nextChargeOn: day('2026-06-03'), upcoming })).toEqual(['everywhere', null, null]);
    const turn = { today: day('2026-11-25'), letterExpiresOn: day('2027-11-22') };
    const later = { upcoming: days('2027-02-12'), nextChargeOn: day('2027-01-12') };
    expect(skips({ ...turn, ...later, skipped: days('2026-12-12') })).toEqual([null]);
  });

  test.each<[string, Partial<ReadinessInput>, string]>([
    ['letter and card outlast the charge', {}, 'ready'],
    ['the letter ends on the day of the charge', { letterExpiresOn: day('2026-02-03') }, 'ready'],
    ['the letter ends the day before', { letterExpiresOn: day('2026-02-02') }, 'letter_ends_before_charge'],
    ['the letter has ended', { letterExpiresOn: day('2026-01-12') }, 'letter_ends_before_charge'],
    ['the card ends on the day of the charge', { cardExpiresOn: day('2026-02-03') }, 'ready'],
    ['the card ends before it', { cardExpiresOn: day('2026-01-31') }, 'card_expires_before_charge'],
    ['the card is not known', { cardExpiresOn: null }, 'ready'],
    ['there is no letter', { letterExpiresOn: null }, 'no_letter'],
    ['the charge waits for the customer', { held: true }, 'held'],
    ['it waits, and there is no letter', { held: true, letterExpiresOn: null }, 'held'],
    [
      'letter and card both end before it',
      { letterExpiresOn: day('2026-01-30'), cardExpiresOn: day('2026-01-31') },
      'letter_ends_before_charge',
    ],
    ['nothing is charged and the letter is valid', { nextChargeOn: null }, 'ready'],
    [
      'nothing is charged and the letter has ended',
      { nextChargeOn: null, letterExpiresOn: day('2026-01-21') },
      'letter_ends_before_charge',
    ],
  ])('%s', (_, change, verdict) => {
    expect(readinessVerdict(with_(change))).toBe(verdict);
  });
});

describe('the window', () => {
  test.each<[string, Partial<ReadinessInput>, string, string]>([
    ['shows at least nine months', {}, '2026-01-12', '2026-11-08'],
    ['reaches past the letter', { letterExpiresOn: day('2027-01-22') }, '2026-01-12', '2027-03-03'],
    ['ends where a far letter does not matter', { letterExpiresOn: day('2029-01-22') }, '2026-01-12', '2027-03-08'],
    ['reaches back to a letter that has ended', { letterExpiresOn: day('2026-01-12') }, '2025-10-04', '2026-08-30'],
    [
      'reaches the next charge of a yearly subscription',
      { nextChargeOn: day('2027-01-03'), upcoming: [], letterExpiresOn: day('2026-03-01') },
      '2026-01-12',
      '2027-01-23',
    ],
    ['reaches back to a charge on hold', { nextChargeOn: day('2026-01-08'), held: true }, '2025-12-29', '2026-11-08'],
  ])('%s', (_, change, start, end) => {
    expect(readinessWindow(with_(change))).toEqual({ start, end });
  });

  test('shows two dozen charges of a daily subscription', () => {
    const upcoming = Array.from({ length: 60 }, (_, n) =>
      new Date(Date.UTC(2026, 0, 23 + n)).toISOString().slice(0, 10),
    );
    const [nextChargeOn = fine.today] = upcoming.map(localDate);
    expect(readinessWindow(with_({ nextChargeOn, upcoming: upcoming.map(localDate) })).end).toBe('2026-02-21');
  });

  test('places days by their share of it', () => {
    const at = positionIn(day('2026-01-12'), day('2026-11-08'));
    expect([at(day('2026-01-12')), at(day('2026-01-22')), at(day('2026-11-08'))]).toEqual([0, 10 / 3, 100]);
  });

  test('has a tick for every first of a month inside it', () => {
    expect(monthStarts(day('2025-11-30'), day('2026-02-01'))).toEqual(['2025-12-01', '2026-01-01', '2026-02-01']);
  });
});

describe('the line', () => {
  const kinds = (input: ReadinessInput) => readinessFacts(input).line.charges.map(({ kind }) => kind);

  test('marks the next charge, those inside the letter and those outside it', () => {
    expect(kinds(fine)).toEqual(['next', ...Array(7).fill('covered'), 'open', 'open']);
  });

  test('labels the next charge and the letter', () => {
    const { line } = readinessFacts(fine);
    expect(line.charges[0]).toEqual({ date: '2026-02-03', kind: 'next', label: '3 Feb' });
    expect(line.letterLabel).toEqual({
      wide: 'Letter valid until 14 September',
      narrow: 'Letter until 14 Sep',
      anchor: 'end',
    });
  });

  test('names the year of a letter that ends in another one', () => {
    expect(readinessFacts(with_({ letterExpiresOn: day('2027-01-22') })).line.letterLabel?.narrow).toBe(
      'Letter until 22 Jan 2027',
    );
  });

  test('lets the words of the letter go where they would touch those of the next charge', () => {
    const { line } = readinessFacts(with_({ letterExpiresOn: day('2026-01-28') }));
    expect(line.letterLabel).toBeUndefined();
    expect(line.charges[0]).toMatchObject({ kind: 'held', label: '3 Feb' });
  });

  test('leaves them out on a phone, and there alone, where they would touch those of the next charge', () => {
    const on = (nextChargeOn: string) => {
      const upcoming = days('2027-11-12', '2027-12-12');
      const dates = { letterExpiresOn: day('2027-11-22'), cardExpiresOn: day('2028-11-30'), upcoming };
      return readinessFacts(with_({ ...dates, today: day('2026-11-25'), nextChargeOn: day(nextChargeOn) })).line;
    };
    expect(on('2027-01-12').letterLabel).toMatchObject({ wideOnly: true });
    expect(on('2026-12-12').letterLabel).toEqual({
      wide: 'Letter valid until 22 November 2027',
      narrow: 'Letter until 22 Nov 2027',
      anchor: 'end',
    });
  });

  test('shows a held charge after the letter that ended before it', () => {
    const { line } = readinessFacts(
      with_({
        nextChargeOn: day('2026-01-20'),
        upcoming: days('2026-04-20', '2026-07-20'),
        past: days('2025-10-20'),
        letterExpiresOn: day('2026-01-12'),
        held: true,
      }),
    );
    expect(line.letterLabel).toEqual({ wide: 'Letter ended 12 January', narrow: 'Ended 12 Jan', anchor: 'end' });
    expect(line.charges).toEqual([
      { date: '2025-10-20', kind: 'covered' },
      { date: '2026-01-20', kind: 'held', label: 'On hold', anchor: 'start' },
      { date: '2026-04-20', kind: 'open', label: '20 Apr' },
      { date: '2026-07-20', kind: 'open', label: '20 Jul' },
    ]);
  });

  test('keeps a skipped order as a mark of its own', () => {
    const input = with_({ nextChargeOn: day('2026-03-03'), upcoming: monthly.slice(1), skipped: days('2026-02-03') });
    expect(kinds(input).slice(0, 3)).toEqual(['skip', 'next', 'covered']);
    expect(readinessFacts(input).line.charges[0]).toMatchObject({ label: 'Skipped', wideOnly: true });
    expect(readinessFacts(input).line.label).toBe(
      'Letter valid until 14 September 2026. Next charge on 3 March. The charge of 3 February is skipped. 7 charges shown fall inside the letter. 2 later have no letter.',
    );
  });

  test.each<[string, Partial<ReadinessInput>, string]>([
    [
      'without a letter',
      { letterExpiresOn: null, upcoming: monthly.slice(0, 1) },
      'No letter yet. Next charge on 3 February.',
    ],
    [
      'on hold',
      { held: true, upcoming: [] },
      'Letter valid until 14 September 2026. The charge of 3 February is on hold.',
    ],
    ['with nothing to come', { nextChargeOn: null, upcoming: [] }, 'Letter valid until 14 September 2026.'],
  ])('says in words what it shows %s', (_, change, label) => {
    expect(readinessFacts(with_(change)).line.label).toBe(label);
  });
});

describe('the sentence', () => {
  test.each<[string, Partial<ReadinessInput>, string | null]>([
    [
      'when ready',
      {},
      'Ready. Your letter is valid until Monday, 14 September 2026 and your card until November 2028. There is nothing you need to do.',
    ],
    [
      'when the card is not known',
      { cardExpiresOn: null },
      'Ready. Your letter is valid until Monday, 14 September 2026. There is nothing you need to do.',
    ],
    [
      'when the letter ends first',
      { letterExpiresOn: day('2026-01-30'), nextChargeOn: day('2026-02-02') },
      'Your letter ends on 30 January, before your charge on Monday, 2 February. If you complete the health survey by then and qualify, the charge stays on its day.',
    ],
    [
      'when the letter has ended',
      { letterExpiresOn: day('2026-01-12') },
      'Your letter ended on Monday, 12 January. Truemed asks you to complete its health survey again, to see whether you still qualify.',
    ],
    [
      'when the card ends first',
      { cardExpiresOn: day('2026-01-31') },
      'Your card expires in January 2026, before your charge on Tuesday, 3 February. Your payment details with Truemed need an update by then.',
    ],
    [
      'when the card has expired',
      { cardExpiresOn: day('2025-12-31') },
      'Your card expired in December 2025. Your payment details with Truemed need an update.',
    ],
    ['on hold: the page says it', { held: true }, null],
    ['without a letter: the page says it', { letterExpiresOn: null }, null],
  ])('%s', (_, change, words) => {
    const sentence = readinessSentence(with_(change));
    expect(sentence && `${sentence.strong} ${sentence.text}`).toBe(words);
  });
});
