import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { openVault } from './vault';

const secretOf = (byte: number) => Buffer.alloc(32, byte);
const keyOf = (id: string, byte: number) => `${id}:${secretOf(byte).toString('base64')}`;
const OLD = keyOf('k1', 1);
const NEW = keyOf('k2', 2);
const PLACE = 'payment_tokens.token:tok_0123456789abcdefghjkmn';

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'opened';
};

describe('what is sealed', () => {
  const vault = openVault(OLD);

  test('opens in its place, whatever bytes it has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, place) => {
        expect(vault.open(vault.seal(bytes, place), place).equals(bytes)).toBe(true);
      }),
    );
  });

  test('may be text, which comes back as its UTF-8 bytes', () => {
    expect(vault.open(vault.seal('Zoë – ½', PLACE), PLACE).toString()).toBe('Zoë – ½');
    expect(vault.open(vault.seal('', PLACE), PLACE)).toHaveLength(0);
  });

  test('looks different each time, and shows neither its text nor its key', () => {
    const sealed = Array.from({ length: 100 }, () => Buffer.from(vault.seal('tok_live_canary', PLACE)));
    expect(new Set(sealed.map((value) => value.toString('hex'))).size).toBe(100);
    for (const value of sealed) {
      expect(value.includes('canary')).toBe(false);
      expect(value.includes(secretOf(1).subarray(0, 8))).toBe(false);
    }
  });

  test('is AES-256-GCM as its description says', () => {
    const iv = Buffer.alloc(12, 7);
    const cipher = createCipheriv('aes-256-gcm', secretOf(1), iv).setAAD(Buffer.from(`k1|${PLACE}`));
    const body = Buffer.concat([cipher.update('by another hand'), cipher.final()]);
    const sealed = Buffer.concat([Buffer.from([2]), Buffer.from('k1'), iv, cipher.getAuthTag(), body]);
    expect(vault.open(sealed, PLACE).toString()).toBe('by another hand');
    expect(vault.seal('by another hand', PLACE)).toHaveLength(sealed.length);
  });
});

describe('what is sealed does not open', () => {
  const vault = openVault(OLD);
  const sealed = vault.seal('tok_live_1', PLACE);

  test.each([
    ['another row', 'payment_tokens.token:tok_zzzzzzzzzzzzzzzzzzzzzz'],
    ['another column', PLACE.replace('.token', '.lookup')],
    ['another table', PLACE.replace('payment_tokens', 'recovery_cases')],
    ['no place', ''],
    ['nearly its place', `${PLACE} `],
  ])('in %s', (_, place) => {
    expect(refusal(() => vault.open(sealed, place))).toMatch(/^configuration: A sealed value does not open/);
  });

  test('where two values were swapped', () => {
    const other = `${PLACE.slice(0, -1)}m`;
    const swapped = vault.seal('tok_live_2', other);
    expect(refusal(() => vault.open(swapped, PLACE))).toMatch(/^configuration/);
    expect(refusal(() => vault.open(sealed, other))).toMatch(/^configuration/);
  });

  test('with any one byte changed', () => {
    for (let index = 0; index < sealed.length; index += 1) {
      for (const flip of [0x01, 0x03, 0x80, 0xff]) {
        const changed = Uint8Array.from(sealed, (byte, position) => (position === index ? byte ^ flip : byte));
        expect(
          refusal(() => vault.open(changed, PLACE)),
          `byte ${index}`,
        ).toMatch(/^configuration/);
      }
    }
  });

  test('with its key id changed to that of another key', () => {
    const changed = Buffer.from(sealed);
    changed.write('k2', 1);
    expect(refusal(() => openVault(`${OLD},${NEW}`).open(changed, PLACE))).toMatch(/^configuration/);
  });

  test.each(['tok_live_1', ''])('cut short, nor with a byte more: %j', (text) => {
    const whole = vault.seal(text, PLACE);
    for (let length = 0; length < whole.length; length += 1) {
      expect(
        refusal(() => vault.open(whole.slice(0, length), PLACE)),
        `${length} bytes`,
      ).toMatch(/^configuration/);
    }
    expect(refusal(() => vault.open(Buffer.concat([whole, Buffer.from([0])]), PLACE))).toMatch(/^configuration/);
  });

  test('by a key of the same name and other bytes', () => {
    expect(refusal(() => openVault(keyOf('k1', 9)).open(sealed, PLACE))).toMatch(/^configuration/);
  });

  test('by chance: any bytes are refused as a setting that is wrong, never as a bug', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(refusal(() => vault.open(bytes, PLACE))).toMatch(/^configuration/);
      }),
    );
  });

  test('and what is said of it names the column, not the row, the text or the key', () => {
    const said = refusal(() => vault.open(sealed, 'payment_tokens.token:tok_other'));
    expect(said).toContain('payment_tokens.token');
    expect(said).not.toMatch(/tok_|live|AQEB/);
  });
});

