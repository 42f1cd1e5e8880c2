import { z } from 'zod';

/** How one sandbox is set up. A port of 0 takes any free one. */
export interface SandboxOptions {
  /** Interface to listen on. The control API has no password, so the default is this machine only. */
  host: string;
  port: number;
  smtpPort: number;
  /** The only accepted value of `x-truemed-api-key`. */
  apiKey: string;
  /** Signs deliveries to every one of `webhookUrls`; the control API can give each endpoint secrets of its own. */
  signingSecret: string;
  webhookUrls: readonly string[];
  /** Folder of the journal, or `memory` to keep nothing. */
  data: string;
  /** Origin that customers' browsers see, used in every `redirect_url`; null means the address it listens on. */
  publicUrl: string | null;
  /** The shop's name on the hosted pages. */
  merchantName: string;
}

/** What holds where neither the caller nor the environment says otherwise. */
export const DEFAULT_OPTIONS: SandboxOptions = {
  host: '127.0.0.1',
  port: 4010,
  smtpPort: 4025,
  apiKey: 'sandbox-key',
  signingSecret: 'sandbox-signing-secret',
  webhookUrls: ['http://localhost:3000/api/webhooks/truemed'],
  data: '.data/sandbox',
  publicUrl: null,
  merchantName: 'Alder Health',
};

const Port = z.coerce.number().int().min(0).max(65_535);
const Url = z.url({ protocol: /^https?$/ });

const Environment = z.object({
  SANDBOX_HOST: z.string().default(DEFAULT_OPTIONS.host),
  SANDBOX_PORT: Port.default(DEFAULT_OPTIONS.port),
  SANDBOX_SMTP_PORT: Port.default(DEFAULT_OPTIONS.smtpPort),
  SANDBOX_API_KEY: z.string().default(DEFAULT_OPTIONS.apiKey),
  SANDBOX_SIGNING_SECRET: z.string().default(DEFAULT_OPTIONS.signingSecret),
  SANDBOX_WEBHOOK_URLS: z
    .string()
    .default(DEFAULT_OPTIONS.webhookUrls.join(','))
    .transform((list) =>
      list
        .split(',')
        .map((url) => url.trim())
        .filter((url) => url !== ''),
    )
    .pipe(z.array(Url)),
  SANDBOX_DATA: z.string().default(DEFAULT_OPTIONS.data),
  SANDBOX_PUBLIC_URL: Url.transform((url) => new URL(url).origin)
    .optional()
    .transform((url) => url ?? null),
  MERCHANT_NAME: z.string().default(DEFAULT_OPTIONS.merchantName),
});

/** Reads the variables that contract.md lists; an empty one counts as absent. Throws a message that names each bad variable. */
export function readOptions(env: Record<string, string | undefined>): SandboxOptions {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  }
  return {
    host: parsed.data.SANDBOX_HOST,
    port: parsed.data.SANDBOX_PORT,
    smtpPort: parsed.data.SANDBOX_SMTP_PORT,
    apiKey: parsed.data.SANDBOX_API_KEY,
    signingSecret: parsed.data.SANDBOX_SIGNING_SECRET,
    webhookUrls: parsed.data.SANDBOX_WEBHOOK_URLS,
    data: parsed.data.SANDBOX_DATA,
    publicUrl: parsed.data.SANDBOX_PUBLIC_URL,
    merchantName: parsed.data.MERCHANT_NAME,
  };
}
