import { tokenEventData } from '@/sandbox/model/completion';
import type { Deployment } from './deployment';
import { RECEIVER_URL } from './network';
import type { Person } from './population';

/** F14, F19, F21 and forged signatures, straight at the receiver. */
export async function attack(deployment: Deployment): Promise<void> {
  const { chance, sandbox, faults } = deployment;
  const attempts = sandbox.world.store.attempts.all().filter(({ status }) => status === 204);
  if (attempts.length === 0) return;
  const { request } = chance.pick(attempts);
  const kind = chance.weighed({ replay: 3, fanOut: 2, reencode: 2, forge: 3 });
  const send = (body: string, headers: Record<string, string>) =>
    fetch(RECEIVER_URL, { method: 'POST', headers, body }).then(
      ({ status }) => status,
      () => null,
    );
  if (kind === 'replay') {
    faults.count('F19');
    await send(request.body, request.headers);
  } else if (kind === 'fanOut') {
    faults.count('F14');
    await Promise.all(Array.from({ length: 8 }, () => send(request.body, request.headers)));
  } else {
    faults.count('F21');
    const body = kind === 'reencode' ? ` ${request.body}` : request.body.replace('"status":"', '"status":"x');
    const headers =
      kind === 'forge'
        ? {
            ...request.headers,
            'x-truemed-signature': `t=${Math.floor(deployment.clock.ms / 1000)},v1=${'0'.repeat(64)}`,
          }
        : request.headers;
    const status = await send(body === request.body ? `${body} ` : body, headers);
    if (status === 204) deployment.broken('22', `a delivery with a bad signature (${kind}) was accepted`);
  }
}

const STRANGER = 'pt_stranger_';

/** Whether a token is one that `fireStranger` made. */
export function isStrangersToken(token: unknown): boolean {
  return typeof token === 'string' && token.startsWith(STRANGER);
}

/** A token of nobody of ours, whose event carries the e-mail of one of our people. */
export function fireStranger(deployment: Deployment, person: Person): void {
  const { world } = deployment.sandbox;
  const token = strangersToken(deployment);
  const data = tokenEventData(world, { ...token, customer_email: person.email }, { payment_session_id: null }, null);
  world.webhooks.emit('payment_token.updated', data);
}

/** F37: an event whose handler fails each time, as none of our requests has its id: it must not hold up the others. */
export function firePoison(deployment: Deployment, person: Person): void {
  const { world } = deployment.sandbox;
  deployment.faults.count('F37');
  const token = strangersToken(deployment);
  const data = tokenEventData(world, { ...token, customer_email: person.email }, { payment_session_id: null }, null);
  world.webhooks.emit('payment_token.updated', { ...data, provision_token_request_id: 'of-nobody' });
}

function strangersToken({ sandbox: { world } }: Deployment) {
  return world.store.tokens.put({
    payment_token: `${STRANGER}${world.store.tokens.size}`,
    customer_email: `stranger-${world.store.tokens.size}@example.com`,
    customer_name: 'A Stranger',
    created_at: world.clock.nowIso(),
    health: 'ok',
    lmn_expires_at: null,
    covered_skus: null,
    payment_methods: [],
  });
}
