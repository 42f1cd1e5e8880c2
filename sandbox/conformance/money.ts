import { card, sendForm, survey } from '../test-forms';
import { aCheckout, SESSION, sessionPath } from './bodies';
import { A_TEXT, type CheckWorld, holds } from './check';

export const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** A session whose customer has paid and whose money is held. */
export async function aHold({ api, fresh }: CheckWorld, form = card()): Promise<string> {
  const { body } = await api.post(SESSION, aCheckout(fresh(), { kind: 'authorization' }));
  await sendForm(body.redirect_url, survey());
  await sendForm(body.redirect_url, form);
  return String(body.id);
}

export const detailOf = async ({ api }: CheckWorld, id: unknown) => (await api.get(sessionPath(id))).body;
export const capture = ({ api, fresh }: CheckWorld, id: unknown, changes: Record<string, unknown> = {}) =>
  api.post(sessionPath(id, 'capture'), { total_amount: 4830, idempotency_key: fresh(), ...changes });
export const release = ({ api, fresh }: CheckWorld, id: unknown, changes: Record<string, unknown> = {}) =>
  api.post(sessionPath(id, 'void'), { idempotency_key: fresh(), ...changes });

export const isRefused = (answer: { status: number; body: Record<string, unknown> }, error: string) =>
  holds(answer, { status: 400, body: { error, message: A_TEXT } });
