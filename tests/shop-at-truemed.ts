import { createTokenBytes, renewalBytes } from '@/lib/truemed/bodies';
import { openTruemed, type TruemedClient } from '@/lib/truemed/client';
import { type CheckoutKind, checkoutBytes } from '@/lib/truemed/session-bodies';
import { DEFAULT_OPTIONS } from '@/sandbox/options';
import { card, sendForm, survey } from '@/sandbox/test-forms';
import { type Receiver, startReceiver, startTestSandbox, type TestSandbox } from '@/sandbox/test-world';

/** A shop that knows Truemed only by the client: the client and the sandbox were written from one document, not from each other. */
export interface Shop {
  sandbox: TestSandbox;
  receiver: Receiver;
  truemed: TruemedClient;
  /** As new, with the token `pt_ada`. */
  reset(): Promise<void>;
  /** A checkout whose customer has paid; its session. */
  paid(key: string, kind: CheckoutKind): Promise<string>;
  /** A qualification session that a customer was led to. */
  qualifying(query?: string): Promise<string>;
  /** The customer takes its survey, and qualifies. */
  qualify(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a shop and a sandbox of its own, in memory and on free ports. */
export async function openShop(): Promise<Shop> {
  const receiver = await startReceiver();
  const sandbox = await startTestSandbox({ webhookUrls: [receiver.url] });
  const truemed = openTruemed({ apiUrl: sandbox.url, apiKey: DEFAULT_OPTIONS.apiKey, timeoutMs: 5_000 });
  return {
    sandbox,
    receiver,
    truemed,
    async reset() {
      const { control } = sandbox;
      await control.reset();
      await control.setSwitches({ captureDelayMs: 0, authorizationEnabled: true, webhookBeforeRedirect: 'before' });
      await control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
      receiver.received.length = 0;
    },
    async paid(key, kind) {
      const opened = await truemed.createCheckout(checkout(key, kind));
      if (opened.kind !== 'done') throw new Error(`It was not opened: ${opened.kind}.`);
      await sendForm(opened.value.redirectUrl, survey());
      await sendForm(opened.value.redirectUrl, card());
      return opened.value.sessionId;
    },
    async qualifying(query = 'user_id=cus_1&source=newsletter') {
      const { headers } = await fetch(`${sandbox.url}/qualify?${query}`, { redirect: 'manual' });
      return (headers.get('location') ?? '').replace('/qualify/', '');
    },
    async qualify(id) {
      const answers = { name: 'Ada Park', email: 'ada@example.com', state: 'CA', outcome: 'qualifies' };
      await sendForm(`${sandbox.url}/qualify/${id}`, { ...answers, action: 'continue' });
    },
    async close() {
      await sandbox.close();
      receiver.close();
    },
  };
}

/** The customer, her order of $48.30 (section 6, worked example 2), and bodies of hers; each is of the key that it is given. */
export const ada = { email: 'ada@example.com', name: 'Ada Park', state: 'CA' };
export const line = { sku: 'MAG', name: 'Magnesium', quantity: 1, unitPriceCents: 4900 };
export const order = { lines: [line], extras: { shippingCents: 500, taxCents: 330, discountCents: 900 } };
export const frame = (key: string) => ({
  successUrl: 'https://shop.example/done?session={{payment_session_id}}',
  failureUrl: 'https://shop.example/stopped',
  idempotencyKey: key,
  metadata: `meta-${key}`,
});
export const renewal = (key: string, token = 'pt_ada') => renewalBytes(ada, order, token, frame(key), -1);
export const checkout = (key: string, kind: CheckoutKind = { kind: 'payment' }, of: typeof order = order) =>
  checkoutBytes({ ...ada, email: `${key}@example.com` }, of, kind, frame(key), { discountSign: -1, embedded: false });
export const newToken = (key: string) =>
  createTokenBytes({ ...ada, email: `${key}@example.com` }, [line], frame(key), false);
