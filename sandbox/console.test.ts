import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTokenBody, startTestSandbox, type TestSandbox } from './test-world';

let sandbox: TestSandbox;
beforeEach(async () => {
  sandbox = await startTestSandbox();
});
afterEach(() => sandbox.close());

const show = async (path: string) => (await fetch(sandbox.url + path)).text();

async function press(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const options = { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' } as const;
  return fetch(sandbox.url + path, options);
}

describe('the console', () => {
  it('moves the clock', async () => {
    await sandbox.control.moveClock({ mode: 'manual' });
    await sandbox.control.moveClock({ to: '2099-01-31T10:00:00Z' });
    for (const unit of ['hours', 'days', 'months']) {
      expect((await press('/console/clock', { unit })).headers.get('location')).toMatch(/^\/\?said=/);
    }
    expect((await sandbox.control.clock()).now).toBe('2099-03-01T11:00:00.000Z');
  });

  it('scripts a token', async () => {
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    expect(await show('/')).toContain('Update card');
    await press('/console/health', { payment_token: 'pt_ada', health: 'needs_survey' });
    expect((await sandbox.control.state()).tokens).toMatchObject([{ health: 'needs_survey' }]);
  });

  it('shows open requests, and says why a button did nothing', async () => {
    const { body } = await sandbox.post('/api/v1/payment_tokens/create', aTokenBody());
    expect(await show('/')).toContain(`/provision/${body.provision_token_request_id}`);
    const refused = await press('/console/review', {
      request_id: String(body.provision_token_request_id),
      outcome: 'approve',
    });
    expect([refused.status, await refused.text()]).toEqual([404, expect.stringContaining('Nothing is being reviewed')]);
  });

  it('shows what it was given as text', async () => {
    await sandbox.control.seedToken({ email: '<b>@example.com', name: 'Ada Park' });
    expect(await show('/')).toContain('&lt;b&gt;@example.com');
  });

  it('is not steered by other sites', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site' };
    expect((await press('/console/clock', { unit: 'days' }, foreign)).status).toBe(403);
    expect((await press('/__sandbox/reset', {}, foreign)).status).toBe(403);
  });
});

describe('the inbox', () => {
  it('shows a message with its links, and its HTML in a frame that runs nothing', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: sandbox.smtpPort });
    await transport.sendMail({
      from: 'shop@example.com',
      to: 'ada@example.com',
      subject: 'A & B',
      text: 'Plain <words>',
      html: '<a href="https://shop.example/go/1">Go</a><script>alert(1)</script>',
    });
    transport.close();
    const [mail] = await sandbox.control.mail();
    expect(await show('/mail')).toContain(`href="/mail/${mail?.id}">A &amp; B</a>`);
    const page = await show(`/mail/${mail?.id}`);
    expect(page).toContain('href="https://shop.example/go/1"');
    expect(page).toContain(`src="/mail/${mail?.id}/html"`);
    expect(page).toContain('Plain &lt;words&gt;');
    expect(page).not.toContain('allow-scripts');
    const alone = await fetch(`${sandbox.url}/mail/${mail?.id}/html`);
    const policy = alone.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).toContain('sandbox allow-popups');
    expect(policy).not.toContain('script');
    expect((await fetch(`${sandbox.url}/mail/none`)).status).toBe(404);
  });
});
