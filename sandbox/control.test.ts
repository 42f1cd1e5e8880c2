import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addMonths } from './clock';
import { aRenewalBody, aTokenBody, startTestSandbox, type TestSandbox } from './test-world';

const CREATE = '/api/v1/payment_tokens/create';
const SESSION = '/payments/v1/create_payment_session';

describe('the control API', () => {
  let sandbox: TestSandbox;
  beforeEach(async () => {
    sandbox = await startTestSandbox();
  });
  afterEach(() => sandbox.close());

  const raw = async (method: string, route: string, body: unknown) => {
    const response = await fetch(`${sandbox.url}/__sandbox/${route}`, { method, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };

  it.each([
    ['POST', 'clock', {}, 'Give advance, to or mode.'],
    ['POST', 'clock', { advance: { days: -1 } }, 'advance.days'],
    ['POST', 'clock', { to: 'tomorrow' }, 'to: must be an ISO 8601 instant'],
    ['POST', 'review', { outcome: 'approve' }, 'Give email or request_id.'],
    ['POST', 'tokens', { email: 'ada' }, 'email: must be an e-mail address'],
    ['POST', 'tokens/health', { email: 'ada@example.com', health: 'ill' }, 'health'],
    ['POST', 'faults', { fault: 'fire' }, 'fault'],
    ['POST', 'faults', { fault: '500', match: { operaton: 'x' } }, 'operaton'],
    ['PATCH', 'switches', { discountSign: 0 }, 'discountSign'],
    ['PATCH', 'switches', { discuntSign: -1 }, 'discuntSign'],
    ['PUT', 'endpoints', { endpoints: [{ url: 'ftp://x', secrets: ['a'] }] }, 'endpoints.0.url'],
    ['PUT', 'endpoints', { endpoints: [{ url: 'http://x', secrets: [] }] }, 'endpoints.0.secrets'],
  ])('%s %s %j is refused with a reason', async (method, route, body, reason) => {
    expect(await raw(method, route, body)).toEqual({
      status: 400,
      body: { error: 'BadRequest', message: expect.stringContaining(reason) },
    });
  });

  it('names what it has where an address is not known', async () => {
    expect(await raw('POST', 'nothing', {})).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('POST clock') },
    });
    expect(await raw('DELETE', 'clock', {})).toMatchObject({ status: 405 });
  });

  it('resets everything, and keeps the clock when asked to', async () => {
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park' });
    await sandbox.control.setSwitches({ discountSign: 1 });
    await sandbox.control.moveClock({ to: '2040-01-01T00:00:00Z' });
    await sandbox.control.reset({ keep_clock: true });
    expect(await sandbox.control.state()).toEqual({ tokens: [], requests: [], sessions: [] });
    expect((await sandbox.control.switches()).discountSign).toBe(-1);
    expect((await sandbox.control.clock()).now).toMatch(/^2040-01-01/);
    await sandbox.control.reset();
    expect((await sandbox.control.clock()).now).not.toMatch(/^2040/);
  });

  it('makes an imported token exist, once', async () => {
    const token = await sandbox.control.seedToken({
      email: 'Kim@Example.com',
      name: 'Kim Oh',
      payment_token: 'pt_import_00002',
      card_expires: '2031-07',
    });
    expect(token).toMatchObject({
      payment_token: 'pt_import_00002',
      customer_email: 'kim@example.com',
      health: 'ok',
      payment_methods: [{ exp_year: 2031, exp_month: 7 }],
    });
    expect((await sandbox.get('/api/v1/payment_tokens/pt_import_00002')).status).toBe(200);
    await expect(sandbox.control.seedToken({ email: 'kim@example.com', name: 'Kim Oh' })).rejects.toThrow(
      'already has a token',
    );
    await expect(
      sandbox.control.seedToken({ email: 'x@example.com', name: 'X', payment_token: 'pt_import_00002' }),
    ).rejects.toThrow('already exists');
    await expect(sandbox.control.setTokenHealth({ email: 'none@example.com', health: 'ok' })).rejects.toThrow('404');
  });

  it('shows the state of one e-mail', async () => {
    await sandbox.post(CREATE, aTokenBody());
    await sandbox.post(CREATE, aTokenBody({ customer_email: 'bo@example.com', idempotency_key: 'key-2' }));
    expect((await sandbox.control.state('BO@example.com')).requests).toMatchObject([
      { customer_email: 'bo@example.com' },
    ]);
  });

  it('does not come to rest while something is on its way', async () => {
    await sandbox.control.setSwitches({ captureDelayMs: 60_000 });
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    await sandbox.post(SESSION, aRenewalBody());
    await expect(sandbox.control.settle({ timeout_ms: 20 })).rejects.toThrow('did not come to rest');
  });
});

