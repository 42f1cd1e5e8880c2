import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, localDate, localDateAt, localHourAt } from './calendar';
import { chargeInstant } from './subscription';
import { inZone, OFFERED_ZONES, zoneLabel } from './zone-change';

const zones = fc.constantFrom(...OFFERED_ZONES.map(({ zone }) => zone));

describe('another time zone', () => {
  it('keeps the day, and charges at the billing hour of the new zone', () => {
    fc.assert(
      fc.property(zones, zones, fc.nat(2_000), fc.integer({ min: 4, max: 23 }), (from, to, days, hour) => {
        const nextChargeOn = addDays(localDate('2026-01-01'), days);
        const nextChargeAt = chargeInstant(nextChargeOn, from, hour);
        const of = { status: 'active', nextChargeOn, pauseUntil: null, cancelOn: null } as const;
        const changed = inZone({ ...of, timeZone: from, nextChargeAt }, to, hour);
        if (from === to) {
          expect(changed).toBeNull();
          return;
        }
        expect(changed?.nextChargeAt && localDateAt(changed.nextChargeAt, to)).toBe(nextChargeOn);
        expect(changed?.nextChargeAt && localHourAt(changed.nextChargeAt, to)).toBe(hour);
        const back = changed && inZone({ ...of, ...changed }, from, hour);
        expect(back?.nextChargeAt).toEqual(nextChargeAt);
      }),
    );
  });

  it('moves the end of a pause and of a period too, makes nothing due that was not, and leaves what has ended', () => {
    const day = localDate('2027-03-01');
    const of = {
      timeZone: 'America/New_York',
      nextChargeOn: day,
      nextChargeAt: null,
      pauseUntil: null,
      cancelOn: null,
    };
    const west = 'America/Los_Angeles';
    const end = chargeInstant(day, west, 8);
    expect(inZone({ ...of, status: 'paused', pauseUntil: day }, west, 8)).toMatchObject({ changeAt: end });
    expect(inZone({ ...of, status: 'active', cancelOn: day }, west, 8)).toMatchObject({ changeAt: end });
    expect(inZone({ ...of, status: 'active' }, west, 8)).toEqual({
      timeZone: west,
      nextChargeAt: null,
      changeAt: null,
    });
    expect(inZone({ ...of, status: 'canceled' }, west, 8)).toBeNull();
  });

  it('has a name that people know, else its own', () => {
    expect(zoneLabel('America/New_York')).toBe('Eastern (New York)');
    expect(zoneLabel('Europe/Lisbon')).toBe('Europe/Lisbon');
  });
});
