import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookUpAttempt } from '@/lib/services/look-up-attempt';
import { recordsOf } from './records';
import { aWorld, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { attemptsOf, invoicesOf } = recordsOf(() => world);

// Found by the simulator: a worker stood still between its question and Truemed's answer.
it('a look-up that fails after the webhook has settled the charge makes nothing due again', async () => {
  await world.truemed.setSwitches({ captureAs: 'processing' });
  const maya = await world.aCharged();
  await world.settle();
  const [asked] = await attemptsOf(maya);
  if (asked?.paymentSessionId == null) throw new Error('There is no session.');
  await world.truemed.decideSession({ session_id: asked.paymentSessionId, status: 'captured' });
  await world.settle();
  expect((await invoicesOf(maya))[0]?.status).toBe('paid');
  await world.truemed.addFault({ match: { operation: 'retrievePaymentSession' }, times: 1, fault: 'ServerError' });
  await lookUpAttempt(await world.system(), asked);
  expect(await attemptsOf(maya)).toMatchObject([{ status: 'captured', dueAt: null, errorCode: null }]);
});
