import type { z } from 'zod';
import { addMonths } from '../clock';
import { newUuid } from '../ids';
import { decideReview } from '../model/completion';
import { openDispute, settleDispute } from '../model/disputes';
import { isClosed } from '../model/hosted-requests';
import { settleOverdueSessions, settleSession } from '../model/sessions';
import { issueToken, sampleCard, tokenOfEmail } from '../model/tokens';
import type { ApiFault, DisputeStep, HostedRequest, PaymentSession, PaymentToken } from '../records';
import { UnreadableSnapshot } from '../snapshots';
import { SwitchValues } from '../switches';
import type { World } from '../world';
import {
  type ApiFaultInput,
  type ClockInput,
  ControlError,
  type DecisionInput,
  type DisputeInput,
  type ReviewInput,
  readInput,
  type SeedTokenInput,
  type TokenHealthInput,
} from './inputs';

/** Instants are written with four digits of a year, and compared as text. */
const LAST_INSTANT_MS = Date.UTC(9999, 0) - 1;
const UNIT_MS = { weeks: 7 * 86_400_000, days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 } as const;

/** Changes the clock's mode, or moves it forward. Due deliveries go out by themselves. */
export async function moveClock({ clock, schedule }: World, input: z.output<typeof ClockInput>): Promise<void> {
  if (input.skew_seconds !== undefined) clock.skewSeconds = input.skew_seconds;
  if (input.mode !== undefined) clock.setMode(input.mode, input.rate);
  if (input.to === undefined && input.advance === undefined) return;
  // Two steps at once are two steps, so each begins where the one before it ended.
  const target = () => withinTime(input.to === 'next' ? nextMoment(schedule) : targetOf(clock.now(), input));
  if (!(await schedule.moveTo(target))) {
    throw new ControlError(`The clock only moves forward; it is ${clock.nowIso()} now.`);
  }
}

/** Refuses what is behind the last instant, or is no date because its spans are more than one can hold. */
function withinTime(target: Date): Date {
  if (target.getTime() <= LAST_INSTANT_MS) return target;
  throw new ControlError('The clock ends with the year 9998.');
}

/** The next instant at which something waits for the clock; what is overdue was done before anybody asks. */
function nextMoment(schedule: World['schedule']): Date {
  const next = schedule.next();
  if (next === null) throw new ControlError('Nothing waits for the clock.', 409);
  return new Date(next.due);
}

function targetOf(now: Date, { to, advance = {} }: z.output<typeof ClockInput>): Date {
  if (to !== undefined) return new Date(to);
  const { years = 0, months = 0, ...spans } = advance;
  const ms = Object.entries(UNIT_MS).reduce((sum, [unit, length]) => {
    const count = spans[unit as keyof typeof UNIT_MS] ?? 0;
    return sum + count * length;
  }, addMonths(now, 12 * years + months).getTime());
  return new Date(ms);
}

/** Forgets everything but the endpoints. Without `keepClock` the time is the system's again. */
export function resetWorld(world: World, keepClock: boolean): void {
  world.timers.clear();
  world.webhooks.forget();
  world.recentCalls.clear();
  world.store.clear();
  world.switches.reload();
  world.webhooks.book.keep();
  if (keepClock) world.clock.keep();
  else world.clock.reset();
}

/** Puts the state of a snapshot in the place of the present one, the time, the switches and the endpoints included. */
export function restoreSnapshot(world: World, name: string): void {
  const at = readSnapshot(world, name);
  if (at === null) throw new ControlError(`There is no snapshot ${name}.`, 404);
  world.timers.clear();
  world.webhooks.forget();
  world.recentCalls.clear();
  world.switches.reload();
  world.webhooks.book.reload();
  world.clock.restore(at);
  settleOverdueSessions(world);
}

function readSnapshot({ snapshots, store }: World, name: string): Date | null {
  try {
    return snapshots.restore(name, store);
  } catch (error) {
    if (error instanceof UnreadableSnapshot) throw new ControlError(error.message, 409);
    throw error;
  }
}

