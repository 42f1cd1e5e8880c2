import type { Tone } from '@/components/ui/chip';
import type { IconName } from '@/components/ui/icon-shapes';
import { addDays, isLocalDate, type LocalDate } from '@/lib/core/calendar';
import { dayAndMonth, longDate } from '@/lib/core/date-words';
import { decisionWords } from '@/lib/core/decision-words';
import { formatCents } from '@/lib/core/money';
import { WITHDRAWN } from '@/lib/core/provisioning';
import { VERDICTS } from '@/lib/core/renewal-decision';
import { zoneLabel } from '@/lib/core/zone-change';
import type { TimelineEntry } from '@/lib/views/admin-timeline';
import { CAUSE_WORDS } from './charges';

/** How an entry looks and what it says, in words. */
export interface EventWords {
  icon: IconName;
  tone?: Tone;
  title: string;
}

/** The words of an entry of the audit log or of a mail; `today` decides where a year is said. */
export function eventWords(entry: TimelineEntry, today: LocalDate): EventWords {
  const read = READERS[entry.action];
  if (read !== undefined) return read(fieldsOf(entry.change), today);
  // An action that is newer than these words is still an entry that somebody must be able to read.
  return { icon: 'scroll-text', title: entry.action.replace(/[._]/g, ' ') };
}

/** The values of a change, each read as what it is asked for. */
interface Fields {
  text(name: string): string | null;
  cents(name: string): string;
  /** The day that a change leads to: `{ from, to }`, or a day alone. */
  day(name: string): LocalDate | null;
}

