import { newUuid } from '../ids';
import { itemEventData } from '../model/catalog';
import { tokenEventData } from '../model/completion';
import { qualificationEventData } from '../model/qualifications';
import { sessionEventData } from '../model/sessions';
import { tokenOfEmail } from '../model/tokens';
import type { PaymentSession, PaymentToken } from '../records';
import type { World } from '../world';

/** What an event that is fired by hand is about. */
export interface About {
  event_type: string;
  session_id?: string | undefined;
  payment_token?: string | undefined;
  email?: string | undefined;
}

/**
 * Data for an event that nothing has caused (sections 7.6 to 7.9): that of the session, token or customer that is named,
 * of their newest session where only the customer is, and of nobody where nothing is. Null where what is named is not
 * there. An event of an unknown type says what it is about and no more.
 */
export function madeUpData(world: World, about: About): Record<string, unknown> | null {
  const session = about.session_id === undefined ? undefined : world.store.sessions.get(about.session_id);
  const token =
    about.payment_token === undefined
      ? tokenOfEmail(world, about.email ?? '')
      : world.store.tokens.get(about.payment_token);
  if (about.session_id !== undefined && session === undefined) return null;
  if (about.payment_token !== undefined && token === undefined) return null;
  switch (about.event_type) {
    case 'payment_session.updated':
      return sessionData(world, session ?? newestSession(world, about.email ?? token?.customer_email));
    case 'payment_token.updated':
      return tokenData(world, token, session);
    case 'qualification_session.updated':
      return qualificationData(world, about.email);
    case 'product_catalog.item.eligibility_updated':
      return catalogData(world);
    default:
      return { ...about, event_type: undefined };
  }
}

function sessionData(world: World, session: PaymentSession | undefined): Record<string, unknown> | null {
  return session === undefined ? null : sessionEventData(world, session);
}

function tokenData(
  world: World,
  token: PaymentToken | undefined,
  session: PaymentSession | undefined,
): Record<string, unknown> | null {
  const known = token ?? (session?.payment_token == null ? undefined : world.store.tokens.get(session.payment_token));
  if (known === undefined) return null;
  const request = world.store.requests.find('token', known.payment_token).at(-1);
  const about =
    session !== undefined
      ? { failed_payment_session_id: session.id }
      : request === undefined
        ? {}
        : { provision_token_request_id: request.id };
  return tokenEventData(world, known, about, request?.metadata ?? null);
}

function newestSession({ store }: World, email: string | undefined): PaymentSession | undefined {
  return store.sessions.all().findLast((session) => session.customer_email === email?.toLowerCase());
}

/** That of the newest session of a customer, or of one that never was. */
function qualificationData({ store }: World, email: string | undefined): Record<string, unknown> {
  const sessions = email === undefined ? [] : store.qualifications.newestFirst();
  for (const session of sessions) if (session.email === email?.toLowerCase()) return qualificationEventData(session);
  return {
    qualification_session_id: `qs_${newUuid()}`,
    status: 'approved',
    email: email ?? null,
    expires_at: null,
    user_id: null,
    source: null,
  };
}

/** That of the newest item of the catalog, or of one that never was. */
function catalogData(world: World): Record<string, unknown> {
  const at = world.clock.nowIso();
  const [newest] = world.store.catalog.newest(1);
  return itemEventData(world, {
    sku: 'MAG',
    name: 'Magnesium',
    description: null,
    gtin: null,
    image_urls: [],
    url: null,
    metadata: null,
    product_id: null,
    created_at: at,
    review_ends_at: null,
    ...newest,
    eligibility: newest?.eligibility ?? 'eligible',
    reviewed_at: newest?.reviewed_at ?? at,
  });
}
