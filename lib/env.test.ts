import { describe, expect, test } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { readEnv } from './env';

type Source = Record<string, string | undefined>;
const least: Source = {
  DATABASE_URL: 'postgres://localhost/perennial',
  AUTH_SECRET: 'an-auth-secret-of-32-characters!',
  VAULT_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};
const live: Source = {
  ...least,
  APP_ENV: 'live',
  APP_URL: 'https://orders.alderhealth.example',
  TRUEMED_API_URL: 'https://api.truemed.example',
  TRUEMED_API_KEY: 'key-live-1',
  TRUEMED_SIGNING_SECRETS: 'whsec_live_1',
  TRUEMED_REDIRECT_ORIGINS: 'https://app.truemed.example',
  SMTP_URL: 'smtps://user:pass@mail.example',
};

/** The variables that a refusal names, in order; `null` where nothing is refused. */
function refused(source: Source): string[] | null {
  try {
    readEnv(source);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'configuration') throw error;
    return [...error.message.matchAll(/^ {2}([A-Z_]+): /gm)].map((match) => match[1] ?? '').toSorted();
  }
}

describe('settings', () => {
  test('have the defaults of contract.md', () => {
    expect(readEnv(least)).toEqual({
      databaseUrl: 'postgres://localhost/perennial',
      appUrl: 'http://localhost:3000',
      appEnv: 'demo',
      authSecret: least.AUTH_SECRET,
      vaultKeys: least.VAULT_KEYS,
      truemed: {
        apiUrl: 'http://localhost:4010',
        apiKey: 'sandbox-key',
        signingSecrets: ['sandbox-signing-secret'],
        sharedSecrets: [],
        redirectOrigins: ['http://localhost:4010'],
        discountSign: -1,
        maxConcurrency: 16,
        maxRps: 20,
      },
      handOver: 'automatic',
      catchUp: 'latest',
      handoverDays: 3,
      smtpUrl: 'smtp://localhost:4025',
      mailFrom: 'Alder Health <care@alderhealth.example>',
      merchant: { name: 'Alder Health', timeZone: 'America/New_York', billingHour: 8 },
      clockUrl: null,
      metricsToken: null,
    });
  });

  test.each(Object.keys(least))('need %s: the scripts make it, the web app does not', (name) => {
    expect(refused({ ...least, [name]: undefined })).toEqual([name]);
    expect(refused({ ...least, [name]: '' })).toEqual([name]);
  });

  test('that are empty are not set', () => {
    const empty = { CLOCK_URL: '', TRUEMED_API_KEY: '', APP_ENV: '', PORT: '', MERCHANT_NAME: '', SMTP_URL: '' };
    expect(readEnv({ ...least, ...empty })).toEqual(readEnv(least));
  });

  test('of others do not disturb', () => {
    expect(readEnv({ ...least, PATH: '/bin', NODE_ENV: 'production', APP_COLOUR: 'green' })).toEqual(readEnv(least));
  });

  test('follow the ports of the sandbox', () => {
    const env = readEnv({
      ...least,
      SANDBOX_PORT: '5010',
      SANDBOX_SMTP_PORT: '5025',
      SANDBOX_API_KEY: 'k',
      SANDBOX_SIGNING_SECRET: 's',
    });
    expect(env.truemed).toMatchObject({
      apiUrl: 'http://localhost:5010',
      apiKey: 'k',
      signingSecrets: ['s'],
      redirectOrigins: ['http://localhost:5010'],
    });
    expect(env.smtpUrl).toBe('smtp://localhost:5025');
  });

  test('may hold several secrets and origins, with spaces and empty parts between them', () => {
    const { truemed } = readEnv({
      ...least,
      TRUEMED_SIGNING_SECRETS: 'whsec_new, whsec_old',
      TRUEMED_SHARED_SECRETS: 'shared-1,,shared-2,',
      TRUEMED_REDIRECT_ORIGINS: 'https://app.truemed.example , http://localhost:4010',
    });
    expect(truemed.signingSecrets).toEqual(['whsec_new', 'whsec_old']);
    expect(truemed.sharedSecrets).toEqual(['shared-1', 'shared-2']);
    expect(truemed.redirectOrigins).toEqual(['https://app.truemed.example', 'http://localhost:4010']);
  });

  test.each<[string, Source, (env: ReturnType<typeof readEnv>) => unknown, unknown]>([
    [
      'the origin of the provider, without its path',
      { TRUEMED_API_URL: 'https://t.example/x' },
      (env) => env.truemed.redirectOrigins,
      ['https://t.example'],
    ],
    [
      'an address without its last slash',
      { APP_URL: 'https://shop.example/' },
      (env) => env.appUrl,
      'https://shop.example',
    ],
    ['a positive discount', { TRUEMED_DISCOUNT_SIGN: '1' }, (env) => env.truemed.discountSign, 1],
    [
      'a confirmed hand-over',
      { HAND_OVER: 'confirmed', HANDOVER_DAYS: '0' },
      (env) => [env.handOver, env.handoverDays],
      ['confirmed', 0],
    ],
    ['each missed period', { CATCH_UP: 'each' }, (env) => env.catchUp, 'each'],
    ['midnight', { BILLING_HOUR: '0' }, (env) => env.merchant.billingHour, 0],
    [
      'a slow provider',
      { TRUEMED_MAX_RPS: '0.5', TRUEMED_MAX_CONCURRENCY: '1' },
      (env) => [env.truemed.maxRps, env.truemed.maxConcurrency],
      [0.5, 1],
    ],
    [
      'the clock of the sandbox',
      { CLOCK_URL: 'http://localhost:4010/__sandbox/clock' },
      (env) => env.clockUrl,
      'http://localhost:4010/__sandbox/clock',
    ],
    ['a test', { APP_ENV: 'test', TRUEMED_API_KEY: 'k' }, (env) => [env.appEnv, env.truemed.apiKey], ['test', 'k']],
  ])('read %s', (_, source, read, expected) => {
    expect(read(readEnv({ ...least, ...source }))).toEqual(expected);
  });

  test.each<[string, string]>([
    ['APP_URL', 'localhost:3000'],
    ['APP_URL', 'ftp://shop.example'],
    ['APP_URL', 'javascript:alert(1)'],
    ['APP_ENV', 'production'],
    ['AUTH_SECRET', 'short'],
    ['TRUEMED_API_URL', 'api.truemed.example'],
    ['TRUEMED_DISCOUNT_SIGN', '0'],
    ['TRUEMED_DISCOUNT_SIGN', '-2'],
    ['HAND_OVER', 'later'],
    ['CATCH_UP', 'none'],
    ['HANDOVER_DAYS', '-1'],
    ['HANDOVER_DAYS', '1.5'],
    ['TRUEMED_MAX_CONCURRENCY', '0'],
    ['TRUEMED_MAX_RPS', '0'],
    ['TRUEMED_MAX_RPS', 'many'],
    ['BILLING_HOUR', '24'],
    ['BILLING_HOUR', '8:00'],
    ['MERCHANT_TIME_ZONE', 'Mars/Olympus'],
    ['MERCHANT_TIME_ZONE', 'EST'],
    ['CLOCK_URL', 'soon'],
    ['PORT', '70000'],
    ['SANDBOX_PORT', 'x'],
  ])('refuse %s=%s', (name, value) => {
    expect(refused({ ...least, [name]: value })).toEqual([name]);
  });

  test('with a key of Truemed must say whether they are live', () => {
    expect(refused({ ...least, TRUEMED_API_KEY: 'k' })).toEqual(['APP_ENV']);
    expect(refused({ ...least, TRUEMED_API_KEY: 'k', APP_ENV: 'demo' })).toBeNull();
  });

  test('are told all that is wrong with them at once', () => {
    expect(refused({ PORT: 'x', APP_URL: 'shop', HAND_OVER: 'later' })).toEqual([
      'APP_URL',
      'AUTH_SECRET',
      'DATABASE_URL',
      'HAND_OVER',
      'PORT',
      'VAULT_KEYS',
    ]);
    expect(refused({ ...least, BILLING_HOUR: '24', TRUEMED_API_KEY: 'k' })).toEqual(['APP_ENV', 'BILLING_HOUR']);
  });
});