const READERS: Record<string, (fields: Fields, today: LocalDate) => EventWords> = {
  'subscription.imported': () => ({ icon: 'upload', title: 'Imported' }),
  'subscription.updated': () => ({ icon: 'upload', title: 'Changed by an import' }),
  'subscription.moved': ({ day }, today) => ({
    icon: 'arrow-left-right',
    tone: 'ok',
    title: `Moved to HSA/FSA${on(', our first charge on', day('nextChargeOn'), today)}`,
  }),
  'subscription.started': ({ day, text }, today) => ({
    icon: 'shopping-bag',
    tone: 'ok',
    title:
      text('status') === 'canceled'
        ? 'A second payment at the checkout, to be returned'
        : `${text('status') === 'trialing' ? 'Trial begun' : 'Ordered'}${on(', next charge on', day('nextChargeOn'), today)}`,
  }),
  'checkout.planned': ({ cents }) => ({ icon: 'shopping-bag', title: `Order of ${cents('totalCents')} asked for` }),
  'checkout.returned': ({ text }) => ({
    icon: 'arrow-left-right',
    title: text('outcome') === 'success' ? 'Came back from Truemed’s checkout' : 'Left Truemed’s checkout',
  }),
  'checkout.status_changed': ({ text }) => ({
    icon: 'shopping-bag',
    title: CHECKOUT_TITLES[text('to') ?? ''] ?? `Order now ${text('to') ?? 'changed'}`,
  }),
  'customer.joined': () => ({ icon: 'user', title: 'Became a customer' }),
  'customer.state_changed': () => ({ icon: 'user', title: 'State of residence changed with an order' }),
  'subscription.hand_over_confirmed': ({ day }, today) => ({
    icon: 'hand',
    tone: 'ok',
    title: `Hand-over confirmed${on(', our first charge on', day('nextChargeOn'), today)}`,
  }),
  'subscription.status_changed': ({ text }) => ({
    icon: text('to') === 'active' ? 'circle-check' : text('to') === 'past_due' ? 'circle-pause' : 'pause',
    tone: text('to') === 'active' ? 'ok' : text('to') === 'past_due' ? 'attn' : 'off',
    title: SUBSCRIPTION_TITLES[text('to') ?? ''] ?? `Now ${text('to') ?? 'changed'}`,
  }),
  'subscription.paused': ({ day }, today) => ({
    icon: 'pause',
    title: `Pause asked for${on(', until', day('pauseUntil'), today)}`,
  }),
  'subscription.resumed': ({ day }, today) => ({
    icon: 'circle-check',
    title: `Pause ended${on(', next charge on', day('nextChargeOn'), today)}`,
  }),
  'subscription.canceled': () => ({ icon: 'circle-slash', title: 'Ended' }),
  'subscription.cancel_scheduled': ({ day }, today) => ({
    icon: 'calendar',
    title: `To end with its period${on(', on', day('cancelOn'), today)}`,
  }),
  'subscription.cancel_undone': () => ({ icon: 'undo', title: 'To go on after all' }),
  'subscription.reactivated': ({ day }, today) => ({
    icon: 'circle-check',
    title: `Taken up again${on(', next charge on', day('nextChargeOn'), today)}`,
  }),
  'subscription.interval_changed': ({ day }, today) => ({
    icon: 'repeat',
    title: `Interval changed${on(', next charge on', day('nextChargeOn'), today)}`,
  }),
  'subscription.next_charge_moved': ({ day }, today) => ({
    icon: 'calendar-clock',
    title: `Next charge moved${on(' to', day('nextChargeOn'), today)}`,
  }),
  'subscription.period_skipped': ({ day }, today) => ({
    icon: 'skip-forward',
    title: `Order skipped${on(', next charge on', day('nextChargeOn'), today)}`,
  }),
  'subscription.period_unskipped': ({ day }, today) => ({
    icon: 'undo',
    title: `Skip undone${on(', next charge on', day('nextChargeOn'), today)}`,
  }),
  'subscription.failure_choice_changed': ({ text }) => ({
    icon: 'skip-forward',
    title:
      text('choice') === 'skip'
        ? 'If a payment fails, the order is to be left out'
        : 'If a payment fails, the order is to wait',
  }),
  'customer.hsa_fsa_stopped': ({ text }) => ({
    icon: 'circle-slash',
    title:
      text('card') === 'deleted'
        ? 'Asked to stop using HSA/FSA, and to delete the card at Truemed'
        : 'Asked to stop using HSA/FSA',
  }),
  'subscription.discount_given': ({ text }) => ({
    icon: 'receipt-dollar',
    title: `Discount given: ${text('name') ?? ''}`,
  }),
  'subscription.discount_ended': ({ text }) => ({
    icon: 'circle-slash',
    title: `Discount taken away: ${text('name') ?? ''}`,
  }),
  'subscription.charge_spaced': () => ({
    icon: 'calendar-clock',
    title: 'Next charge kept five days away from an order that was paid late',
  }),
  'invoice.planned': ({ cents, text }) => ({
    icon: 'repeat',
    title: `Renewal planned, ${cents('totalCents')}${period(text)}`,
  }),
  'invoice.skipped': ({ text }) => ({ icon: 'skip-forward', title: `Not billed${period(text)}` }),
  'invoice.unskipped': ({ text }) => ({ icon: 'undo', title: `To be billed after all${period(text)}` }),
  'invoice.voided': ({ cents }) => ({ icon: 'circle-slash', title: `Order given up, ${cents('totalCents')}` }),
  'invoice.written_off': ({ cents }) => ({
    icon: 'circle-slash',
    tone: 'bad',
    title: `Order written off, ${cents('totalCents')}`,
  }),
  'invoice.paid': ({ cents }) => ({ icon: 'check', tone: 'ok', title: `Paid, ${cents('totalCents')}` }),
  'invoice.refunded': ({ cents }) => ({ icon: 'undo', tone: 'ok', title: `Given back, ${cents('amountCents')}` }),
  'refund.planned': ({ cents, text }) => ({
    icon: 'undo',
    title: `Refund of ${cents('amountCents')} planned${text('reason') === 'duplicate_payment' ? ', of a second capture' : ''}`,
  }),
  'refund.settled_elsewhere': ({ cents }) => ({
    icon: 'undo',
    tone: 'off',
    title: `${cents('amountCents')} went back another way, staff say`,
  }),
  'refund.status_changed': ({ cents, text }) => refundWords(cents('amountCents'), text('to'), text('errorCode')),
  'subscription.items_changed': () => ({ icon: 'repeat', tone: 'ok', title: 'Items changed' }),
  'subscription.once_item_added': () => ({ icon: 'shopping-bag', tone: 'ok', title: 'Item added to the next order' }),
  'subscription.once_item_removed': () => ({ icon: 'undo', tone: 'off', title: 'Item taken out of the next order' }),
  'subscription.item_change_held': () => ({ icon: 'clock', tone: 'wait', title: 'New items wait for Truemed' }),
  'subscription.item_change_ended': ({ text }) =>
    text('to') === 'withdrawn'
      ? { icon: 'undo', tone: 'off', title: 'New items taken back by the customer before Truemed agreed' }
      : {
          icon: 'circle-slash',
          title: text('to') === 'replaced' ? 'New items replaced by others' : 'New items not taken: the old ones stay',
        },
  'subscription.item_change_dismissed': () => ({
    icon: 'check',
    tone: 'off',
    title: 'Read by the customer that the new items were not taken',
  }),
  'customer.profile_changed': () => ({ icon: 'user', title: 'Name or state changed in the settings' }),
  'customer.time_zone_changed': ({ text }) => ({
    icon: 'clock',
    title: `Time zone changed to ${zoneLabel(text('timeZone') ?? '')}`,
  }),
  'customer.notifications_chosen': () => ({ icon: 'mail', title: 'Other mail chosen in the settings' }),
  'customer.email_change_asked': () => ({ icon: 'mail', tone: 'wait', title: 'Change of e-mail asked for' }),
  'customer.email_change_withdrawn': () => ({ icon: 'undo', tone: 'off', title: 'Change of e-mail taken back' }),
  'customer.email_changed': () => ({
    icon: 'mail',
    tone: 'ok',
    title: 'E-mail changed, confirmed from both addresses',
  }),
  'customer.address_changed': () => ({ icon: 'house', title: 'Address changed in the settings' }),
  'subscription.address_changed': () => ({ icon: 'house', title: 'Sent to another address from now on' }),
  'customer.deleted': () => ({ icon: 'circle-slash', tone: 'bad', title: 'Account deleted by the customer' }),
  'customer.signed_out_everywhere': () => ({ icon: 'user', title: 'Signed out on every device' }),
  'payment_token.deletion_asked': () => ({
    icon: 'circle-x',
    tone: 'bad',
    title: 'Deletion of the payment token asked for',
  }),
  'payment_token.deleted': () => ({ icon: 'circle-x', title: 'Truemed has deleted the payment token' }),
  'charge_attempt.planned': ({ cents, text }) => ({
    icon: 'receipt-dollar',
    title: `Charge of ${cents('amountCents')} planned ${CAUSES[text('cause') ?? ''] ?? ''}`.trim(),
  }),
  'charge_attempt.takes_too_long': () => ({
    icon: 'calendar-clock',
    tone: 'attn',
    title: 'Not decided by Truemed for five days; canceled on day seven if it still is not',
  }),
  'charge_attempt.status_changed': ({ text }) => chargeWords(text('to'), text('errorCode'), text('duplicateOf')),
  'payment_token.linked': ({ text }) => ({
    icon: 'credit-card',
    tone: 'ok',
    title: `Payment token linked${SOURCES[text('source') ?? ''] ?? ''}`,
  }),
  'payment_token.refreshed': ({ day }, today) => ({
    icon: 'credit-card',
    title: `Card and letter read again${on(', letter until', day('letterExpiresOn'), today)}`,
  }),
  'payment_token.revoked': () => ({
    icon: 'circle-x',
    tone: 'bad',
    title: 'The payment token is not used any more',
  }),
  'provision_request.planned': ({ text }) => ({
    icon: 'arrow-left-right',
    title: text('kind') === 'update' ? 'Update of the payment token begun' : 'Move to HSA/FSA begun',
  }),
  'provision_request.returned': ({ text }) => ({
    icon: 'user',
    title: text('outcome') === 'failure' ? 'Came back from Truemed without finishing' : 'Came back from Truemed',
  }),
  'provision_request.status_changed': ({ text }) => provisionWords(text('to'), text('errorCode')),
  'recovery_case.opened': ({ text }) => ({
    icon: 'circle-pause',
    tone: 'attn',
    title: `On hold: ${RECOVERIES[text('reason') ?? ''] ?? 'not collected'}`,
  }),
  'recovery_case.renewed': ({ text }) => ({
    icon: 'circle-pause',
    tone: 'attn',
    title: `Still on hold: ${RECOVERIES[text('reason') ?? ''] ?? 'not collected'}`,
  }),
  'recovery_case.left_out': ({ text, cents }) => ({
    icon: 'skip-forward',
    title: `Order of ${cents('totalCents')} left out, as the customer had chosen: ${RECOVERIES[text('reason') ?? ''] ?? 'not collected'}`,
  }),
  'recovery_case.retried': ({ text }) => ({
    icon: 'repeat',
    title: `Tried again ${CAUSES[text('retryCause') ?? ''] ?? ''}`.trim(),
  }),
  'recovery_case.held_back': () => ({
    icon: 'circle-pause',
    tone: 'attn',
    title: 'Not tried again: the card was refused too often in 30 days',
  }),
  'recovery_case.recovered': () => ({ icon: 'circle-check', tone: 'ok', title: 'No longer on hold: collected' }),
  'recovery_case.closed': () => ({ icon: 'circle-slash', title: 'No longer on hold: given up' }),
  'recovery_case.paused': () => ({
    icon: 'pause',
    tone: 'attn',
    title: 'Given up for now: the subscription is paused',
  }),
  'recovery_case.link_replaced': () => ({ icon: 'undo', title: 'A new repair link was asked of Truemed' }),
  'renewal.held': ({ text, day }, today) => {
    const [verdict, periodStart] = [VERDICTS.find((one) => one === text('verdict')), day('periodStart')];
    const title =
      verdict === undefined || periodStart === null
        ? 'Not charged'
        : decisionWords({ verdict, periodStart, inputs: { cancelOn: day('cancelOn') } }, today).replace(/\.$/, '');
    return { icon: 'circle-pause', title };
  },
  'mail.sent': ({ text }) => ({ icon: 'mail', title: `Mailed: ${mailName(text)}` }),
  'mail.queued': ({ text }) => ({ icon: 'mail', tone: 'wait', title: `Mail is going out: ${mailName(text)}` }),
  'mail.failed': ({ text }) => ({ icon: 'mail', tone: 'bad', title: `Mail could not be sent: ${mailName(text)}` }),
  'mail.canceled': ({ text }) => ({ icon: 'mail', title: `Mail not sent any more: ${mailName(text)}` }),
};

