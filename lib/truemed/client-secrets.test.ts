import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTruemed, type TruemedClient } from './client';
import { answer, type Behaviour, html, startTestProvider, type TestProvider } from './test-provider';

const KEY = 'sk_live_the_key';
const TOKEN = 'tok_live_the_token';
const METADATA = 'att_the_metadata';
const BODY = Buffer.from(JSON.stringify({ payment_token: TOKEN, metadata: METADATA, idempotency_key: 'k1' }));
const SECRETS = [KEY, TOKEN, METADATA];

let provider: TestProvider;
let truemed: TruemedClient;

beforeAll(async () => {
  provider = await startTestProvider();
  truemed = openTruemed({ apiUrl: provider.apiUrl, apiKey: KEY, timeoutMs: 2_000 });
});
afterAll(() => provider.close());
afterEach(() => void vi.restoreAllMocks());

/** Every call that there is, with the token and the metadata wherever they may stand. */
const CALLS: [keyof TruemedClient, (client: TruemedClient) => Promise<unknown>][] = [
  ['createPaymentSession', (client) => client.createPaymentSession(BODY)],
  ['createCheckout', (client) => client.createCheckout(BODY)],
  ['retrievePaymentSession', (client) => client.retrievePaymentSession(TOKEN)],
  ['listPaymentSessionPage', (client) => client.listPaymentSessionPage()],
  ['capturePaymentSession', (client) => client.capturePaymentSession(TOKEN, BODY)],
  ['voidPaymentSession', (client) => client.voidPaymentSession(TOKEN, BODY)],
  ['cancelPaymentSession', (client) => client.cancelPaymentSession(TOKEN)],
  ['createRefund', (client) => client.createRefund(BODY)],
  ['createPaymentToken', (client) => client.createPaymentToken(BODY)],
  ['updatePaymentToken', (client) => client.updatePaymentToken(TOKEN, BODY)],
  ['retrieveProvisionRequest', (client) => client.retrieveProvisionRequest(TOKEN)],
  ['retrievePaymentToken', (client) => client.retrievePaymentToken(TOKEN)],
  ['listPaymentTokens', (client) => client.listPaymentTokens('maya@example.com')],
  ['listPaymentTokenPage', (client) => client.listPaymentTokenPage()],
  ['deletePaymentToken', (client) => client.deletePaymentToken(TOKEN)],
  ['retrieveQualificationSession', (client) => client.retrieveQualificationSession(TOKEN)],
  ['listQualificationSessionPage', (client) => client.listQualificationSessionPage()],
  ['updateQualificationSession', (client) => client.updateQualificationSession(TOKEN, BODY)],
  ['listCatalogItemPage', (client) => client.listCatalogItemPage()],
  ['createCatalogItem', (client) => client.createCatalogItem(BODY)],
  ['updateCatalogItem', (client) => client.updateCatalogItem(BODY)],
  ['retrieveCatalogItem', (client) => client.retrieveCatalogItem('MAG-200')],
  ['checkCheckoutMethod', (client) => client.checkCheckoutMethod([{ sku: 'MAG-200' }])],
  ['listTransactionPage', (client) => client.listTransactionPage({ startDate: 'a', endDate: 'b' })],
  ['listPayoutPage', (client) => client.listPayoutPage({ startDate: 'a', endDate: 'b' })],
];

const TAKES_BODY = /^(create|capture|void|update)/;
const TAKES_TOKEN = /^(create|capture|void|update|cancel|delete|retrieve(?!Cat))/;

/** What Truemed may answer that repeats everything it was told. */
const echo = (response: Parameters<Behaviour>[0], status: number) => {
  const said = `No ${SECRETS.join(' ')} here.`;
  response.writeHead(status).end(JSON.stringify({ error: `Odd ${said}`, message: said }));
};
const ENDINGS: [string, Behaviour][] = [
  ['a 400 that repeats all it was told', (response) => echo(response, 400)],
  ['a 404 that repeats all it was told', (response) => echo(response, 404)],
  ['a 422 that repeats all it was told', (response) => echo(response, 422)],
  ['a 500 that repeats all it was told', (response) => echo(response, 500)],
  ['200 and a page', html(200)],
  ['no answer in time', () => undefined],
  ['a broken connection', (_, request) => request.socket.destroy()],
];

describe('the key, tokens and metadata', () => {
  test('every call is looked at', () => {
    expect(CALLS.map(([name]) => name).sort()).toEqual(Object.keys(truemed).sort());
  });

  test.each(ENDINGS)('are in no log and in no outcome of %s', async (_, behaviour) => {
    const spies = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) => vi.spyOn(console, name));
    const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    provider.behave(behaviour);
    const outcomes = await Promise.all(CALLS.map(([, call]) => call(truemed)));
    const lines = written.flatMap((spy) => spy.mock.calls.map(([chunk]) => String(chunk))).join('\n');
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    const seen = CALLS.map(([name], index) => `${name}: ${inspect(outcomes[index], { depth: 9 })}`);
    expect([lines, ...seen].filter((text) => text.includes(KEY))).toEqual([]);
    // What a call did not send it cannot know, and a call whose answer is read whole tells what it found.
    const sent = (pattern: RegExp) => seen.filter((text) => pattern.test(text));
    expect(sent(TAKES_TOKEN).filter((text) => text.includes(TOKEN))).toEqual([]);
    expect(sent(TAKES_BODY).filter((text) => text.includes(METADATA))).toEqual([]);
  });

  test('are cut out of what Truemed says, and its sentences are cut short', async () => {
    provider.behave(answer(400, { error: 'Odd', message: `${TOKEN} of ${METADATA} with ${KEY}. ${'x'.repeat(2000)}` }));
    const refused = await truemed.createPaymentSession(BODY);
    expect(refused).toMatchObject({ kind: 'refused', code: 'Odd' });
    if (refused.kind !== 'refused') throw new Error('It was not refused.');
    expect(refused.message).toMatch(/^\*\*\* of \*\*\* with \*\*\*\. x+$/);
    expect(refused.message).toHaveLength(500);
  });

  test('are not in the client when it is printed', () => {
    expect(inspect(truemed, { depth: 9, showHidden: true })).not.toContain(KEY);
    expect(JSON.stringify(truemed)).not.toContain(KEY);
  });

  test('are in no error: not of a key that no header can carry, nor of an id that is refused', async () => {
    const broken = openTruemed({ apiUrl: provider.apiUrl, apiKey: `${KEY}\nx`, timeoutMs: 200 });
    expect(await broken.retrievePaymentToken(TOKEN)).toEqual({ kind: 'unavailable', reason: 'network' });
    const nowhere = openTruemed({ apiUrl: 'no address', apiKey: KEY });
    expect(await nowhere.retrievePaymentToken(TOKEN)).toEqual({ kind: 'unavailable', reason: 'network' });
    const error = await truemed.retrievePaymentToken('..').catch((thrown: unknown) => thrown);
    expect(inspect(error)).not.toContain(KEY);
  });
});
