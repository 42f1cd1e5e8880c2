import { z } from 'zod';
import { AppError } from '@/lib/core/errors';

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

/** The variables of contract.md, with their defaults. What `live` adds is in `refuseUnsafe`. */
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
  HANDOVER_DAYS: z.coerce.number().int().min(0).max(60).default(3),
  TRUEMED_MAX_CONCURRENCY: z.coerce.number().int().min(1).max(500).default(16),
  TRUEMED_MAX_RPS: z.coerce.number().min(0.1).max(10_000).default(20),
  SMTP_URL: z.string().optional(),
  MAIL_FROM: z.string().default('Alder Health <care@alderhealth.example>'),
  MERCHANT_NAME: z.string().min(1).default('Alder Health'),
  MERCHANT_TIME_ZONE: z.string().default('America/New_York'),
  BILLING_HOUR: z.coerce.number().int().min(0).max(23).default(8),
  CLOCK_URL: address.optional(),
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
  smtpUrl: string;
  mailFrom: string;
  merchant: { name: string; timeZone: string; billingHour: number };
  clockUrl: string | null;
}

/**
 * Reads the variables of contract.md. Throws `configuration` with every problem named at once; with `APP_ENV=live` it
 * also refuses what is only safe in a demo: no secrets, `CLOCK_URL`, addresses without TLS.
 */
export function readEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Variables.safeParse(given);
  if (!parsed.success) {
    throw misconfigured(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const v = parsed.data;
  if (v.APP_ENV === undefined && v.TRUEMED_API_KEY !== undefined) {
    throw misconfigured(['APP_ENV: is required where TRUEMED_API_KEY is set; say live, demo or test']);
  }
  const appEnv = v.APP_ENV ?? 'demo';
  if (appEnv === 'live') refuseUnsafe(v);
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
    smtpUrl: v.SMTP_URL ?? `smtp://localhost:${v.SANDBOX_SMTP_PORT}`,
    mailFrom: v.MAIL_FROM,
    merchant: { name: v.MERCHANT_NAME, timeZone: v.MERCHANT_TIME_ZONE, billingHour: v.BILLING_HOUR },
    clockUrl: v.CLOCK_URL ?? null,
  };
}

function refuseUnsafe(v: z.infer<typeof Variables>): void {
  const problems: string[] = [];
  const need = (ok: boolean, problem: string) => {
    if (!ok) problems.push(problem);
  };
  need(v.CLOCK_URL === undefined, 'CLOCK_URL: must not be set, time is the system clock');
  need(v.APP_URL.startsWith('https:'), 'APP_URL: must begin with https:');
  need(v.TRUEMED_API_URL?.startsWith('https:') ?? false, 'TRUEMED_API_URL: is required and must begin with https:');
  need(v.TRUEMED_API_KEY !== undefined, 'TRUEMED_API_KEY: is required');
  need(v.TRUEMED_SIGNING_SECRETS.length > 0, 'TRUEMED_SIGNING_SECRETS: is required');
  need(v.SMTP_URL !== undefined, 'SMTP_URL: is required');
  need(v.TRUEMED_REDIRECT_ORIGINS.length > 0, 'TRUEMED_REDIRECT_ORIGINS: is required');
  for (const origin of v.TRUEMED_REDIRECT_ORIGINS) {
    need(
      /^https:\/\/[a-z0-9.-]+$/.test(origin),
      `TRUEMED_REDIRECT_ORIGINS: ${origin} is not an https origin without a port`,
    );
  }
  if (problems.length > 0) throw misconfigured(problems);
}

function misconfigured(problems: string[]): AppError {
  return new AppError('configuration', `Settings are wrong or missing:\n  ${problems.join('\n  ')}`);
}
