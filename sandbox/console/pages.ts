import type { Reply } from '../http';
import type { World } from '../world';
import { callPage, callsPage } from './call-pages';
import { clockPage } from './clock-page';
import { deliveriesPage, deliveryPage } from './delivery-pages';
import { faultPage } from './fault-page';
import { magicPage } from './magic-page';
import { inboxPage, mailHtml, mailPage } from './mail-pages';
import { overviewPage } from './overview-page';
import { FIRST_SEED, scenarioPage, scenariosPage } from './scenario-pages';
import { SCENARIOS } from './scenarios';
import { sessionPage, sessionsPage } from './session-pages';
import { switchPage } from './switch-page';
import { tokenPage, tokensPage } from './token-pages';

interface Visit {
  world: World;
  /** A field of the address; empty where it is not given. */
  query: (name: string) => string;
  /** What a button has just done. */
  said: string | null;
}

/** The lists of the console by the second part of their address. */
const LISTS: Readonly<Record<string, (visit: Visit) => Reply>> = {
  requests: ({ world, query, said }) => {
    const filter = {
      operation: query('operation'),
      answer: query('answer'),
      text: query('text'),
      before: query('before'),
    };
    return callsPage(world, filter, said);
  },
  webhooks: ({ world, query, said }) => deliveriesPage(world, query('order'), said),
  tokens: ({ world, query, said }) => tokensPage(world, query('text'), said),
  sessions: ({ world, query, said }) => sessionsPage(world, { text: query('text'), status: query('status') }, said),
  clock: ({ world, said }) => clockPage(world, said),
  scenarios: ({ world }) => scenariosPage(world),
  faults: ({ world, said }) => faultPage(world, said),
  'magic-values': ({ world }) => magicPage(world),
  switches: ({ world, said }) => switchPage(world, said),
};

/** One thing of a list by its id; null where it is not there. */
const DETAILS: Readonly<Record<string, (id: string, visit: Visit) => Reply | null>> = {
  requests: (id, { world, said }) => found(world.store.calls.get(id), (call) => callPage(world, call, said)),
  webhooks: (id, { world, said }) =>
    found(world.store.deliveries.get(id), (delivery) => deliveryPage(world, delivery, said)),
  tokens: (id, { world, said }) => found(world.store.tokens.get(id), (token) => tokenPage(world, token, said)),
  sessions: (id, { world, said }) =>
    found(world.store.sessions.get(id), (session) => sessionPage(world, session, said)),
  scenarios: (id, { world, query, said }) =>
    found(
      SCENARIOS.find(({ name }) => name === id),
      (scenario) => scenarioPage(world, scenario, query('seed') || FIRST_SEED, said),
    ),
};

/** The page at an address; null where there is none. Showing a page changes nothing. */
export function showPage(world: World, url: URL): Reply | null {
  const visit: Visit = {
    world,
    query: (name) => (url.searchParams.get(name) ?? '').trim(),
    said: url.searchParams.get('said'),
  };
  const [, area = '', list = '', id = '', ...more] = url.pathname.split('/').map(decode);
  if (more.length > 0) return null;
  if (url.pathname === '/') return overviewPage(world, visit.said);
  if (area === 'mail') return showMail(visit, list, id);
  if (area !== 'console') return null;
  const page = id === '' ? LISTS : DETAILS;
  if (!Object.hasOwn(page, list)) return null;
  return id === '' ? (LISTS[list]?.(visit) ?? null) : (DETAILS[list]?.(id, visit) ?? null);
}

function showMail({ world, query, said }: Visit, id: string, part: string): Reply | null {
  if (id === '') return inboxPage(world, query('to'), said);
  const mail = world.store.mails.get(id);
  if (mail === undefined || (part !== '' && part !== 'html')) return null;
  return part === 'html' ? mailHtml(mail) : mailPage(world, mail);
}

function found<T>(record: T | undefined, show: (record: T) => Reply): Reply | null {
  return record === undefined ? null : show(record);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
