import { z } from 'zod';
import { isTimeZone } from '@/lib/core/calendar';
import { AppError } from '@/lib/core/errors';
import { CATCH_UPS, type CatchUp } from '@/lib/core/renewal';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const address = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

/** The variables of contract.md, with their defaults. What `live` adds is in `unsafeSettings`. */
const Variables = z.object({
  DATABASE_URL: z.string().min(1),
  APP_URL: address.default('http://localhost:3000'),
  APP_ENV: z.enum(['live', 'demo', 'test']).optional(),
  AUTH_SECRET: z.string().min(32),
  VAULT_KEYS: z.string().min(1),
  TRUEMED_API_URL: address.optional(),
  TRUEMED_API_KEY: z.string().min(1).optional(),
  TRUEMED_SIGNING_SECRETS: list,
  TRUEMED_SHARED_SECRETS: list,
  TRUEMED_REDIRECT_ORIGINS: list,
  TRUEMED_DISCOUNT_SIGN: z.enum(['-1', '1']).default('-1').transform(Number),
  HAND_OVER: z.enum(['automatic', 'confirmed']).default('automatic'),
  CATCH_UP: z.enum(CATCH_UPS).default('latest'),
  HANDOVER_DAYS: z.coerce.number().int().min(0).max(60).default(3),
  TRUEMED_MAX_CONCURRENCY: z.coerce.number().int().min(1).max(500).default(16),
  TRUEMED_MAX_RPS: z.coerce.number().min(0.1).max(10_000).default(20),
  SMTP_URL: z.string().optional(),
  MAIL_FROM: z.string().default('Alder Health <care@alderhealth.example>'),
  MERCHANT_NAME: z.string().min(1).default('Alder Health'),
  MERCHANT_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'is not a time zone such as America/New_York')
    .default('America/New_York'),
  BILLING_HOUR: z.coerce.number().int().min(0).max(23).default(8),
  CLOCK_URL: address.optional(),
  METRICS_TOKEN: z.string().min(16).optional(),
  PORT: port(3000),
  SANDBOX_PORT: port(4010),
  SANDBOX_SMTP_PORT: port(4025),
  SANDBOX_API_KEY: z.string().default('sandbox-key'),
  SANDBOX_SIGNING_SECRET: z.string().default('sandbox-signing-secret'),
});

/** The settings of one process, read once at its start and passed down. */
export interface Env {
  databaseUrl: string;
  appUrl: string;
  appEnv: 'live' | 'demo' | 'test';
  authSecret: string;
  vaultKeys: string;
  truemed: {
    apiUrl: string;
    apiKey: string;
    signingSecrets: readonly string[];
    sharedSecrets: readonly string[];
    redirectOrigins: readonly string[];
    discountSign: number;
    maxConcurrency: number;
    maxRps: number;
  };
  handOver: 'automatic' | 'confirmed';
  handoverDays: number;
  /** What is billed of several periods that started unbilled, after downtime. */
  catchUp: CatchUp;
  smtpUrl: string;
  mailFrom: string;
  merchant: { name: string; timeZone: string; billingHour: number };
  clockUrl: string | null;
  /** What opens `/api/metrics`; null: nothing does. */
  metricsToken: string | null;
}

/**
 * Reads the variables of contract.md. Throws `configuration` with every problem named at once, and no value repeated; with
 * `APP_ENV=live` it also refuses what is only safe in a demo: no secrets, `CLOCK_URL`, addresses without TLS.
 */
export function readEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Variables.safeParse(given);
  const wrong = parsed.success
    ? []
    : parsed.error.issues.map((issue) => ({ name: issue.path.join('.'), says: issue.message }));
  const unsafe = unsafeSettings(given).filter(({ name }) => !wrong.some((problem) => problem.name === name));
  const problems = [...wrong, ...unsafe];
  if (!parsed.success || problems.length > 0) {
    const lines = problems.map(({ name, says }) => `  ${name}: ${says}`);
    throw new AppError('configuration', `Settings are wrong or missing:\n${lines.join('\n')}`);
  }
  const v = parsed.data;
  const appEnv = v.APP_ENV ?? 'demo';
  const apiUrl = v.TRUEMED_API_URL ?? `http://localhost:${v.SANDBOX_PORT}`;
  return {
    databaseUrl: v.DATABASE_URL,
    appUrl: v.APP_URL,
    appEnv,
    authSecret: v.AUTH_SECRET,
    vaultKeys: v.VAULT_KEYS,
    truemed: {
      apiUrl,
      apiKey: v.TRUEMED_API_KEY ?? v.SANDBOX_API_KEY,
      signingSecrets: v.TRUEMED_SIGNING_SECRETS.length > 0 ? v.TRUEMED_SIGNING_SECRETS : [v.SANDBOX_SIGNING_SECRET],
      sharedSecrets: v.TRUEMED_SHARED_SECRETS,
      redirectOrigins: v.TRUEMED_REDIRECT_ORIGINS.length > 0 ? v.TRUEMED_REDIRECT_ORIGINS : [new URL(apiUrl).origin],
      discountSign: v.TRUEMED_DISCOUNT_SIGN,
      maxConcurrency: v.TRUEMED_MAX_CONCURRENCY,
      maxRps: v.TRUEMED_MAX_RPS,
    },
    handOver: v.HAND_OVER,
    handoverDays: v.HANDOVER_DAYS,
    catchUp: v.CATCH_UP,
    smtpUrl: v.SMTP_URL ?? `smtp://localhost:${v.SANDBOX_SMTP_PORT}`,
    mailFrom: v.MAIL_FROM,
    merchant: { name: v.MERCHANT_NAME, timeZone: v.MERCHANT_TIME_ZONE, billingHour: v.BILLING_HOUR },
    clockUrl: v.CLOCK_URL ?? null,
    metricsToken: v.METRICS_TOKEN ?? null,
  };
}

type Problem = { name: string; says: string };

// Judged by the text as it was given, so that one wrong setting hides no other.
function unsafeSettings(given: Record<string, string | undefined>): Problem[] {
  if (given.APP_ENV === undefined && given.TRUEMED_API_KEY !== undefined) {
    return [{ name: 'APP_ENV', says: 'is required where TRUEMED_API_KEY is set; say live, demo or test' }];
  }
  if (given.APP_ENV !== 'live') return [];
  const isSecure = (address: string | undefined) => address?.startsWith('https:') ?? false;
  const secrets = (given.TRUEMED_SIGNING_SECRETS ?? '').split(',').filter((secret) => secret.trim() !== '');
  const origins = (given.TRUEMED_REDIRECT_ORIGINS ?? '').split(',').map((origin) => origin.trim());
  const rules: [name: string, holds: boolean, says: string][] = [
    ['CLOCK_URL', given.CLOCK_URL === undefined, 'must not be set, time is the system clock'],
    ['APP_URL', isSecure(given.APP_URL), 'is required and must begin with https:'],
    ['TRUEMED_API_URL', isSecure(given.TRUEMED_API_URL), 'is required and must begin with https:'],
    ['TRUEMED_API_KEY', given.TRUEMED_API_KEY !== undefined, 'is required'],
    ['TRUEMED_SIGNING_SECRETS', secrets.length > 0, 'is required'],
    ['SMTP_URL', given.SMTP_URL !== undefined, 'is required'],
    [
      'TRUEMED_REDIRECT_ORIGINS',
      origins.every((origin) => /^https:\/\/[a-z0-9.-]+$/.test(origin)),
      'is required: https origins without ports',
    ],
  ];
  return rules.filter(([, holds]) => !holds).map(([name, , says]) => ({ name, says }));
}