describe('the clock', () => {
  let sandbox: TestSandbox;
  beforeEach(async () => {
    sandbox = await startTestSandbox();
  });
  afterEach(() => sandbox.close());

  it('stands still in manual mode and moves by what it is told', async () => {
    await sandbox.control.moveClock({ mode: 'manual' });
    await sandbox.control.moveClock({ to: '2099-01-31T10:00:00Z' });
    expect(await sandbox.control.clock()).toEqual({ now: '2099-01-31T10:00:00.000Z', mode: 'manual' });
    await sandbox.control.advance({ months: 1, hours: 1, minutes: 2, seconds: 3 });
    expect((await sandbox.control.clock()).now).toBe('2099-02-28T11:02:03.000Z');
  });

  it('ticks in real mode from where it is', async () => {
    await sandbox.control.moveClock({ to: '2099-01-01T00:00:00Z' });
    const first = await sandbox.control.clock();
    await expect.poll(async () => (await sandbox.control.clock()).now, { interval: 2 }).not.toBe(first.now);
    expect(first).toMatchObject({ now: expect.stringMatching(/^2099-01-01T00:00:0/), mode: 'real' });
  });

  it('never moves back', async () => {
    await expect(sandbox.control.moveClock({ to: '2001-01-01T00:00:00Z' })).rejects.toThrow('only moves forward');
  });

  it('ends letters: a year later the survey is due', async () => {
    await sandbox.control.seedToken({ email: 'ada@example.com', name: 'Ada Park', payment_token: 'pt_ada' });
    await sandbox.control.advance({ days: 364 });
    expect((await sandbox.post(SESSION, aRenewalBody())).status).toBe(200);
    await sandbox.control.advance({ days: 2 });
    const late = await sandbox.post(SESSION, aRenewalBody({ idempotency_key: 'renewal-2' }));
    expect(late).toMatchObject({ status: 422, body: { next_action: 'TakeHealthSurvey' } });
  });

  it('adds months to the last day of a month', () => {
    const add = (from: string, months: number) => addMonths(new Date(from), months).toISOString();
    expect(add('2028-02-29T12:00:00Z', 12)).toBe('2029-02-28T12:00:00.000Z');
    expect(add('2026-12-31T23:59:59Z', 2)).toBe('2027-02-28T23:59:59.000Z');
    expect(add('2026-01-31T00:00:00Z', 0)).toBe('2026-01-31T00:00:00.000Z');
  });
});

describe('the mailbox', () => {
  it('keeps what arrives over SMTP, with its links and the time of the sandbox', async () => {
    const sandbox = await startTestSandbox();
    await sandbox.control.moveClock({ mode: 'manual' });
    const transport = createTransport({ host: '127.0.0.1', port: sandbox.smtpPort });
    const mail = { from: 'Shop <shop@example.com>', subject: 'Zahlungsmittel — prüfen' };
    await transport.sendMail({ ...mail, to: 'bo@example.com', text: 'Nothing' });
    await transport.sendMail({
      ...mail,
      to: 'Ada Park <Ada@Example.com>',
      text: 'Open https://shop.example/go/1?a=1&b=2 now.',
      html: '<p>Öffnen: <a href="https://shop.example/go/1?a=1&amp;b=2">Continue</a></p>',
    });
    transport.close();
    const [received, ...others] = await sandbox.control.mail('ada@example.com');
    expect(others).toEqual([]);
    expect(received).toMatchObject({
      from: 'shop@example.com',
      to: ['ada@example.com'],
      subject: 'Zahlungsmittel — prüfen',
      text: expect.stringContaining('Open https://shop.example/go/1?a=1&b=2 now.'),
      html: expect.stringContaining('Öffnen'),
      links: ['https://shop.example/go/1?a=1&b=2'],
      date: (await sandbox.control.clock()).now,
    });
    expect((await sandbox.control.mail()).map(({ to }) => to[0])).toEqual(['ada@example.com', 'bo@example.com']);
    await sandbox.control.clearMail();
    expect(await sandbox.control.mail()).toEqual([]);
    await sandbox.close();
  });
});
