import { createHmac } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifySignature } from '@/lib/truemed/signature';
import type { SwitchValues } from './switches';
import { envelopes } from './test-forms';
import { aRenewalBody, type Receiver, startReceiver, startTestSandbox, type TestSandbox } from './test-world';

const SESSION = '/payments/v1/create_payment_session';
const START = '2030-05-10T12:00:00.000Z';
const SECONDS = Date.parse(START) / 1000;

let receiver: Receiver;
let sandbox: TestSandbox;
beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startTestSandbox({ webhookUrls: [receiver.url], signingSecret: 'whsec_c2VjcmV0' });
  await sandbox.control.moveClock({ mode: 'manual', to: START });
  await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

async function charged(switches: Partial<SwitchValues>, advance = 0) {
  await sandbox.control.setSwitches(switches);
  await sandbox.post(SESSION, aRenewalBody());
  await sandbox.control.settle();
  if (advance > 0) await sandbox.control.advance({ seconds: advance });
  return receiver.received.map(({ headers, body }) => ({
    header: String(headers['x-truemed-signature']),
    headers,
    body,
  }));
}

const sign = (key: string | Buffer, t: string | number, body = '', encoding: 'hex' | 'base64' = 'hex') =>
  `t=${t},v1=${createHmac('sha256', key).update(`${t}.${body}`).digest(encoding)}`;

describe('a signature, as the switches say that it may be', () => {
  it.each([
    [{}, (body: string) => sign('whsec_c2VjcmV0', SECONDS, body)],
    [{ signatureTimeUnit: 'milliseconds' }, (body: string) => sign('whsec_c2VjcmV0', `${SECONDS}000`, body)],
    [{ signatureEncoding: 'base64' }, (body: string) => sign('whsec_c2VjcmV0', SECONDS, body, 'base64')],
    [{ signingSecretAs: 'without_prefix' }, (body: string) => sign('c2VjcmV0', SECONDS, body)],
    [{ signingSecretAs: 'base64' }, (body: string) => sign(Buffer.from('secret'), SECONDS, body)],
  ] as const)('%j', async (switches, expected) => {
    const [received] = await charged(switches);
    expect(received?.header).toBe(expected(received?.body ?? ''));
  });

  it('keeps its first timestamp on a retry, where it is not signed anew', async () => {
    receiver.status = 500;
    const received = await charged({ freshRetryTimestamp: false }, 10);
    expect(received.map(({ header }) => header.split(',')[0])).toEqual([`t=${SECONDS}`, `t=${SECONDS}`]);
    const [, second] = received;
    const verdict = verifySignature(
      second?.header ?? '',
      Buffer.from(second?.body ?? ''),
      ['whsec_c2VjcmV0'],
      new Date(START),
    );
    expect(verdict.ok).toBe(true);
  });

  it('is none where webhooks are not signed', async () => {
    const [received] = await charged({ signedWebhooks: false });
    expect(received?.headers).toMatchObject({ 'x-truemed-api-key': 'whsec_c2VjcmV0' });
    expect(JSON.parse(received?.body ?? '')).toMatchObject({ status: 'captured' });
  });
});

it('two endpoints share the id of an event, where the switch says so', async () => {
  const other = await startReceiver();
  await sandbox.control.setEndpoints([receiver, other].map(({ url }) => ({ url, secrets: ['a'] })));
  await charged({ deliveryIdPerEndpoint: false });
  const ids = [receiver, other].map((endpoint) => envelopes(endpoint)[0].webhook_delivery_id);
  expect(new Set(ids).size).toBe(1);
  other.close();
});

it('the token event has the name and the fields that the switches give it', async () => {
  await sandbox.control.setSwitches({
    tokenEventName: 'payment_token_callback',
    customerFieldsInTokenEvent: 'email',
    letterFieldInTokenEvent: 'expires_at',
  });
  await sandbox.control.fire({ event_type: 'payment_token.updated', payment_token: 'pt_ada' });
  await sandbox.control.settle();
  expect(envelopes(receiver)).toMatchObject([
    {
      event_type: 'payment_token_callback',
      data: { email: 'ada@example.com', name: 'Ada Park', expires_at: '2031-05-10T12:00:00.000Z' },
    },
  ]);
});

it('an endpoint that takes longer than it may is tried again', async () => {
  receiver.delayMs = 400;
  await charged({ webhookTimeoutMs: 100 });
  expect((await sandbox.control.ledger()).deliveries).toMatchObject([
    { status: 'pending', log: [{ status: null, error: expect.stringContaining('timeout') }] },
  ]);
});

it('a mailbox that is out of order turns messages away for now', async () => {
  const transport = createTransport({ host: '127.0.0.1', port: sandbox.smtpPort });
  const mail = { from: 'shop@example.com', to: 'ada@example.com', subject: 'Hello', text: 'Hello' };
  await sandbox.control.setSwitches({ mailboxDown: true });
  await expect(transport.sendMail(mail)).rejects.toMatchObject({ responseCode: 451 });
  await sandbox.control.setSwitches({ mailboxDown: false });
  await transport.sendMail(mail);
  transport.close();
  expect(await sandbox.control.mail()).toHaveLength(1);
});