const CHECKOUT_TITLES: Record<string, string> = {
  planned: 'Order to be sent to Truemed',
  open: 'Order open at Truemed',
  processing: 'Order with Truemed for review',
  completed: 'Order confirmed by Truemed',
  duplicate: 'Order paid beside another one: to be returned',
  rejected: 'Order not taken by Truemed',
  canceled: 'Order given up, its link closed',
  refused: 'Truemed’s answer to the order needs a person',
};

const SUBSCRIPTION_TITLES: Record<string, string> = {
  active: 'Active again',
  past_due: 'On hold until its order is collected',
  paused: 'Paused',
  canceled: 'Canceled',
  trialing: 'In its trial',
};

const CAUSES: Record<string, string> = CAUSE_WORDS;

const SOURCES: Record<string, string> = {
  webhook: ', learned by webhook',
  backfill: ', learned by asking Truemed',
  staff: ' by staff',
  import: ' by an import',
};

const RECOVERIES: Record<string, string> = {
  update_payment_method: 'Truemed asks for the payment method',
  take_health_survey: 'Truemed asks for the health survey',
  unknown_action: 'Truemed asks for something that we do not know',
  declined: 'the payment was not taken',
  session_pending: 'an earlier payment session is pending',
  token_gone: 'there is no payment token',
  our_error: 'it failed on our side',
};

