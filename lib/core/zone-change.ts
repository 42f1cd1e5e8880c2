import type { LocalDate } from './calendar';
import { chargeInstant, type SubscriptionStatus } from './subscription';

/** What a change of time zone looks at. */
export interface ZonedSubscription {
  status: SubscriptionStatus;
  timeZone: string;
  nextChargeOn: LocalDate;
  /** Null: never due. */
  nextChargeAt: Date | null;
  pauseUntil: LocalDate | null;
  cancelOn: LocalDate | null;
}

/** The columns that follow from a time zone. */
export interface ZonedColumns {
  timeZone: string;
  nextChargeAt: Date | null;
  changeAt: Date | null;
}

/**
 * What a subscription's instants are in another zone: its days stay, and the merchant's billing hour is that of the new zone.
 * `notBefore`: what follows an order that was paid late waits until then. Null where nothing is to change: it is there already,
 * or it has ended.
 */
export function inZone(
  subscription: ZonedSubscription,
  timeZone: string,
  billingHour: number,
  notBefore: Date | null = null,
): ZonedColumns | null {
  if (subscription.timeZone === timeZone || subscription.status === 'canceled') return null;
  const at = (day: LocalDate) => chargeInstant(day, timeZone, billingHour);
  const changeOn = subscription.pauseUntil ?? subscription.cancelOn;
  const starts = at(subscription.nextChargeOn);
  const isSpaced = subscription.nextChargeAt !== null && notBefore !== null && notBefore > starts;
  return {
    timeZone,
    nextChargeAt: subscription.nextChargeAt === null ? null : isSpaced ? notBefore : starts,
    changeAt: changeOn === null ? null : at(changeOn),
  };
}

/** The time zones that a customer chooses from, from east to west, by the name that they know. */
export const OFFERED_ZONES: readonly { zone: string; label: string }[] = [
  { zone: 'America/Puerto_Rico', label: 'Atlantic (Puerto Rico)' },
  { zone: 'America/New_York', label: 'Eastern (New York)' },
  { zone: 'America/Chicago', label: 'Central (Chicago)' },
  { zone: 'America/Denver', label: 'Mountain (Denver)' },
  { zone: 'America/Phoenix', label: 'Arizona (Phoenix)' },
  { zone: 'America/Los_Angeles', label: 'Pacific (Los Angeles)' },
  { zone: 'America/Anchorage', label: 'Alaska (Anchorage)' },
  { zone: 'Pacific/Honolulu', label: 'Hawaii (Honolulu)' },
  { zone: 'Pacific/Guam', label: 'Chamorro (Guam)' },
];

/** What a zone is called: as it is offered, else its own name. */
export function zoneLabel(zone: string): string {
  return OFFERED_ZONES.find((one) => one.zone === zone)?.label ?? zone.replaceAll('_', ' ');
}
