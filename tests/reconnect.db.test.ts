import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentTokens } from '@/db/schema/provisioning';
import { followRepairLink } from '@/lib/services/follow-repair-link';
import { importSubscribers } from '@/lib/services/import-subscribers';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { truemedFrame } from '@/lib/views/provisioning';
import { atTruemed } from './at-truemed';
import { aRow, aStream, HEADER } from './import-shop';
import { recordsOf } from './records';
import { aWorld, type Subscriber, type TestWorld } from './world';

let world: TestWorld;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const { invoicesOf, subscriptionOf, caseOf, requestOf } = recordsOf(() => world);

/** A customer whose token was deleted at Truemed, which the renewal of 12 January found out. */
async function aCustomerWithoutCard(): Promise<Subscriber> {
  const maya = await world.aCharged();
  await world.truemed.setTokenHealth({ email: maya.email, health: 'deleted' });
  await world.settle();
  return maya;
}
describe('a customer whose token is gone at Truemed', () => {
  it('connects a card again through the mailed link, and the order that waited is paid once', async () => {
    const maya = await aCustomerWithoutCard();
    const [mail] = await world.truemed.mail(maya.email);
    const { id: caseId } = await caseOf(maya);
    expect(mail?.links).toContain(`http://localhost:3000/go/${caseId}`);

    const link = await followRepairLink(await world.as({ kind: 'system', name: 'mailed_link' }), { caseId });
    if (link.kind !== 'truemed') throw new Error(`The link is ${link.kind}.`);
    await atTruemed(link.redirectUrl).completes();
    await world.settle();

    expect(await invoicesOf(maya)).toMatchObject([{ status: 'paid', periodStart: '2027-01-12' }]);
    expect(await caseOf(maya)).toMatchObject({ status: 'recovered' });
    expect(await subscriptionOf(maya)).toMatchObject({ status: 'active', nextChargeOn: '2027-02-12' });
    const tokens = await world.runtime.db
      .select({ status: paymentTokens.status })
      .from(paymentTokens)
      .where(eq(paymentTokens.customerId, maya.customerId));
    expect(tokens.map(({ status }) => status).sort()).toEqual(['live', 'revoked']);
  });

  it('does so from the account too: nothing moves, and the dates stay', async () => {
    const maya = await aCustomerWithoutCard();
    const before = await subscriptionOf(maya);
    const ctx = await world.as(maya.principal);
    const result = await moveToHsaFsa(ctx, { subscriptionId: maya.subscriptionId, embedded: false });
    if (!result.ok || result.next !== 'truemed') throw new Error('There is no way to Truemed.');
    expect(await moveToHsaFsa(ctx, { subscriptionId: maya.subscriptionId, embedded: false })).toEqual(result);
    expect(await requestOf(maya)).toMatchObject({ kind: 'create', subscriptionId: null });

    await atTruemed(result.redirectUrl).completes();
    await world.settle();
    expect(await requestOf(maya)).toMatchObject({ status: 'connected' });
    const after = await subscriptionOf(maya);
    expect(after).toMatchObject({ nextChargeOn: before.nextChargeOn, movedAt: before.movedAt, status: 'active' });
    expect((await invoicesOf(maya)).map(({ status }) => status)).toEqual(['paid']);
    expect(await moveToHsaFsa(ctx, { subscriptionId: maya.subscriptionId, embedded: false })).toEqual({
      ok: false,
      reason: 'already_on_hsa_fsa',
    });
  });

  it('may complete it inside our page, with the way out into a tab', async () => {
    const maya = await aCustomerWithoutCard();
    const ctx = await world.as(maya.principal);
    const framed = await moveToHsaFsa(ctx, { subscriptionId: maya.subscriptionId, embedded: true });
    if (!framed.ok) throw new Error(framed.reason);
    const frame = await truemedFrame(ctx, framed);
    expect(frame).toMatchObject({ page: { url: expect.any(String) }, subscriptionId: maya.subscriptionId });
    const { subscriptionId } = frame;
    if (subscriptionId === null) throw new Error('There is no way out.');
    expect(await moveToHsaFsa(ctx, { subscriptionId, embedded: false })).toMatchObject({ next: 'truemed' });
  });

  it('has the order paid once an import brings a token', async () => {
    const maya = await aCustomerWithoutCard();
    await world.truemed.seedToken({ email: maya.email, name: 'Maya Okafor', payment_token: 'pt_imported' });
    const row = aRow('second', { email: maya.email, token: 'pt_imported' });
    const ctx = await world.as({ kind: 'system', name: 'import' });
    await importSubscribers(ctx, { fileName: 'shop.csv', bytes: aStream([HEADER, row].join('\n')), isDryRun: false });
    await world.settle();
    expect((await invoicesOf(maya)).map(({ status }) => status)).toEqual(['paid']);
  });
});