function chargeWords(to: string | null, errorCode: string | null, duplicateOf: string | null): EventWords {
  const code = errorCode === null ? '' : ` (${errorCode})`;
  switch (to) {
    case 'accepted':
      return { icon: 'clock', tone: 'wait', title: 'Truemed accepted the charge' };
    case 'captured':
      return duplicateOf === null
        ? { icon: 'check', tone: 'ok', title: 'Captured' }
        : { icon: 'circle-alert', tone: 'bad', title: 'Captured a second time: to be returned' };
    case 'action_required':
      return { icon: 'circle-pause', tone: 'attn', title: 'Charge not made: Truemed asks something of the customer' };
    case 'unknown':
      return { icon: 'scan-search', tone: 'bad', title: `No clear answer to the charge${code}` };
    case 'rejected':
      return { icon: 'circle-x', tone: 'bad', title: `Truemed rejected the payment${code}` };
    case 'failed':
      return { icon: 'circle-x', tone: 'bad', title: `Charge not taken${code}` };
    case 'abandoned':
      return { icon: 'circle-slash', title: `Charge not made${code}` };
    default:
      return { icon: 'receipt-dollar', title: `Charge is now ${to ?? 'changed'}` };
  }
}

function refundWords(amount: string, to: string | null, errorCode: string | null): EventWords {
  const code = errorCode === null ? '' : ` (${errorCode})`;
  switch (to) {
    case 'succeeded':
      return { icon: 'check', tone: 'ok', title: `Truemed has taken the refund of ${amount}` };
    case 'failed':
      return { icon: 'circle-x', tone: 'bad', title: `Refund of ${amount} refused${code}` };
    default:
      return { icon: 'scan-search', tone: 'bad', title: `No clear answer to the refund of ${amount}${code}` };
  }
}