describe('a new key', () => {
  const before = openVault(OLD);
  const during = openVault(`${NEW},${OLD}`);
  const afterwards = openVault(NEW);

  test('seals what is new, while the old one still opens what is old', () => {
    const old = before.seal('tok_live_1', PLACE);
    expect(during.open(old, PLACE).toString()).toBe('tok_live_1');
    const sealedAnew = during.seal('tok_live_1', PLACE);
    expect(afterwards.open(sealedAnew, PLACE).toString()).toBe('tok_live_1');
    expect(refusal(() => before.open(sealedAnew, PLACE))).toContain('"k2"');
  });

  test('alone does not open what is old: the missing key is named', () => {
    expect(refusal(() => afterwards.open(before.seal('x', PLACE), PLACE))).toBe(
      'configuration: The vault key "k1" that sealed a value is not in VAULT_KEYS.',
    );
  });
});

describe('a look-up', () => {
  const during = openVault(`${NEW},${OLD}`);

  test('is the same for the same text and key, and says nothing of the text', () => {
    const [lookup] = [openVault(OLD).lookup('maya@example.com')];
    expect(openVault(OLD).lookup('maya@example.com')).toBe(lookup);
    expect(lookup).toMatch(/^[0-9a-f]{64}$/);
    expect(openVault(OLD).lookup('Maya@example.com')).not.toBe(lookup);
    expect(openVault(NEW).lookup('maya@example.com')).not.toBe(lookup);
  });

  test('finds what an older key stored', () => {
    expect(during.lookups('tok_live_1')).toEqual([during.lookup('tok_live_1'), openVault(OLD).lookup('tok_live_1')]);
    expect(during.lookup('tok_live_1')).toBe(openVault(NEW).lookup('tok_live_1'));
  });

  test('is made with a key of its own, not with the one that seals', () => {
    expect(openVault(OLD).lookup('x')).not.toBe(createHmac('sha256', secretOf(1)).update('x').digest('hex'));
    const derived = Buffer.from(hkdfSync('sha256', secretOf(1), '', 'perennial lookup', 32));
    expect(openVault(OLD).lookup('x')).toBe(createHmac('sha256', derived).update('x').digest('hex'));
  });
});

describe('VAULT_KEYS', () => {
  test.each([OLD, `${OLD},${NEW}`, ` ${OLD} , ${NEW} `, keyOf('key_2026-01', 3), keyOf('k'.repeat(32), 4)])(
    '%s is taken',
    (keys) => {
      const vault = openVault(keys);
      expect(vault.open(vault.seal('x', PLACE), PLACE).toString()).toBe('x');
    },
  );

  test.each([
    ['nothing', ''],
    ['a comma', ','],
    ['a comma too many', `${OLD},`],
    ['no id', OLD.slice(3)],
    ['an empty id', OLD.slice(2)],
    ['an id with a space', keyOf('my key', 1)],
    ['an id that is too long', keyOf('k'.repeat(33), 1)],
    ['no key', 'k1'],
    ['an empty key', 'k1:'],
    ['31 bytes', `k1:${Buffer.alloc(31, 1).toString('base64')}`],
    ['33 bytes', `k1:${Buffer.alloc(33, 1).toString('base64')}`],
    ['hex', `k1:${secretOf(1).toString('hex')}`],
    ['a part too many', `${OLD}:more`],
    ['letters that are not base64', `k1:!!${OLD.slice(3)}`],
    ['two keys of one name', `${OLD},${keyOf('k1', 2)}`],
  ])('refuses %s, and does not repeat it', (_, keys) => {
    const said = refusal(() => openVault(keys));
    expect(said).toMatch(/^configuration: VAULT_KEYS/);
    expect(said).not.toContain(secretOf(1).toString('base64').slice(0, 20));
  });
});
