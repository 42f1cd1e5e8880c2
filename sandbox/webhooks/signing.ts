import { createHmac } from 'node:crypto';
import { signatureHeader } from '@/lib/truemed/signature';
import type { SwitchValues } from '../switches';

type Signing = Pick<SwitchValues, 'signatureTimeUnit' | 'signatureEncoding' | 'signingSecretAs'>;

/**
 * The signature header of a body (section 7.2): as our own check of signatures reads it, or as the switches say that
 * Truemed may write it instead.
 */
export function signatureHeaderOf(
  secrets: readonly string[],
  seconds: number,
  body: string,
  switches: Signing,
): string {
  const { signatureTimeUnit, signatureEncoding, signingSecretAs } = switches;
  if (signatureTimeUnit === 'seconds' && signatureEncoding === 'hex' && signingSecretAs === 'text') {
    return signatureHeader(secrets, seconds, Buffer.from(body));
  }
  const t = signatureTimeUnit === 'seconds' ? String(seconds) : String(seconds * 1000);
  const signatures = secrets.map((secret) => {
    const signature = createHmac('sha256', keyOf(secret, signingSecretAs)).update(`${t}.${body}`);
    return `v1=${signature.digest(signatureEncoding)}`;
  });
  return [`t=${t}`, ...signatures].join(',');
}

function keyOf(secret: string, form: Signing['signingSecretAs']): string | Buffer {
  if (form === 'text') return secret;
  const bare = secret.slice(secret.lastIndexOf('_') + 1);
  return form === 'base64' ? Buffer.from(bare, 'base64') : bare;
}
