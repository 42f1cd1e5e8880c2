/** Invariants of reliability.md section 2 that no query can show, with the tests that do, as `file: name of the test`. */
export const SHOWN_BY_TESTS: readonly { number: number; title: string; shownBy: readonly string[] }[] = [
  {
    number: 8,
    title: 'No call is made inside an open transaction',
    shownBy: [
      'lib/truemed/client-transport.test.ts: %s %s is refused inside a transaction and never leaves',
      'lib/services/mail.db.test.ts: never sends inside a transaction',
    ],
  },
  {
    number: 18,
    title: 'The order of events does not matter',
    shownBy: [
      'tests/webhooks.db.test.ts: ends alike in every order of four events about one charge, a duplicate and a late one among them',
      'tests/simulator/simulator.db.test.ts: finds nothing wrong in a few seeds',
    ],
  },
  {
    number: 21,
    title: 'Without any webhook the end is the same',
    shownBy: [
      'tests/poll-or-webhook.db.test.ts: ends as it does where every webhook arrives',
      'tests/simulator/simulator.db.test.ts: finds nothing wrong in a few seeds',
    ],
  },
  {
    number: 29,
    title: 'Clocks that differ by ten minutes change nothing',
    shownBy: ['tests/simulator/simulator.db.test.ts: finds nothing wrong in a few seeds'],
  },
  {
    number: 30,
    title: 'A migration leaves the release before it running',
    shownBy: ['db/migrations.test.ts: %s takes nothing away from the release before it'],
  },
];
