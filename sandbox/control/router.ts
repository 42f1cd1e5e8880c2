import { Chaos, readChaos, setChaos } from '../chaos';
import { errorReply, type HttpRequest, json, type Reply, readJsonObject } from '../http';
import { magicValues } from '../magic-values';
import { mailsTo } from '../mailbox';
import { aboutSwitches } from '../switches';
import type { World } from '../world';
import {
  addApiFault,
  decideSession,
  disputeSession,
  moveClock,
  resetWorld,
  restoreSnapshot,
  review,
  seedToken,
  setSwitches,
  setTokenHealth,
  settleWorld,
} from './actions';
import { reviewItem, reviewQualification } from './catalog-actions';
import {
  ApiFaultInput,
  CatalogReviewInput,
  ClockInput,
  ControlError,
  DecisionInput,
  DisputeInput,
  EndpointsInput,
  QualificationReviewInput,
  ResetInput,
  ReviewInput,
  readInput,
  SeedTokenInput,
  SettleInput,
  SnapshotInput,
  TokenHealthInput,
} from './inputs';
import { viewTable, viewTables } from './tables';
import { viewLedger, viewState } from './views';
import {
  addDeliveryFault,
  dropDeliveries,
  fireEvent,
  holdDeliveries,
  releaseDeliveries,
  replayAttempt,
  resendDeliveries,
} from './webhook-actions';
import { DeliveryFaultInput, DeliveryInput, FireInput, ReleaseInput, ReplayInput } from './webhook-inputs';

