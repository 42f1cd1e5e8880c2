import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adaptConcurrency, fullConcurrency, type Strain } from './concurrency';

const bound = fc.integer({ min: 1, max: 500 });
const strains = fc.array(fc.record({ strain: fc.constantFrom<Strain>('eased', 'strained'), behind: fc.nat(3) }), {
  maxLength: 300,
});

describe('how many calls are on their way at once', () => {
  it('is never below one nor above the bound, whatever comes', () => {
    fc.assert(
      fc.property(bound, strains, (most, calls) => {
        let now = fullConcurrency(most);
        for (const { strain, behind } of calls) {
          now = adaptConcurrency(now, strain, Math.max(0, now.cuts - behind), most);
          expect(now.limit).toBeGreaterThanOrEqual(1);
          expect(now.limit).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('is halved by a 429 or a ServerError, once for a round that went out together', () => {
    const start = fullConcurrency(16);
    const cut = adaptConcurrency(start, 'strained', start.cuts, 16);
    expect(cut.limit).toBe(8);
    expect(adaptConcurrency(cut, 'strained', start.cuts, 16)).toEqual(cut);
    expect(adaptConcurrency(cut, 'strained', cut.cuts, 16).limit).toBe(4);
  });

  it('grows by about one with each full round that went well, back to the bound and no further', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100 }), fc.integer({ min: 1, max: 99 }), (most, from) => {
        let now = { limit: Math.min(from, most), cuts: 5 };
        const before = now.limit;
        for (let calls = 0; calls < Math.ceil(before) + 1; calls += 1) now = adaptConcurrency(now, 'eased', 5, most);
        expect(now.limit).toBeGreaterThanOrEqual(Math.min(most, before + 0.9));
        expect(now.limit).toBeLessThanOrEqual(Math.min(most, before + 2));
        for (let calls = 0; calls < most * most; calls += 1) now = adaptConcurrency(now, 'eased', 5, most);
        expect(now.limit).toBeGreaterThan(most - 0.01);
      }),
    );
  });
});
