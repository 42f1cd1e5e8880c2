import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  DECIDED_ACTIONS,
  endpointHeldUntil,
  nextDeliveryTryAt,
  readAnswer,
  SHOP_EVENT_TYPES,
  TRIED_FOR_MS,
  toldBy,
} from './shop-events';

const START = new Date('2027-01-12T14:00:00Z');
const HOUR_MS = 3_600_000;
const at = (ms: number) => new Date(START.getTime() + ms);

describe('what the merchant is told', () => {
  const services = join(import.meta.dirname, '../services');
  const written = readdirSync(services)
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .flatMap((file) => [
      ...readFileSync(join(services, file), 'utf8').matchAll(
        /(?<!event: )'((?:invoice|subscription|payment_token|refund)\.[a-z_]+)'/g,
      ),
    ])
    .map((match) => match[1] ?? '');

  test.each([...new Set(written)])('it is decided whether %s, which a verb writes, is told', (action) => {
    expect(DECIDED_ACTIONS).toContain(action);
  });

  test.each([
    ['invoice.paid', {}, 'invoice.paid'],
    ['invoice.paid', { goesBack: true }, null],
    ['invoice.voided', {}, null],
    ['charge_attempt.status_changed', { to: 'accepted' }, null],
    ['charge_attempt.status_changed', { to: 'captured' }, null],
    ['refund.status_changed', { to: 'succeeded' }, 'invoice.refunded'],
    ['refund.status_changed', { to: 'unknown' }, null],
    ['subscription.status_changed', { event: 'payment_failed', to: 'past_due' }, 'subscription.past_due'],
    ['subscription.status_changed', { event: 'payment_recovered', to: 'active' }, 'subscription.active'],
    ['subscription.status_changed', { event: 'paused', to: 'paused' }, null],
    ['subscription.started', { status: 'active' }, 'subscription.started'],
    ['subscription.started', { status: 'canceled' }, null],
    ['subscription.paused', {}, 'subscription.paused'],
    ['subscription.imported', {}, null],
    ['payment_token.revoked', {}, 'payment_method.removed'],
    ['something.newer', {}, null],
  ])('%s %j is told as %s', (action, change, type) => {
    expect(toldBy({ action, change })?.type ?? null).toBe(type);
  });

  it('is of every type that is named', () => {
    const changes = [
      {},
      { to: 'succeeded' },
      { event: 'payment_failed', to: 'past_due' },
      { event: 'trial_ended', to: 'active' },
    ];
    const told = DECIDED_ACTIONS.flatMap((action) => changes.map((change) => toldBy({ action, change })?.type));
    expect(new Set(told.filter((type) => type !== undefined))).toEqual(new Set(SHOP_EVENT_TYPES));
  });
});

describe('a delivery that is not taken', () => {
  it('is tried for three days, each wait longer than the last, with jitter', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (seed) => {
        const waits: number[] = [];
        let now = START;
        for (let tries = 1; ; tries += 1) {
          const next = nextDeliveryTryAt(seed, START, now, tries);
          if (next === null) break;
          waits.push(next.getTime() - now.getTime());
          now = next;
        }
        expect(now.getTime() - START.getTime()).toBeGreaterThanOrEqual(TRIED_FOR_MS);
        expect(now.getTime() - START.getTime()).toBeLessThan(TRIED_FOR_MS + 12 * HOUR_MS);
        expect(waits.length).toBeLessThan(16);
        expect(waits.every((wait, index) => wait >= (waits[index - 1] ?? 0) * 0.8)).toBe(true);
      }),
    );
  });

  it('does not come back together with what failed together', () => {
    const tries = Array.from({ length: 200 }, (_, index) =>
      nextDeliveryTryAt(`dlv_${index}`, START, START, 4)?.getTime(),
    );
    expect(new Set(tries).size).toBeGreaterThan(190);
  });

  it('has its first tries also where a standstill of ours has made it old', () => {
    expect(nextDeliveryTryAt('dlv_1', START, at(100 * HOUR_MS), 6)).not.toBeNull();
    expect(nextDeliveryTryAt('dlv_1', START, at(100 * HOUR_MS), 7)).toBeNull();
  });

  it('leaves its endpoint alone for an hour and a fifth at most', () => {
    const holds = [1, 2, 3, 4, 5, 6].map((failures) => endpointHeldUntil('end_1', START, failures).getTime());
    expect(holds).toEqual(holds.toSorted((a, b) => a - b));
    const last = endpointHeldUntil('end_1', START, 100).getTime();
    expect(Math.max(...holds, last) - START.getTime()).toBeLessThanOrEqual(1.2 * HOUR_MS);
    expect(holds[0]).toBeGreaterThanOrEqual(at(5_000).getTime());
  });

  test.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'refused'],
    [400, 'refused'],
    [404, 'refused'],
    [408, 'endpoint_failing'],
    [410, 'gone'],
    [429, 'endpoint_failing'],
    [500, 'endpoint_failing'],
    [503, 'endpoint_failing'],
    [null, 'endpoint_failing'],
  ])('%s means %s', (status, outcome) => {
    expect(readAnswer(status)).toBe(outcome);
  });
});
