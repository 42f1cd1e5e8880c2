import { expect, it } from 'vitest';
import { runLong } from '@/scripts/long-run';

it('subscribers are charged once a month for over a year under seeded faults, and one seed has one trace', async () => {
  const size = { subscribers: 12, months: 14, seed: 7 };
  const first = await runLong(size);
  expect(first).toMatchObject({ captured: 12 * 14, violations: 0 });
  expect(Object.keys(first.outcomes)).toEqual(
    expect.arrayContaining(['accepted', 'take_health_survey', 'unknown network']),
  );
  expect(first.found_by_asking).toBeGreaterThan(0);
  expect((await runLong(size)).trace).toBe(first.trace);
  expect((await runLong({ ...size, months: 2, seed: 8 })).trace).not.toBe(
    (await runLong({ ...size, months: 2 })).trace,
  );
}, 60_000);
