import type { ReactNode } from 'react';
import type { Tone } from '@/components/ui/chip';
import { DateText, Timestamp } from '@/components/ui/date-text';
import type { IconName } from '@/components/ui/icon-shapes';
import { Money } from '@/components/ui/money';
import { localDateAt } from '@/lib/core/calendar';
import { NOT_CHARGED } from '@/lib/core/charge';
import type { StaffTask, TaskKind } from '@/lib/views/admin-tasks';
import { addressOf } from '../_page/query';
import { countWord } from './counts';

/** The reader's time, for instants in sentences. */
export interface Reader {
  now: Date;
  timeZone: string;
}

/** How one kind of task looks and reads: a title, what is known, and the one thing to press. */
export interface TaskWords {
  tone: Tone;
  icon: IconName;
  title: string;
  body: ReactNode;
  action: { label: string; href: string };
}

type Kind = Omit<TaskWords, 'title' | 'body' | 'action'> & {
  title: (count: number) => string;
  body: (task: StaffTask, reader: Reader) => ReactNode;
  /** The label for one, and where one and all of them are; without a list of them always the first. */
  open: string;
  one: (task: StaffTask) => string;
  all?: string;
};

const subscriptionOf = ({ first }: StaffTask) => `/admin/subscriptions/${first.subscriptionId}`;
const subscriptionsOf = ({ first }: StaffTask) => addressOf('/admin/subscriptions', { q: first.name ?? '' });
const plural = (count: number, one: string, many: string) => (count === 1 ? one : many.replace('#', countWord(count)));

