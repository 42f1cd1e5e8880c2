import {
  decideSession,
  moveClock,
  resetWorld,
  restoreSnapshot,
  review,
  seedToken,
  setSwitches,
  setTokenHealth,
} from '../control/actions';
import {
  ClockInput,
  ControlError,
  DecisionInput,
  ReviewInput,
  readInput,
  SeedTokenInput,
  SnapshotInput,
  TokenHealthInput,
} from '../control/inputs';
import { newUuid } from '../ids';
import type { World } from '../world';
import { FAULT_ACTIONS } from './fault-actions';
import { type Actions, filled, numbers } from './form-fields';
import { callOwnApi, replayCall } from './own-call';
import { prepareScenario } from './scenarios';
import { initialSwitches, readSwitches } from './switch-page';
import { WEBHOOK_ACTIONS } from './webhook-actions';

/** The buttons of the console by their address. */
export const ACTIONS: Actions = {
  ...FAULT_ACTIONS,
  ...WEBHOOK_ACTIONS,
  '/console/clock': async (world, form) => {
    await moveClock(world, readInput(ClockInput, clockFields(filled(form))));
    return `It is ${world.clock.nowIso().slice(0, 16).replace('T', ' ')} UTC now.`;
  },
  '/console/reset': (world, form) => {
    resetWorld(world, form.get('keep_clock') === 'yes');
    return 'Everything is forgotten.';
  },
  '/console/snapshots': ({ snapshots, store, clock }, form) => {
    const { name } = readInput(SnapshotInput, filled(form));
    snapshots.save(name, store, clock.nowIso());
    return `The present state is kept as ${name}.`;
  },
  '/console/snapshots/restore': (world, form) => {
    const { name } = readInput(SnapshotInput, filled(form));
    restoreSnapshot(world, name);
    return `This is ${name} again.`;
  },
  '/console/snapshots/remove': ({ snapshots }, form) => {
    const { name } = readInput(SnapshotInput, filled(form));
    if (!snapshots.remove(name)) throw new ControlError(`There is no snapshot ${name}.`, 404);
    return `${name} is removed.`;
  },
  '/console/health': (world, form) => {
    const { lmn_expires_on, ...fields } = filled(form);
    const dates = lmn_expires_on === undefined ? {} : { lmn_expires_at: `${lmn_expires_on}T00:00:00Z` };
    const token = setTokenHealth(world, readInput(TokenHealthInput, { ...fields, ...dates }));
    return `The next charge of ${token.customer_email} follows this now.`;
  },
  '/console/tokens/seed': (world, form) => {
    const { skus, ...fields } = filled(form);
    const covered = skus === undefined ? {} : { skus: skus.split(/[\s,]+/).filter((sku) => sku !== '') };
    const token = seedToken(world, readInput(SeedTokenInput, { ...fields, ...covered }));
    return { said: 'The token exists.', to: `/console/tokens/${encodeURIComponent(token.payment_token)}` };
  },
  '/console/tokens/charge': async (world, form) => {
    const call = await callOwnApi(world, chargeOf(form.get('payment_token') ?? ''));
    return { said: `The charge was answered ${call.status ?? 'with a reset'}.`, to: `/console/requests/${call.id}` };
  },
  '/console/tokens/delete': async (world, form) => {
    const path = `/api/v1/payment_tokens/${encodeURIComponent(form.get('payment_token') ?? '')}/delete`;
    const call = await callOwnApi(world, { method: 'POST', path });
    return `Delete payment token was answered ${call.status ?? 'with a reset'}.`;
  },
  '/console/review': (world, form) => {
    const request = review(world, readInput(ReviewInput, filled(form)));
    return `The review of ${request.customer_email} is over.`;
  },
  '/console/decision': (world, form) => {
    const session = decideSession(world, readInput(DecisionInput, filled(form)));
    return `It is ${session.status} now.`;
  },
  '/console/sessions/call': async (world, form) => {
    const call = await callOwnApi(world, sessionCall(world, filled(form)));
    return `${call.operation ?? 'The call'} was answered ${[call.status, call.error].filter(Boolean).join(' ')}.`;
  },
  '/console/requests/replay': async (world, form) => {
    const call = await replayCall(world, form.get('id') ?? '');
    return { said: 'It was sent again. This is what came back.', to: `/console/requests/${call.id}` };
  },
  '/console/scenarios/prepare': async (world, form) => {
    const { name = '', seed = '' } = filled(form);
    await prepareScenario(world, name, seed);
    return { said: 'It is prepared.', to: `/console/scenarios/${name}?seed=${seed}` };
  },
  '/console/switches': (world, form) => {
    setSwitches(world, readSwitches(form));
    return 'The switches are saved.';
  },
  '/console/switches/reset': (world) => {
    setSwitches(world, initialSwitches());
    return 'The switches are as at first.';
  },
  '/console/mail/clear': ({ store }) => {
    for (const { id } of store.mails.all()) store.mails.remove(id);
    return 'The mailbox is empty.';
  },
};

/** A step by `unit`, a move `to`, or a `mode` with its rate. */
function clockFields(fields: Record<string, string>): Record<string, unknown> {
  const { unit, to, mode } = fields;
  if (unit !== undefined) return { advance: { [unit]: 1 } };
  if (to !== undefined) return { to: to === 'next' ? to : `${to.length === 16 ? `${to}:00` : to}Z` };
  return { mode, ...(mode === 'accelerated' ? numbers(fields, ['rate']) : {}) };
}

/** An unattended charge of $48.30 (section 6, worked example 2). */
function chargeOf(paymentToken: string) {
  const body = {
    total_amount: 4830,
    amount_details: { total_additional_charges: 830, total_discounts: -900 },
    order_items: [{ name: 'Daily Essentials', sku: 'DAILY', quantity: 1, price: 4900 }],
    customer_email: 'ignored@example.com',
    customer_name: 'Ignored with a token',
    success_url: 'https://shop.example/done',
    failure_url: 'https://shop.example/stopped',
    idempotency_key: newUuid(),
    payment_token: paymentToken,
  };
  return { method: 'POST', path: '/payments/v1/create_payment_session', body: JSON.stringify(body) };
}

/** The call of the API that a button of a session stands for. */
function sessionCall({ store }: World, fields: Record<string, string>) {
  const session = store.sessions.get(fields.id ?? '');
  if (session === undefined) throw new ControlError(`There is no session ${fields.id}.`, 404);
  const path = `/payments/v1/payment_session/${session.id}`;
  const idempotency_key = newUuid();
  const bodies: Record<string, { path: string; body: Record<string, unknown> }> = {
    cancel: { path: `${path}/cancel`, body: {} },
    capture: { path: `${path}/capture`, body: { total_amount: session.total_amount, idempotency_key } },
    void: { path: `${path}/void`, body: { idempotency_key } },
    refund: {
      path: '/payments/v1/refund',
      body: { payment_id: session.id, amount: Number(fields.amount), reason: 'customer_request', idempotency_key },
    },
  };
  const call = bodies[fields.operation ?? ''];
  if (call === undefined) throw new ControlError('A session can be canceled, captured, voided or refunded.');
  return { method: 'POST', path: call.path, body: JSON.stringify(call.body) };
}