describe('settings of a live shop', () => {
  test('are taken where nothing is missing', () => {
    expect(refused(live)).toBeNull();
    expect(readEnv(live).truemed.redirectOrigins).toEqual(['https://app.truemed.example']);
  });

  test.each<[string, string | undefined]>([
    ['DATABASE_URL', undefined],
    ['AUTH_SECRET', undefined],
    ['VAULT_KEYS', undefined],
    ['APP_URL', undefined],
    ['APP_URL', 'http://orders.alderhealth.example'],
    ['TRUEMED_API_URL', undefined],
    ['TRUEMED_API_URL', 'http://api.truemed.example'],
    ['TRUEMED_API_KEY', undefined],
    ['TRUEMED_SIGNING_SECRETS', undefined],
    ['TRUEMED_SIGNING_SECRETS', ' , '],
    ['TRUEMED_REDIRECT_ORIGINS', undefined],
    ['TRUEMED_REDIRECT_ORIGINS', 'http://app.truemed.example'],
    ['TRUEMED_REDIRECT_ORIGINS', 'https://app.truemed.example:8443'],
    ['TRUEMED_REDIRECT_ORIGINS', 'https://app.truemed.example/'],
    ['TRUEMED_REDIRECT_ORIGINS', 'https://*.truemed.example'],
    ['TRUEMED_REDIRECT_ORIGINS', 'https://user@app.truemed.example'],
    ['TRUEMED_REDIRECT_ORIGINS', '*'],
    ['TRUEMED_REDIRECT_ORIGINS', 'https://app.truemed.example,http://localhost:4010'],
    ['SMTP_URL', undefined],
    ['CLOCK_URL', 'https://clock.example'],
  ])('refuse %s=%s', (name, value) => {
    expect(refused({ ...live, [name]: value })).toEqual([name]);
  });

  test('are told all that is unsafe at once', () => {
    expect(refused({ ...least, APP_ENV: 'live', CLOCK_URL: 'http://localhost:4010' })).toEqual([
      'APP_URL',
      'CLOCK_URL',
      'SMTP_URL',
      'TRUEMED_API_KEY',
      'TRUEMED_API_URL',
      'TRUEMED_REDIRECT_ORIGINS',
      'TRUEMED_SIGNING_SECRETS',
    ]);
  });

  test('are told what is wrong and what is unsafe in one go', () => {
    const source = {
      ...live,
      AUTH_SECRET: undefined,
      PORT: 'x',
      CLOCK_URL: 'https://clock.example',
      APP_URL: 'http://a.example',
    };
    expect(refused(source)).toEqual(['APP_URL', 'AUTH_SECRET', 'CLOCK_URL', 'PORT']);
  });

  test('are refused without repeating a secret', () => {
    const source = {
      ...live,
      AUTH_SECRET: 'my-secret',
      CLOCK_URL: 'no',
      TRUEMED_API_URL: 'ftp://key-live-2@x.example',
    };
    expect(() => readEnv(source)).toThrow(/AUTH_SECRET/);
    expect(() => readEnv(source)).not.toThrow(/my-secret|key-live|whsec|user:pass/);
  });
});