const KINDS: Record<TaskKind, Kind> = {
  captured_twice: {
    tone: 'bad',
    icon: 'circle-alert',
    title: (n) => plural(n, 'One order was captured twice', '# orders were captured twice'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> The second payment is kept as a duplicate and returned by itself. Find out
        why the order was charged twice.
      </>
    ),
    open: 'Open order',
    one: subscriptionOf,
    all: '/admin/charges?show=captured_twice',
  },
  ordered_twice: {
    tone: 'bad',
    icon: 'shopping-bag',
    title: (n) => plural(n, 'One new order was paid beside another', '# new orders were paid beside another'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> It began nothing, and what was paid is returned by itself. Its link was
        closed at Truemed before: find out why it could be paid.
      </>
    ),
    open: 'Open subscriptions',
    one: subscriptionsOf,
  },
  checkout_unsettled: {
    tone: 'bad',
    icon: 'shopping-bag',
    title: (n) => plural(n, 'One new order is not settled', '# new orders are not settled'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> It says {task.first.words}. Nothing begins before the payment is taken:
        look the session up at Truemed
        {task.first.note === null ? '.' : <span className="break-all">, {task.first.note}.</span>} Reference{' '}
        <span className="break-all">{task.first.id}</span>.
      </>
    ),
    open: 'Find the customer',
    one: subscriptionsOf,
  },
  refund_unsettled: {
    tone: 'bad',
    icon: 'undo',
    title: (n) => plural(n, 'One refund was not made', '# refunds were not made'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> Truemed answered {task.first.words ?? 'nothing'}. It is not sent again by
        itself: look the payment session up at Truemed.
      </>
    ),
    open: 'Open order',
    one: subscriptionOf,
  },
  outcome_unknown: {
    tone: 'bad',
    icon: 'scan-search',
    title: (n) => plural(n, 'The outcome of one charge is unknown', 'The outcomes of # charges are unknown'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} />{' '}
        {task.first.at && (
          <>
            Sent <Moment at={task.first.at} reader={reader} />,{' '}
          </>
        )}
        tried {times(task.first.tries)}, no clear answer ({task.first.words ?? 'none'}). It is not sent again by itself:
        look it up at Truemed.
      </>
    ),
    open: 'Open charge',
    one: subscriptionOf,
    all: '/admin/charges?show=unknown',
  },
  session_unclear: {
    tone: 'bad',
    icon: 'scan-search',
    title: (n) => plural(n, 'One payment session is unclear', '# payment sessions are unclear'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> Truemed accepted the charge and now answers “
        {task.first.words ?? 'nothing'}
        ”, which decides nothing. Ask Truemed about it.
      </>
    ),
    open: 'Open charge',
    one: subscriptionOf,
    all: '/admin/charges?show=under_way',
  },
  accepted_too_long: {
    tone: 'attn',
    icon: 'hourglass',
    title: (n) => plural(n, 'One charge is accepted and not captured', '# charges are accepted and not captured'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} />{' '}
        {task.first.at && (
          <>
            Accepted <Moment at={task.first.at} reader={reader} />.{' '}
          </>
        )}
        After seven days it is canceled, and only then tried anew.
      </>
    ),
    open: 'Open charge',
    one: subscriptionOf,
    all: '/admin/charges?show=under_way',
  },
  our_error: {
    tone: 'bad',
    icon: 'circle-alert',
    title: (n) => plural(n, 'One charge failed on our side', '# charges failed on our side'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} />{' '}
        {task.first.words === NOT_CHARGED
          ? 'Staff have found that Truemed never took it.'
          : `Truemed answered ${task.first.words ?? 'without a code'}.`}{' '}
        Nothing was charged, and the customer was told nothing: this one is ours to repair.
      </>
    ),
    open: 'Open order',
    one: subscriptionOf,
    all: '/admin/charges?show=not_taken',
  },
  unknown_action: {
    tone: 'bad',
    icon: 'circle-alert',
    title: (n) => plural(n, 'Truemed asks for something unknown', 'Truemed asks for something unknown # times'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> Nothing was charged. Ask Truemed what the customer has to do.
      </>
    ),
    open: 'Open order',
    one: subscriptionOf,
    all: '/admin/charges?show=action_required',
  },
  token_gone: {
    tone: 'attn',
    icon: 'credit-card',
    title: (n) => plural(n, 'One customer’s payment token is gone', '# customers’ payment tokens are gone'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> Truemed no longer knows the token. The order stays open until the customer
        connects a card again.
      </>
    ),
    open: 'Open order',
    one: subscriptionOf,
    all: '/admin/subscriptions?status=past_due',
  },
  card_spent: {
    tone: 'attn',
    icon: 'credit-card',
    title: (n) => plural(n, 'One order waits for another card', '# orders wait for another card'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> The card was refused too often in 30 days, so it is not tried again by
        itself, not even once the customer has done what Truemed asked for. They are asked for another card; you may
        charge this one again.
      </>
    ),
    open: 'Open order',
    one: subscriptionOf,
    all: '/admin/subscriptions?status=past_due',
  },
  session_pending: {
    tone: 'attn',
    icon: 'hourglass',
    title: (n) => plural(n, 'One order waits for an earlier session', '# orders wait for earlier sessions'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> For a week Truemed has answered that another payment session is pending.
        Nothing was charged. Ask Truemed about it.
      </>
    ),
    open: 'Open order',
    one: subscriptionOf,
    all: '/admin/charges?show=not_taken',
  },
  recovery_stalled: {
    tone: 'attn',
    icon: 'user',
    title: (n) => plural(n, 'One large order is still not paid', '# large orders are still not paid'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> Two weeks of reminders changed nothing, and a week from then the
        subscription is paused. A word from a person may help.
      </>
    ),
    open: 'Open order',
    one: subscriptionOf,
    all: '/admin/subscriptions?status=past_due',
  },
  token_deleted: {
    tone: 'attn',
    icon: 'credit-card',
    title: (n) => plural(n, 'One subscription has no card any more', '# subscriptions have no card any more'),
    body: (task, reader) => (
      <>
        <Whose task={task} reader={reader} /> Its payment token was deleted. Nothing is charged until the customer
        connects a card again.
      </>
    ),
    open: 'Open subscription',
    one: subscriptionOf,
    all: '/admin/subscriptions?status=past_due',
  },
  hand_overs: {
    tone: 'attn',
    icon: 'hand',
    title: (n) => plural(n, 'One subscription to hand over', '# subscriptions to hand over'),
    body: (task, reader) => <HandOverWords task={task} reader={reader} />,
    open: 'See it',
    one: () => '/admin/hand-overs',
    all: '/admin/hand-overs',
  },
  token_known_to_truemed: {
    tone: 'attn',
    icon: 'arrow-left-right',
    title: (n) =>
      plural(n, 'Truemed has a token that we do not know', 'Truemed has tokens that we do not know for # customers'),
    body: ({ first }) => (
      <>{first.name}. Compare what Truemed lists with this customer, then link the token. Nothing was charged.</>
    ),
    open: 'Compare',
    one: ({ first }) => `/admin/provisioning/${first.id}`,
    all: '/admin/provisioning?show=needs_staff',
  },
  move_refused: {
    tone: 'bad',
    icon: 'arrow-left-right',
    title: (n) => plural(n, 'One move to HSA/FSA was refused', '# moves to HSA/FSA were refused'),
    body: ({ first }) => (
      <>
        {first.name}. Truemed answered {first.words ?? 'without a code'}, which only a person can decide about.
      </>
    ),
    open: 'Open',
    one: ({ first }) => `/admin/provisioning/${first.id}`,
    all: '/admin/provisioning?show=needs_staff',
  },
  endpoint_disabled: {
    tone: 'attn',
    icon: 'webhook',
    title: (n) => plural(n, 'One endpoint is told nothing', '# endpoints are told nothing'),
    body: ({ first }, reader) => (
      <>
        <span className="break-all">{first.words}</span>, disabled{' '}
        {first.at && <Moment at={first.at} reader={reader} />}. {first.note}{' '}
        {first.tries === 0 ? 'Nothing waits for it.' : `${first.tries} of its events wait.`}
      </>
    ),
    open: 'Open',
    one: ({ first }) => `/admin/events/endpoints/${first.id}`,
    all: '/admin/events/endpoints',
  },
  webhooks_kept_aside: {
    tone: 'attn',
    icon: 'webhook',
    title: (n) => plural(n, 'One webhook could not be applied', '# webhooks could not be applied'),
    body: ({ first }, reader) => (
      <>
        {first.words}, {first.at && <Moment at={first.at} reader={reader} />}. {first.note} Kept, tried{' '}
        {times(first.tries)}.
      </>
    ),
    open: 'Open',
    one: ({ first }) => `/admin/webhooks/${first.id}`,
    all: '/admin/webhooks?status=quarantined',
  },
  mails_failed: {
    tone: 'bad',
    icon: 'mail',
    title: (n) => plural(n, 'One mail could not be sent', '# mails could not be sent'),
    body: ({ first, count }, reader) => (
      <>
        {count > 1 ? 'The oldest: to' : 'To'} {first.name}, {first.at && <Moment at={first.at} reader={reader} />}. The
        mail server refused it for three days. Tell the customer in another way.
      </>
    ),
    open: 'Find customer',
    one: ({ first }) => addressOf('/admin/subscriptions', { q: first.name }),
  },
};

