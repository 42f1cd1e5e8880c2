import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '@/lib/core/errors';

/**
 * AES-256-GCM with a random 96-bit IV. A sealed value is: length of the key id, the key id, IV, tag, ciphertext. The place
 * where it is stored (`table.column:row id`) is bound to it, so a value moved to another row does not open.
 */
export interface Vault {
  /** Seals text or bytes for one place. */
  seal(plain: string | Uint8Array, place: string): Uint8Array;
  /** Opens what was sealed for this place. Throws `configuration` where its key is missing, or the value was moved or changed. */
  open(sealed: Uint8Array, place: string): Buffer;
  /** A keyed hash for look-ups by equality, under the newest key. */
  lookup(text: string): string;
  /** The hashes of one text under every key, for finding what an older key stored. */
  lookups(text: string): string[];
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Makes the vault from VAULT_KEYS: comma-separated `id:base64(32 bytes)`; the first seals, all open. Throws `configuration` on anything else. */
export function openVault(vaultKeys: string): Vault {
  const keys = vaultKeys.split(',').map(parseKey);
  const [first] = keys;
  if (first === undefined) throw new AppError('configuration', 'VAULT_KEYS holds no key.');
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    throw new AppError('configuration', 'VAULT_KEYS names two keys alike.');
  return {
    seal: (plain, place) => seal(first, plain, place),
    open: (sealed, place) => open(keys, sealed, place),
    lookup: (text) => lookup(first, text),
    lookups: (text) => keys.map((key) => lookup(key, text)),
  };
}

interface Key {
  id: string;
  secret: Buffer;
  lookupSecret: Buffer;
}

function parseKey(text: string): Key {
  const [, id = '', encoded = ''] = /^([a-zA-Z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)$/.exec(text.trim()) ?? [];
  const secret = Buffer.from(encoded, 'base64');
  if (secret.length !== 32) {
    throw new AppError('configuration', 'VAULT_KEYS must be comma-separated id:base64 pairs, 32 bytes each.');
  }
  return { id, secret, lookupSecret: Buffer.from(hkdfSync('sha256', secret, '', 'perennial lookup', 32)) };
}

function seal(key: Key, plain: string | Uint8Array, place: string): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.secret, iv);
  cipher.setAAD(Buffer.from(`${key.id}|${place}`));
  const body = Buffer.concat([cipher.update(typeof plain === 'string' ? Buffer.from(plain) : plain), cipher.final()]);
  return Buffer.concat([Buffer.from([key.id.length]), Buffer.from(key.id), iv, cipher.getAuthTag(), body]);
}

function open(keys: readonly Key[], sealed: Uint8Array, place: string): Buffer {
  const value = Buffer.from(sealed);
  const idEnd = 1 + (value[0] ?? 0);
  const id = value.subarray(1, idEnd).toString();
  const key = keys.find((candidate) => candidate.id === id);
  if (key === undefined)
    throw new AppError(
      'configuration',
      `The vault key ${JSON.stringify(id)} that sealed a value is not in VAULT_KEYS.`,
    );
  const iv = value.subarray(idEnd, idEnd + IV_BYTES);
  const tag = value.subarray(idEnd + IV_BYTES, idEnd + IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.secret, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(`${key.id}|${place}`));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(value.subarray(idEnd + IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new AppError('configuration', `A sealed value does not open in its place (${place.split(':')[0]}).`, {
      cause,
    });
  }
}

function lookup(key: Key, text: string): string {
  return createHmac('sha256', key.lookupSecret).update(text).digest('hex');
}
