import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionRequests } from '@/db/schema/provisioning';
import { confirmProvisionRequest } from '@/lib/services/confirm-provision-request';
import { deletePaymentToken } from '@/lib/services/delete-payment-token';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { atTruemed } from './at-truemed';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

async function move({ principal, subscriptionId }: Subscriber): Promise<string> {
  const result = await moveToHsaFsa(await world.as(principal), { subscriptionId, embedded: false });
  if (!result.ok || result.next === 'waiting') throw new Error('There is no link.');
  return result.redirectUrl;
}

async function requestOf({ customerId }: Subscriber) {
  const [row] = await world.runtime.db
    .select()
    .from(provisionRequests)
    .where(eq(provisionRequests.customerId, customerId));
  if (row === undefined) throw new Error('There is no request.');
  return row;
}

// Found by the simulator: a worker stood still between its question and Truemed's answer, and the token was linked meanwhile.
describe('a late answer to a question about a provision request', () => {
  it('that says nothing makes nothing due again', async () => {
    const maya = await world.aSubscriber();
    const redirectUrl = await move(maya);
    const asked = await requestOf(maya);
    await atTruemed(redirectUrl).completes();
    await world.settle();
    await world.truemed.addFault({ match: { operation: 'retrieveProvisionRequest' }, times: 1, fault: '429' });
    expect(await confirmProvisionRequest(await world.system(), asked, 'backfill', 'backfill')).toBe('unavailable');
    expect(await requestOf(maya)).toMatchObject({ status: 'connected', dueAt: null, errorCode: null });
  });

  it('that there is no token yet does not open it again', async () => {
    const waiting = await world.aSubscriber();
    await move(waiting);
    const { truemedRequestId } = await requestOf(waiting);
    const maya = await world.aSubscriber();
    const redirectUrl = await move(maya);
    const asked = await requestOf(maya);
    await atTruemed(redirectUrl).completes();
    await world.settle();
    // What Truemed said when it was asked: as of a request that is open.
    const question = { ...asked, truemedRequestId };
    expect(await confirmProvisionRequest(await world.system(), question, 'backfill', 'backfill')).toBe('not_yet');
    expect(await requestOf(maya)).toMatchObject({ status: 'connected', dueAt: null, lastAskedAt: null });
  });

  it('of one that is connected already, which a second webhook asked, makes it due no more than that', async () => {
    const maya = await world.aSubscriber();
    await atTruemed(await move(maya)).completes();
    await world.settle();
    const connected = await requestOf(maya);
    await world.truemed.addFault({ match: { operation: 'retrieveProvisionRequest' }, times: 1, fault: '429' });
    expect(await confirmProvisionRequest(await world.system(), connected, 'webhook', 'webhook')).toBe('unavailable');
    expect(await requestOf(maya)).toEqual(connected);
  });
});

it('a webhook that is repeated after the card was deleted does not make a connected request a refused one', async () => {
  const maya = await world.aSubscriber();
  await atTruemed(await move(maya)).completes();
  await world.settle();
  const connected = await requestOf(maya);
  await world.truemed.addFault({ match: { operation: 'deletePaymentToken' }, times: 1, fault: 'reset_before' });
  await deletePaymentToken(await world.as(maya.principal), { customerId: maya.customerId });
  expect(await confirmProvisionRequest(await world.system(), connected, 'webhook', 'webhook')).toBe('deleted');
  expect(await requestOf(maya)).toEqual(connected);
});

describe('the last question about a provision request, after ten days', () => {
  it('is asked again where Truemed cannot be reached, until it ends the request', async () => {
    const maya = await world.aSubscriber();
    await move(maya);
    await world.advance({ days: 10, hours: 1 });
    await world.truemed.addFault({ match: { operation: 'retrieveProvisionRequest' }, times: 1, fault: '429' });
    const [asked, { now }] = [await requestOf(maya), await world.system()];
    expect(await confirmProvisionRequest(await world.system(), asked, 'backfill', 'backfill')).toBe('unavailable');
    expect(await requestOf(maya)).toMatchObject({ status: 'open', dueAt: new Date(now.getTime() + 60_000) });
    await world.advance({ minutes: 1 });
    await world.settle();
    expect(await requestOf(maya)).toMatchObject({ status: 'abandoned', dueAt: null });
  });

  it('ends it where Truemed does not know it', async () => {
    const maya = await world.aSubscriber();
    await move(maya);
    await world.advance({ days: 10, hours: 1 });
    await world.truemed.addFault({
      match: { operation: 'retrieveProvisionRequest' },
      times: 1,
      fault: { status: 404, body: { error: 'NotFound', message: 'There is no such request.' } },
    });
    const asked = await requestOf(maya);
    expect(await confirmProvisionRequest(await world.system(), asked, 'backfill', 'backfill')).toBe('abandoned');
    expect(await requestOf(maya)).toMatchObject({ status: 'abandoned', dueAt: null });
  });
});