/** The words of one task. */
export function taskWords(task: StaffTask, reader: Reader): TaskWords {
  const { tone, icon, title, body, open, one, all } = KINDS[task.kind];
  const action =
    task.count === 1 || all === undefined
      ? { label: open, href: one(task) }
      : { label: `See ${task.count === 2 ? 'both' : `all ${task.count}`}`, href: all };
  return { tone, icon, title: title(task.count), body: body(task, reader), action };
}

function Whose({ task: { first, count }, reader }: { task: StaffTask; reader: Reader }) {
  return (
    <>
      {count > 1 && 'The oldest: '}
      {first.amountCents !== null && <Money cents={first.amountCents} />}, {first.name}
      {first.on && (
        <>
          , for <DateText date={first.on} today={localDateAt(reader.now, reader.timeZone)} form="day" />
        </>
      )}
      .
    </>
  );
}

function HandOverWords({ task: { first, count }, reader }: { task: StaffTask; reader: Reader }) {
  const today = localDateAt(reader.now, reader.timeZone);
  const [they, pays] = count === 1 ? [first.name, 'pays'] : ['They', 'pay'];
  return (
    <>
      {they} {pays} by HSA/FSA card now. Stop the billing at the former processor.
      {first.on && (
        <>
          {' '}
          {count === 1 ? 'It' : 'The first'} {first.on < today ? 'may have been' : 'would be'} charged twice on{' '}
          <strong className="font-semibold text-base-content">
            <DateText date={first.on} today={today} />
          </strong>
          .
        </>
      )}
    </>
  );
}

function Moment({ at, reader }: { at: Date; reader: Reader }) {
  return <Timestamp at={at} now={reader.now} timeZone={reader.timeZone} />;
}

const times = (count: number | null) => (count === 1 ? 'once' : `${count ?? 0} times`);