/** Ends a review that is under way, found by its id or by the customer's e-mail. */
export function review(world: World, input: z.output<typeof ReviewInput>): HostedRequest {
  const request =
    input.request_id === undefined
      ? world.store.requests.find('verifying', (input.email ?? '').toLowerCase())[0]
      : world.store.requests.get(input.request_id);
  if (request === undefined || request.status !== 'verifying') {
    throw new ControlError(`Nothing is being reviewed for ${input.request_id ?? input.email}.`, 404);
  }
  if (isClosed(world, request)) {
    throw new ControlError('The token of this review was deleted, or its session decided, in the meantime.', 409);
  }
  decideReview(world, request, input.outcome);
  return world.store.requests.get(request.id) ?? request;
}

/** Makes a token exist, as if it had been provisioned long ago; nobody is told. */
export function seedToken(world: World, input: z.output<typeof SeedTokenInput>): PaymentToken {
  if (tokenOfEmail(world, input.email) !== undefined)
    throw new ControlError(`${input.email} already has a token.`, 409);
  if (input.payment_token !== undefined && world.store.tokens.get(input.payment_token) !== undefined) {
    throw new ControlError(`The token ${input.payment_token} already exists.`, 409);
  }
  const token = issueToken(world, {
    email: input.email,
    name: input.name,
    cards: [sampleCard(world.clock.now())],
    skus: input.skus ?? null,
    paymentToken: input.payment_token,
  });
  return changeToken(world, token, input);
}

/** Scripts what a token's next charge meets: by word, or by the dates of its letter and card. */
export function setTokenHealth(world: World, input: z.output<typeof TokenHealthInput>): PaymentToken {
  const token =
    input.payment_token === undefined
      ? tokenOfEmail(world, input.email ?? '')
      : world.store.tokens.get(input.payment_token);
  if (token === undefined) throw new ControlError(`There is no token of ${input.payment_token ?? input.email}.`, 404);
  if (token.health === 'deleted') throw new ControlError('A deleted token cannot be revived.', 409);
  return changeToken(world, token, input);
}

type TokenChange = Pick<z.output<typeof TokenHealthInput>, 'health' | 'lmn_expires_at' | 'card_expires'>;

function changeToken(world: World, token: PaymentToken, change: TokenChange): PaymentToken {
  const { health = token.health, lmn_expires_at = token.lmn_expires_at, card_expires } = change;
  const [year, month] = (card_expires ?? '').split('-').map(Number);
  const payment_methods =
    year === undefined || month === undefined
      ? token.payment_methods
      : token.payment_methods.map((card) => ({ ...card, exp_year: year, exp_month: month }));
  const letter = lmn_expires_at === null ? null : new Date(lmn_expires_at).toISOString();
  return world.store.tokens.put({ ...token, health, lmn_expires_at: letter, payment_methods });
}

/** Decides what becomes of a session now. Refuses what its status does not allow. */
export function decideSession(world: World, input: z.output<typeof DecisionInput>): PaymentSession {
  const session = world.store.sessions.get(input.session_id);
  if (session === undefined) throw new ControlError(`There is no session ${input.session_id}.`, 404);
  if (settleSession(world, session, input.status).length === 0) {
    throw new ControlError(`A session that is ${session.status} cannot become ${input.status}.`, 409);
  }
  return world.store.sessions.get(session.id) ?? session;
}

/** Opens or settles the dispute of a session. Refuses where there is nothing to dispute, or to settle. */
export function disputeSession(world: World, input: z.output<typeof DisputeInput>): DisputeStep {
  const session = world.store.sessions.get(input.session_id);
  if (session === undefined) throw new ControlError(`There is no session ${input.session_id}.`, 404);
  const step = input.state === 'opened' ? openDispute(world, session) : settleDispute(world, session, input.state);
  if (step === null) throw new ControlError(`The dispute of this session cannot be ${input.state} now.`, 409);
  return step;
}

/** Sets some of the switches, and leaves the others as they are. */
export function setSwitches(world: World, changes: Record<string, unknown>): void {
  world.switches.set(readInput(SwitchValues, { ...world.switches.values, ...changes }));
}

/** Scripts a fault on the next calls that match it; the oldest is used up first. */
export function addApiFault(world: World, input: z.output<typeof ApiFaultInput>): ApiFault {
  return world.store.apiFaults.put({ id: newUuid(), ...input });
}

/** Waits until no delivery is due or under way and no charge is on its way to its outcome. False where time ran out. */
export async function settleWorld(world: World, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (world.timers.pending > 0 || world.schedule.isBehind || !world.webhooks.idle) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return true;
}
