import type { z } from 'zod';
import { newUuid } from '../ids';
import type { Delivery, DeliveryAttempt, DeliveryFault, EmittedEvent } from '../records';
import { madeUpData } from '../webhooks/made-up-data';
import { isWhole } from '../webhooks/request';
import type { World } from '../world';
import { ControlError } from './inputs';
import type { DeliveryFaultInput, DeliveryInput, FireInput, ReleaseInput, ReplayInput } from './webhook-inputs';

/** Scripts a fault on the next deliveries. */
export function addDeliveryFault(world: World, input: z.output<typeof DeliveryFaultInput>): DeliveryFault {
  return world.store.deliveryFaults.put({ id: newUuid(), ...input });
}

/** Sends deliveries now, whatever became of them: one, or all of an event. Returns how many. */
export function resendDeliveries(world: World, input: z.output<typeof DeliveryInput>): number {
  const found = deliveriesOf(world, input);
  for (const delivery of found) world.webhooks.sendNow(delivery);
  return found.length;
}

/** Keeps deliveries back until they are released. Returns how many. */
export function holdDeliveries(world: World, input: z.output<typeof DeliveryInput>): number {
  const found = deliveriesOf(world, input).filter(({ status }) => status === 'pending');
  if (found.length === 0) throw new ControlError('It is not waiting any more.', 409);
  for (const delivery of found) world.webhooks.hold(delivery);
  return found.length;
}

/** Takes deliveries back that have not arrived. Returns how many. */
export function dropDeliveries(world: World, input: z.output<typeof DeliveryInput>): number {
  const found = deliveriesOf(world, input).filter(({ status }) => status === 'pending' || status === 'held');
  if (found.length === 0) throw new ControlError('It is not waiting any more.', 409);
  for (const delivery of found) world.webhooks.drop(delivery);
  return found.length;
}

/** Sends deliveries one after the other, in the order that is given; each is tried before the next one goes out. */
export async function releaseDeliveries(
  world: World,
  { delivery_ids }: z.output<typeof ReleaseInput>,
): Promise<Delivery[]> {
  const found = delivery_ids.flatMap((id) => deliveriesOf(world, { delivery_id: id }));
  for (const { id } of found) {
    const delivery = world.store.deliveries.get(id);
    if (delivery === undefined) continue;
    world.webhooks.sendNow(delivery);
    await world.webhooks.attemptsOf(delivery.event_id);
  }
  return found.map(({ id }) => world.store.deliveries.get(id)).filter((delivery) => delivery !== undefined);
}

/** Sends an earlier attempt again as it was: the same bytes, timestamp and signature. */
export async function replayAttempt(
  world: World,
  { attempt_id }: z.output<typeof ReplayInput>,
): Promise<DeliveryAttempt> {
  const attempt = world.store.attempts.get(attempt_id);
  const delivery = attempt === undefined ? undefined : world.store.deliveries.get(attempt.delivery_id);
  if (attempt === undefined || delivery === undefined)
    throw new ControlError(`There is no attempt ${attempt_id}.`, 404);
  if (!isWhole(attempt.request)) {
    throw new ControlError('The ledger does not have the whole request: its secret or its length was left out.', 409);
  }
  return world.webhooks.replay(attempt, delivery);
}

/** Emits an event of any type, with the data that is given or made up. Every endpoint is told. */
export function fireEvent(world: World, input: z.output<typeof FireInput>): EmittedEvent {
  const data = input.data ?? madeUpData(world, input);
  if (data === null) {
    throw new ControlError('There is no such session, token or customer to make the data up for.', 404);
  }
  return world.webhooks.emit(input.event_type, data);
}

function deliveriesOf({ store }: World, { delivery_id, event_id }: z.output<typeof DeliveryInput>): Delivery[] {
  const found =
    delivery_id === undefined
      ? store.deliveries.find('event', event_id ?? '')
      : [store.deliveries.get(delivery_id)].filter((delivery) => delivery !== undefined);
  if (found.length === 0) throw new ControlError(`There is no delivery of ${delivery_id ?? event_id}.`, 404);
  return found;
}
