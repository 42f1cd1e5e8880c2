import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../api/operations';
import { aboutSwitches } from '../switches';
import { ASSUMPTIONS } from './assumptions';
import { CHECKS } from './checks';
import { FACTS } from './facts';
import { openSandboxTarget, type Target } from './run';

/** Switches that set the scene: what a merchant has, or what happens, and nothing that is assumed. */
const SCENERY = [
  'paymentsEnabled',
  'authorizationEnabled',
  'splitPayments',
  'signedWebhooks',
  'catalogReviewHours',
  'catalogVerdict',
  'mailboxDown',
  'captureAs',
  'captureDelayMs',
];

let target: Target;
beforeAll(async () => {
  target = await openSandboxTarget();
});
afterAll(() => target.close());

describe('the sandbox', () => {
  it.each(CHECKS.map((check) => [check.title, check] as const))('%s', async (_title, check) => {
    expect(await target.runCheck(check)).toEqual({ kind: 'passed' });
  });

  it.each(
    ASSUMPTIONS.filter(({ probe }) => probe !== null).map((assumption) => [assumption.text, assumption] as const),
  )('behaves as assumed: %s', async (_text, assumption) => {
    expect(await target.runAssumption(assumption)).toBe(true);
  });
});

describe('the table', () => {
  it('has every endpoint, and a check for every fact', () => {
    expect(OPERATIONS.map(({ name }) => name).filter((name) => !FACTS.some(({ subject }) => subject === name))).toEqual(
      [],
    );
    const shown = new Set(CHECKS.flatMap(({ shows }) => shows));
    expect(FACTS.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
  });

  it('has no check of a fact that is not there, and no name twice', () => {
    const known = new Set(FACTS.map(({ id }) => id));
    expect(CHECKS.flatMap(({ shows }) => shows).filter((id) => !known.has(id))).toEqual([]);
    for (const names of [
      FACTS.map(({ id }) => id),
      CHECKS.map(({ title }) => title),
      ASSUMPTIONS.map(({ id }) => id),
    ]) {
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  it('has an assumption for every switch that fills a gap of the documents', () => {
    const named = ASSUMPTIONS.flatMap(({ switchName }) => (switchName === null ? [] : [switchName]));
    const switches = Object.keys(aboutSwitches()).filter((name) => !SCENERY.includes(name));
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
    expect([...named].sort()).toEqual([...switches].sort());
  });
});