interface Call {
  world: World;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

/** What the control API has, by `METHOD path`; each returns what is answered as JSON. None of it is Truemed's. */
const ROUTES: Record<string, (call: Call) => unknown> = {
  'GET clock': ({ world }) => viewClock(world),
  'POST clock': async ({ world, body }) => {
    await moveClock(world, readInput(ClockInput, body));
    return viewClock(world);
  },
  'GET schedule': ({ world }) => world.schedule.upcoming(200),
  'POST reset': ({ world, body }) => {
    resetWorld(world, readInput(ResetInput, body).keep_clock);
    return viewClock(world);
  },
  'POST settle': async ({ world, body }) => ({
    idle: await settleWorld(world, readInput(SettleInput, body).timeout_ms),
  }),

  'GET snapshots': ({ world }) => world.snapshots.list(),
  'POST snapshots': ({ world, body }) =>
    world.snapshots.save(readInput(SnapshotInput, body).name, world.store, world.clock.nowIso()),
  'POST snapshots/restore': ({ world, body }) => {
    restoreSnapshot(world, readInput(SnapshotInput, body).name);
    return viewClock(world);
  },
  'POST snapshots/remove': ({ world, body }) => {
    const { name } = readInput(SnapshotInput, body);
    if (!world.snapshots.remove(name)) throw new ControlError(`There is no snapshot ${name}.`, 404);
    return world.snapshots.list();
  },

  'GET tables': ({ world }) => viewTables(world),
  'GET state': ({ world, query }) => viewState(world, query.get('email')),
  'GET ledger': ({ world }) => viewLedger(world),
  'GET storage': ({ world }) => ({ ...world.store.measure(), memory_bytes: process.memoryUsage.rss() }),

  'POST review': ({ world, body }) => review(world, readInput(ReviewInput, body)),
  'POST qualifications/review': ({ world, body }) =>
    reviewQualification(world, readInput(QualificationReviewInput, body)),
  'POST catalog/review': ({ world, body }) => reviewItem(world, readInput(CatalogReviewInput, body)),
  'POST tokens': ({ world, body }) => seedToken(world, readInput(SeedTokenInput, body)),
  'POST tokens/health': ({ world, body }) => setTokenHealth(world, readInput(TokenHealthInput, body)),
  'POST sessions/decision': ({ world, body }) => decideSession(world, readInput(DecisionInput, body)),
  'POST sessions/dispute': ({ world, body }) => disputeSession(world, readInput(DisputeInput, body)),

  'GET faults': ({ world }) => world.store.apiFaults.all(),
  'POST faults': ({ world, body }) => addApiFault(world, readInput(ApiFaultInput, body)),
  'DELETE faults': ({ world }) => {
    for (const { id } of world.store.apiFaults.all()) world.store.apiFaults.remove(id);
    return [];
  },
  'GET delivery-faults': ({ world }) => world.store.deliveryFaults.all(),
  'POST delivery-faults': ({ world, body }) => addDeliveryFault(world, readInput(DeliveryFaultInput, body)),
  'DELETE delivery-faults': ({ world }) => {
    for (const { id } of world.store.deliveryFaults.all()) world.store.deliveryFaults.remove(id);
    return [];
  },
  'POST deliveries/resend': ({ world, body }) => ({ resent: resendDeliveries(world, readInput(DeliveryInput, body)) }),
  'POST deliveries/hold': ({ world, body }) => ({ held: holdDeliveries(world, readInput(DeliveryInput, body)) }),
  'POST deliveries/drop': ({ world, body }) => ({ dropped: dropDeliveries(world, readInput(DeliveryInput, body)) }),
  'POST deliveries/release': ({ world, body }) => releaseDeliveries(world, readInput(ReleaseInput, body)),
  'POST attempts/replay': ({ world, body }) => replayAttempt(world, readInput(ReplayInput, body)),
  'POST events': ({ world, body }) => fireEvent(world, readInput(FireInput, body)),

  'GET chaos': ({ world }) => ({ chaos: readChaos(world.store) }),
  'PUT chaos': ({ world, body }) => {
    setChaos(world.store, readInput(Chaos, body));
    return { chaos: readChaos(world.store) };
  },
  'DELETE chaos': ({ world }) => {
    setChaos(world.store, null);
    return { chaos: null };
  },
  'GET magic-values': () => magicValues(),

  'GET switches': ({ world }) => world.switches.values,
  'GET switches/about': () => aboutSwitches(),
  'PATCH switches': ({ world, body }) => {
    setSwitches(world, body);
    return world.switches.values;
  },
  'GET endpoints': ({ world }) => ({ endpoints: world.webhooks.endpoints }),
  'PUT endpoints': ({ world, body }) => {
    world.webhooks.book.set(readInput(EndpointsInput, body).endpoints);
    return { endpoints: world.webhooks.endpoints };
  },

  'GET mail': ({ world, query }) => mailsTo(world.store, query.get('to')),
  'DELETE mail': ({ world }) => {
    for (const { id } of world.store.mails.all()) world.store.mails.remove(id);
    return [];
  },
};

const PREFIX = '/__sandbox/';

/** Answers the control API. It asks for no key: whoever reaches the sandbox may do everything. */
export async function handleControl(world: World, request: HttpRequest): Promise<Reply> {
  const path = request.url.pathname.slice(PREFIX.length);
  const route = ROUTES[`${request.method} ${path}`] ?? tableRoute(request.method, path);
  if (route === undefined) return unknownRoute(request.method, path);
  const body = request.body === null ? null : readJsonObject(request.body);
  if (body === null)
    return errorReply(400, 'BadRequest', 'The body must be a JSON object of at most 1 MB and 100 levels.');
  try {
    return json(200, await route({ world, query: request.url.searchParams, body }));
  } catch (error) {
    if (error instanceof ControlError) return errorReply(error.status, 'BadRequest', error.message);
    throw error;
  }
}

/** `GET tables/NAME`. */
function tableRoute(method: string, path: string): ((call: Call) => unknown) | undefined {
  const [folder, name, ...more] = path.split('/');
  if (method !== 'GET' || folder !== 'tables' || name === undefined || more.length > 0) return undefined;
  return ({ world, query }) => viewTable(world, name, query);
}

function unknownRoute(method: string, path: string): Reply {
  const methods = Object.keys(ROUTES)
    .filter((route) => route.endsWith(` ${path}`))
    .map((route) => route.split(' ')[0]);
  if (methods.length > 0)
    return errorReply(405, 'MethodNotAllowed', `${path} answers ${methods.join(', ')}, not ${method}.`);
  return errorReply(404, 'NotFound', `The control API has: ${Object.keys(ROUTES).join('; ')}.`);
}

/** What `CLOCK_URL` reads. */
function viewClock({ clock }: World): { now: string; mode: string; rate?: number } {
  const { state } = clock;
  const now = new Date(clock.now().getTime() + clock.skewSeconds * 1000).toISOString();
  return { now, mode: state.mode, ...(state.mode === 'accelerated' ? { rate: state.rate } : {}) };
}
