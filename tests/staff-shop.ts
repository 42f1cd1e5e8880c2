import type { Context } from '@/lib/context';
import { type Id, newId } from '@/lib/core/id';
import type { Principal } from '@/lib/core/principal';
import { addEndpoint } from '@/lib/services/add-endpoint';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { type StaffSubscriptionPage, staffSubscriptionPage } from '@/lib/views/admin-subscription';
import { readTasks, type StaffTask, type TaskKind } from '@/lib/views/admin-tasks';
import { atTruemed } from './at-truemed';
import { aWorld, type Subscriber, type TestWorld } from './world';

/** A shop as its staff see it: one subscriber whose renewal was paid, one whose renewal is on hold, one who has just moved. */
export interface StaffShop {
  world: TestWorld;
  renewed: Subscriber;
  held: Subscriber;
  moved: Subscriber;
  /** By which `moved` has moved. */
  requestId: Id<'provisionRequest'>;
  /** Where the merchant is told; it does not answer. */
  endpointId: Id<'endpoint'>;
  /** The owner's context, at the moment. */
  staff(): Promise<Context>;
  /** Asks to move a subscription, and completes what Truemed asks. */
  move(who: Subscriber): Promise<Id<'provisionRequest'>>;
  pageOf(who: Subscriber, ctx?: Context): Promise<StaffSubscriptionPage>;
  taskOf(kind: TaskKind): Promise<StaffTask | undefined>;
}

/** Opens a world with such a shop; the test closes the world. */
export async function aStaffShop(): Promise<StaffShop> {
  const world = await aWorld();
  const staff = () => world.as(world.aStaffMember());
  const endpoint = await addEndpoint(await staff(), { url: 'http://127.0.0.1:9/closed' });
  if (!endpoint.ok) throw new Error(endpoint.reason);
  const renewed = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_canary_renewed' });
  const held = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_canary_held' });
  await world.truemed.setTokenHealth({ payment_token: 'pt_canary_held', health: 'needs_survey' });
  const moved = await world.aSubscriber({ nextChargeOn: '2027-02-03' });
  const move = async (who: Subscriber) => {
    const ctx = await world.as(who.principal);
    const result = await moveToHsaFsa(ctx, { subscriptionId: who.subscriptionId, embedded: false });
    if (!result.ok) throw new Error(result.reason);
    if (result.next === 'truemed') await atTruemed(result.redirectUrl).completes();
    return result.requestId;
  };
  const requestId = await move(moved);
  await world.settle();
  return {
    world,
    renewed,
    held,
    moved,
    requestId,
    endpointId: endpoint.endpointId,
    staff,
    move,
    pageOf: async (who, ctx) => staffSubscriptionPage(ctx ?? (await staff()), { subscriptionId: who.subscriptionId }),
    taskOf: async (kind) => (await readTasks(await staff())).find((task) => task.kind === kind),
  };
}

/** Somebody of the staff in a role. */
export function aRole(role: Extract<Principal, { kind: 'staff' }>['role']): Extract<Principal, { kind: 'staff' }> {
  return { kind: 'staff', staffId: newId('staff'), role, email: `${role}@alderhealth.example` };
}
