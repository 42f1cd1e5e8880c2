import { API_KEY_HEADER } from '@/lib/truemed/signature';
import { handleApi } from '../api/router';
import { ControlError } from '../control/inputs';
import type { CallSeen } from '../records';
import type { World } from '../world';

/** Calls the sandbox's own API as a merchant would, so that it is answered and written down like any other call. */
export async function callOwnApi(
  world: World,
  call: { method: string; path: string; body?: string },
): Promise<CallSeen> {
  const reply = await handleApi(world, {
    method: call.method,
    url: new URL(call.path, 'http://sandbox'),
    headers: { [API_KEY_HEADER]: world.apiKey, 'content-type': 'application/json' },
    body: Buffer.from(call.body ?? ''),
  });
  reply.afterSent?.();
  const [seen] = world.store.calls.newest(1);
  if (seen === undefined) throw new Error('A call is in the ledger.');
  return seen;
}

/** Makes an earlier call once more, byte for byte. Refuses where its body is not kept any more. */
export async function replayCall(world: World, id: string): Promise<CallSeen> {
  const call = world.store.calls.get(id);
  if (call === undefined) throw new ControlError(`There is no request ${id}.`, 404);
  const text = world.recentCalls.find(id);
  if (text === undefined && call.method !== 'GET') {
    throw new ControlError('The body of this request is not kept any more: it was too large, or too long ago.', 409);
  }
  return callOwnApi(world, { method: call.method, path: call.path, body: text?.request ?? '' });
}

/** A call as a command for a shell. The key stays out: it stands in `TRUEMED_API_KEY`. */
export function asCurl(world: World, call: CallSeen): string {
  const body = world.recentCalls.find(call.id)?.request ?? '';
  return [
    `curl -sS -X ${call.method} ${quoted(world.publicUrl + call.path)}`,
    `  -H "${API_KEY_HEADER}: $TRUEMED_API_KEY"`,
    ...(body === '' ? [] : [`  -H 'content-type: application/json'`, `  --data ${quoted(body)}`]),
  ].join(' \\\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
