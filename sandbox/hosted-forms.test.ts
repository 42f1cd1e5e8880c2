import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { passesLuhn } from './hosted/read-card';
import { allQuestions } from './hosted/survey-questions';
import { MAGIC_CARDS } from './magic-values';
import { card, sendForm, survey } from './test-forms';
import { aRenewalBody, aTokenBody, startTestSandbox, type TestSandbox } from './test-world';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control.reset();
  await sandbox.control.setSwitches({ captureDelayMs: 0 });
});

async function provision(changes: Record<string, unknown> = {}) {
  const { body } = await sandbox.post('/api/v1/payment_tokens/create', aTokenBody(changes));
  return { id: String(body.provision_token_request_id), url: String(body.redirect_url) };
}

const show = async (url: string) => (await fetch(url)).text();

/** Every question answered, in favor of a letter. */
const ANSWERS = {
  adult: 'yes',
  for_whom: 'me',
  conditions: 'pain',
  diagnosed: 'no',
  purpose: 'treat',
  before: 'no',
  consent: 'yes',
};
const answered = (changes: Record<string, string> = {}) => ({
  ...survey('answers'),
  result: 'show',
  ...ANSWERS,
  ...changes,
});

describe('the health survey', () => {
  it('is one form of four steps, whose later ones are fragments of its address', async () => {
    const { url } = await provision();
    const page = await show(url);
    expect(page.match(/<form/g)).toHaveLength(1);
    expect([...page.matchAll(/<section class="step[^"]*" id="([^"]+)"/g)].map(([, id]) => id)).toEqual([
      'about-you',
      'your-health',
      'your-items',
      'confirm',
    ]);
    for (const { name } of allQuestions()) expect(page).toContain(`name="${name}"`);
  });

  it('lets a letter depend on the answers', async () => {
    const { id, url } = await provision();
    expect((await sendForm(url, answered())).location).toBe(`/provision/${id}`);
    expect(await show(url)).toContain('Your health survey is complete.');
  });

  it.each([
    ['nobody of age', { adult: 'no' }],
    ['no condition', { conditions: 'none' }],
    ['another purpose', { purpose: 'none' }],
  ])('shows who does not qualify, and why nothing was charged: %s', async (_, changes) => {
    const { url } = await provision();
    const { status, html } = await sendForm(url, answered(changes));
    expect([status, html]).toEqual([200, expect.stringContaining('You do not qualify for this order')]);
    expect(html).toContain('Nothing was charged.');
    expect((await sendForm(url, { step: 'survey', action: 'leave' })).location).toBe('https://shop.example/stopped');
  });

  it('asks a question that depends on an answer only where that was given', async () => {
    const { url } = await provision();
    const { html } = await sendForm(url, answered({ for_whom: 'household', diagnosed: 'yes' }));
    expect(html).toContain('<a href="#relation">');
    expect(html).toContain('<a href="#diagnosed_when">');
    expect(html).not.toContain('<a href="#helped">');
    const all = answered({ for_whom: 'household', relation: 'child', diagnosed: 'yes', diagnosed_when: 'year' });
    expect((await sendForm(url, all)).status).toBe(303);
  });

  it('keeps what was answered in the page where something is missing, and opens the step with it', async () => {
    const { url } = await provision();
    const { html } = await sendForm(url, answered({ purpose: '' }));
    expect(html).toMatch(/<section class="step initial" id="your-items"/);
    expect(html).toContain('name="conditions" value="pain" checked');
  });

  it('stores none of its answers', async () => {
    const { url } = await provision();
    const { html } = await sendForm(url, { ...answered({ other_condition: 'gout-4711' }), consent: '' });
    expect(html).toContain('gout-4711');
    await sendForm(url, answered({ other_condition: 'gout-4711' }));
    await sendForm(url, card());
    const kept = JSON.stringify([await sandbox.control.state(), await sandbox.control.ledger()]);
    expect(kept).not.toContain('gout-4711');
    expect(kept).not.toContain('pain');
    expect(kept).toContain('"survey":"qualified"');
  });
});

describe('the card form', () => {
  it('knows only test cards whose last digit is right', () => {
    expect(MAGIC_CARDS.filter(({ value }) => !passesLuhn(value.replaceAll(' ', '')))).toEqual([]);
  });

  it('takes an ordinary card beside an HSA/FSA card', async () => {
    const { url } = await provision();
    await sendForm(url, survey());
    await sendForm(url, card({ type: 'card', number: '5555 5555 5555 4444' }));
    const [token] = (await sandbox.control.state()).tokens;
    expect(token?.payment_methods).toMatchObject([{ type: 'card', brand: 'mastercard', last4: '4444' }]);
  });

  it('is sent to a review by one card, and stores another that is refused later', async () => {
    const reviewed = await provision();
    await sendForm(reviewed.url, survey());
    await sendForm(reviewed.url, card({ number: '4000 0000 0000 9235' }));
    expect(await show(reviewed.url)).toContain('Being reviewed');
    const later = await provision({ customer_email: 'bo@example.com', idempotency_key: 'key-2' });
    await sendForm(later.url, survey());
    await sendForm(later.url, card({ number: '4000 0000 0000 0341' }));
    const [token] = (await sandbox.control.state('bo@example.com')).tokens;
    const { status, body } = await sandbox.post(
      '/payments/v1/create_payment_session',
      aRenewalBody({ payment_token: token?.payment_token }),
    );
    expect([status, body.next_action]).toEqual([422, 'UpdatePaymentMethod']);
  });

  it('shows a checkout its items, charges, discounts and total', async () => {
    const { body } = await sandbox.post(
      '/payments/v1/create_payment_session',
      aRenewalBody({ payment_token: null, tokenize: true }),
    );
    const url = String(body.redirect_url);
    await sendForm(url, survey());
    const page = await show(url);
    for (const words of ['Magnesium', '$49.00', '$8.30', '−$9.00', 'Pay $48.30']) expect(page).toContain(words);
  });
});

describe('a link', () => {
  it('expires after the hours of its switch, and leads back to the shop', async () => {
    await sandbox.control.setSwitches({ hostedLinkHours: 24 });
    const { url } = await provision();
    expect((await fetch(url)).status).toBe(200);
    await sandbox.control.advance({ hours: 25 });
    const late = await fetch(url);
    expect([late.status, await late.text()]).toEqual([410, expect.stringContaining('This link has expired')]);
    expect((await sendForm(url, survey())).status).toBe(410);
  });

  it('of a canceled session shows a time-out page whose button leads to the failure URL', async () => {
    const { body } = await sandbox.post('/payments/v1/create_payment_session', aRenewalBody({ payment_token: null }));
    await sandbox.post(`/payments/v1/payment_session/${body.id}/cancel`);
    const page = await fetch(String(body.redirect_url));
    expect(page.status).toBe(410);
    expect(await page.text()).toMatch(/This page has timed out[\s\S]*href="https:\/\/shop\.example\/stopped"/);
  });

  it('of a customer tagged +ineligible ends the survey there', async () => {
    const { url } = await provision({ customer_email: 'ada+ineligible@example.com' });
    expect((await sendForm(url, survey())).location).toBe('https://shop.example/stopped');
  });
});
