import { ControlError, readInput } from '../control/inputs';
import {
  addDeliveryFault,
  dropDeliveries,
  fireEvent,
  holdDeliveries,
  releaseDeliveries,
  replayAttempt,
  resendDeliveries,
} from '../control/webhook-actions';
import { DeliveryFaultInput, DeliveryInput, FireInput, ReleaseInput, ReplayInput } from '../control/webhook-inputs';
import type { World } from '../world';
import { type Actions, filled } from './form-fields';

/** Until it is stopped: as many deliveries as a scripted fault may meet. */
const ALL_THAT_COME = 1_000_000;

/** The buttons and forms of the pages about webhooks. */
export const WEBHOOK_ACTIONS: Actions = {
  '/console/webhooks/send': (world, form) => {
    resendDeliveries(world, readInput(DeliveryInput, filled(form)));
    return 'It is on its way.';
  },
  '/console/webhooks/hold': (world, form) => {
    holdDeliveries(world, readInput(DeliveryInput, filled(form)));
    return 'It waits until you send it.';
  },
  '/console/webhooks/drop': (world, form) => {
    dropDeliveries(world, readInput(DeliveryInput, filled(form)));
    return 'It will not be sent.';
  },
  '/console/webhooks/release': async (world, form) => {
    const delivery_ids = (form.get('delivery_ids') ?? '').split(',').filter((id) => id !== '');
    const sent = await releaseDeliveries(world, readInput(ReleaseInput, { delivery_ids }));
    return { said: `${sent.length} were sent, one after the other.`, to: '/console/webhooks' };
  },
  '/console/webhooks/replay': async (world, form) => {
    const attempt = await replayAttempt(world, readInput(ReplayInput, filled(form)));
    return `The same bytes were answered ${attempt.status ?? attempt.error}.`;
  },
  '/console/webhooks/hold-new': (world, form) => {
    const { store } = world;
    for (const { id, fault } of store.deliveryFaults.all()) if (fault === 'hold') store.deliveryFaults.remove(id);
    if (form.get('hold') !== 'yes') return 'New deliveries go out at once again. Those that are held stay so.';
    addDeliveryFault(world, readInput(DeliveryFaultInput, { fault: 'hold', times: ALL_THAT_COME }));
    return 'New deliveries are held.';
  },
  '/console/webhooks/fire': (world, form) => {
    const { event_type = '', subject = '' } = filled(form);
    const event = fireEvent(world, readInput(FireInput, { event_type, ...subjectOf(world, subject) }));
    const [delivery] = world.store.deliveries.find('event', event.id);
    if (delivery === undefined) return 'It was fired, and there is no endpoint to tell.';
    return { said: 'It was fired.', to: `/console/webhooks/${delivery.id}` };
  },
};

function subjectOf(world: World, subject: string): Record<string, string> {
  if (subject === '') throw new ControlError('Name an e-mail, a token or a session.');
  if (subject.includes('@')) return { email: subject };
  return world.store.tokens.get(subject) === undefined ? { session_id: subject } : { payment_token: subject };
}