function provisionWords(to: string | null, errorCode: string | null): EventWords {
  const code = errorCode === null ? '' : ` (${errorCode})`;
  switch (to) {
    case 'open':
      return { icon: 'arrow-right', tone: 'wait', title: 'Truemed gave its link' };
    case 'connected':
      return { icon: 'circle-check', tone: 'ok', title: 'Connected' };
    case 'waiting_verification':
      return { icon: 'hourglass', tone: 'wait', title: 'Truemed is reviewing' };
    case 'already_provisioned':
      return { icon: 'circle-alert', tone: 'bad', title: `Truemed has a token that we do not know${code}` };
    case 'refused':
      return { icon: 'circle-x', tone: 'bad', title: `Truemed refused the move${code}` };
    case 'abandoned':
      return {
        icon: 'circle-minus',
        title: errorCode === WITHDRAWN ? 'Taken back: Truemed is asked no more' : 'Not completed within ten days',
      };
    default:
      return { icon: 'arrow-left-right', title: `The move is now ${to ?? 'changed'}` };
  }
}

function fieldsOf(change: Record<string, unknown>): Fields {
  return {
    text: (name) => textIn(change, name),
    cents: (name) => (typeof change[name] === 'number' ? formatCents(change[name]) : 'an amount'),
    day: (name) => {
      const value = change[name];
      const text = isRecord(value) ? textIn(value, 'to') : textIn(change, name);
      return text !== null && isLocalDate(text) ? text : null;
    },
  };
}

function textIn(record: Record<string, unknown>, name: string): string | null {
  const value = record[name];
  if (name === 'period' && isRecord(value)) return `${textIn(value, 'start')}/${textIn(value, 'end')}`;
  return typeof value === 'string' ? value : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function on(words: string, day: LocalDate | null, today: LocalDate): string {
  return day === null ? '' : `${words} ${longDate(day, today)}`;
}

function period(text: Fields['text']): string {
  const [start = '', end = ''] = (text('period') ?? '').split('/');
  if (!isLocalDate(start) || !isLocalDate(end)) return '';
  const last = addDays(end, -1);
  return ` for ${dayAndMonth(start, last, 'never')} to ${dayAndMonth(last, last, 'never')}`;
}

/** Templates whose names in words are not just their names (contract.md, Mail). */
const MAILS: Record<string, string> = {
  action_needed_payment_method: 'action needed (payment method)',
  action_needed_health_survey: 'action needed (health survey)',
  moved_to_hsa_fsa: 'moved to HSA/FSA',
  change_confirmed: 'change confirmed',
};

function mailName(text: Fields['text']): string {
  const template = text('template') ?? 'a mail';
  return MAILS[template] ?? template.replaceAll('_', ' ');
}
