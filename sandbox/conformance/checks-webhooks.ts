import { isKnownSecret, verifySignature } from '@/lib/truemed/signature';
import { DEFAULT_OPTIONS } from '../options';
import { envelopes } from '../test-forms';
import type { Received } from '../test-world';
import { aCharge, SESSION } from './bodies';
import { A_TEXT, A_UUID, type Check, type CheckWorld, facts, type Hands, holds, inSandbox } from './check';

const ruled = (...names: string[]) => facts('webhooks', 'rule', ...names);

async function aToldCharge({ api, control, fresh }: CheckWorld & Hands): Promise<unknown> {
  const { body } = await api.post(SESSION, aCharge(fresh()));
  await control.settle();
  return body.id;
}

async function isSigned(received: Received | undefined, secret: string, control: Hands['control']): Promise<boolean> {
  const now = new Date((await control.clock()).now);
  const header = String(received?.headers['x-truemed-signature']);
  return verifySignature(header, Buffer.from(received?.body ?? ''), [secret], now).ok;
}

/** How events are delivered (section 7). */
export const WEBHOOK_CHECKS: readonly Check[] = [
  inSandbox(
    'a delivery is an envelope, signed over its timestamp and its raw bytes',
    [
      ...facts('webhooks', 'answer', 'webhook_delivery_id', 'event_type', 'data'),
      ...ruled('a delivery is signed over its raw bytes and its timestamp'),
    ],
    async (world) => {
      const id = await aToldCharge(world);
      holds(envelopes(world.receiver), [
        { webhook_delivery_id: A_UUID, event_type: 'payment_session.updated', data: { payment_id: id } },
      ]);
      const [received] = world.receiver.received;
      holds(await isSigned(received, DEFAULT_OPTIONS.signingSecret, world.control), true, 'the signature');
      const changed = received === undefined ? undefined : { ...received, body: `${received.body} ` };
      holds(
        await isSigned(changed, DEFAULT_OPTIONS.signingSecret, world.control),
        false,
        'the signature of other bytes',
      );
    },
  ),
  inSandbox(
    'an endpoint with two secrets is sent two signatures',
    ruled('several secrets make several signatures'),
    async (world) => {
      await world.control.setEndpoints([{ url: world.receiver.url, secrets: ['old', 'new'] }]);
      await aToldCharge(world);
      for (const secret of ['old', 'new']) {
        holds(await isSigned(world.receiver.received[0], secret, world.control), true, `the signature of ${secret}`);
      }
    },
  ),
  inSandbox(
    'an unsigned delivery is the payload alone, with the secret in its header',
    ruled('an unsigned delivery is flat and carries the secret'),
    async (world) => {
      await world.control.setEndpoints([{ url: world.receiver.url, secrets: ['shared'], signed: false }]);
      const id = await aToldCharge(world);
      holds(envelopes(world.receiver), [{ payment_id: id, status: 'captured' }]);
      const key = String(world.receiver.received[0]?.headers['x-truemed-api-key']);
      holds(isKnownSecret(key, ['shared']), true, 'the secret');
    },
  ),
  inSandbox(
    'what is not answered 204 is sent again, under the same delivery id, and given up after seven days',
    ruled(
      'what is not answered 204 is sent again for up to seven days',
      'the delivery id stays the same for every attempt',
    ),
    async (world) => {
      const { control, receiver } = world;
      await control.moveClock({ mode: 'manual' });
      receiver.status = 500;
      await aToldCharge(world);
      await control.advance({ hours: 1 });
      await control.settle();
      const ids = new Set(envelopes(receiver).map(({ webhook_delivery_id }) => webhook_delivery_id));
      holds([ids.size, receiver.received.length > 1], [1, true], 'delivery ids, and whether it was sent again');
      await control.advance({ days: 8 });
      await control.settle();
      const sent = receiver.received.length;
      await control.advance({ days: 8 });
      await control.settle();
      holds(receiver.received.length, sent, 'the attempts after seven days');
    },
  ),
  inSandbox(
    'every endpoint is told of an event, each under an id of its own',
    ruled('every endpoint is told'),
    async (world) => {
      const { control, receiver } = world;
      const secrets = ['one'];
      await control.setEndpoints([
        { url: receiver.url, secrets },
        { url: `${receiver.url}/second`, secrets },
      ]);
      await aToldCharge(world);
      const ids = envelopes(receiver).map(({ webhook_delivery_id }) => webhook_delivery_id);
      holds(ids, [A_TEXT, A_TEXT], 'the delivery ids');
      holds(new Set(ids).size, 2, 'how many ids there are');
    },
  ),
];
