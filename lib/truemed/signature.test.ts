import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  API_KEY_HEADER,
  isKnownSecret,
  LATE_LIMIT_SECONDS,
  SIGNATURE_HEADER,
  type SignatureVerdict,
  signatureHeader,
  signPayload,
  TOLERANCE_SECONDS,
  verifySignature,
} from './signature';

const T = 1_732_100_000;
const SECRET = 'whsec_first';
const OLD = 'zweites-Geheimnis-ü';
const text =
  '{"webhook_delivery_id":"d1","event_type":"payment_session.updated","data":{"payment_id":"ps_1","status":"captured"}}';
const body = Buffer.from(text);
const at = (seconds: number) => new Date((T + seconds) * 1000);

/** The signature by another road: one text through node:crypto, not our two updates. */
const hmac = (secret: string, signed: string | Buffer) => createHmac('sha256', secret).update(signed).digest('hex');
const good = hmac(SECRET, `${T}.${text}`);
const goodOld = hmac(OLD, `${T}.${text}`);
const zeros = '0'.repeat(64);

const verify = (header: string, given: { body?: Uint8Array; secrets?: string[]; now?: Date } = {}) =>
  verifySignature(header, given.body ?? body, given.secrets ?? [SECRET], given.now ?? at(0));
const ok: SignatureVerdict = { ok: true, timestamp: T, late: false };
const refused = (reason: 'malformed' | 'no_match' | 'too_old' | 'too_new'): SignatureVerdict => ({ ok: false, reason });

describe('known answers, made with other tools', () => {
  test.each([
    [SECRET, text, '2e91d48c3df7555646915ecb597578dbf7a89599d79ec062d5c6773ec3e54eab'],
    [OLD, text, 'e8f33c7ff71bd4d9fee4f141cf2f790edb18ff87653f9f1f9a758a0b0f856d71'],
    [SECRET, '', '70b39e00895d8292f3a1387323a5147dab0190cce9b40c80de069cf97ff1f821'],
  ])('of the secret %s over %j', (secret, payload, expected) => {
    expect(signPayload(secret, String(T), Buffer.from(payload))).toBe(expected);
    expect(hmac(secret, `${T}.${payload}`)).toBe(expected);
  });

  test('any secret and any bytes give what node:crypto gives', () => {
    const secrets = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(secrets, fc.nat(), fc.uint8Array(), (secret, t, bytes) => {
        const expected = hmac(secret, Buffer.concat([Buffer.from(`${t}.`), bytes]));
        expect(signPayload(secret, String(t), bytes)).toBe(expected);
        expect(signatureHeader([secret], t, bytes)).toBe(`t=${t},v1=${expected}`);
        expect(verifySignature(`t=${t},v1=${expected}`, bytes, [secret], new Date(t * 1000)).ok).toBe(true);
      }),
    );
  });

  test('the headers are those of truemed-api.md', () => {
    expect([SIGNATURE_HEADER, API_KEY_HEADER]).toEqual(['x-truemed-signature', 'x-truemed-api-key']);
  });
});

describe('a delivery passes', () => {
  test.each<[string, string, string[]?]>([
    ['with one signature', `t=${T},v1=${good}`],
    ['signed by the second of our secrets', `t=${T},v1=${goodOld}`, [SECRET, OLD]],
    ['with the signatures of two secrets, of which we know the first', `t=${T},v1=${good},v1=${goodOld}`],
    ['with the signatures of two secrets, of which we know the second', `t=${T},v1=${goodOld},v1=${good}`],
    ['with two signatures and two secrets in the other order', `t=${T},v1=${goodOld},v1=${good}`, [SECRET, OLD]],
    ['with a valid signature after wrong ones', `t=${T},v1=${zeros},v1=${'f'.repeat(64)},v1=${good}`],
    ['with a valid signature after a truncated one', `t=${T},v1=${good.slice(0, 32)},v1=${good}`],
    ['with a version that we do not know before it', `t=${T},v2=${good},v1a=x,v1=${good}`],
    ['with keys that we do not know', `t=${T},kid=7,v1=${good},nonce=a=b=c`],
    ['with the timestamp last', `v1=${good},t=${T}`],
    ['with spaces around its elements', ` t=${T} , v1=${good} `],
    ['with empty elements', `,t=${T},,v1=${good},`],
    ['with capitals in its hex', `t=${T},v1=${good.toUpperCase()}`],
  ])('%s', (_, header, secrets) => {
    expect(verify(header, secrets === undefined ? {} : { secrets })).toEqual(ok);
  });

  test('with an empty body', () => {
    const empty = new Uint8Array();
    expect(verify(signatureHeader([SECRET], T, empty), { body: empty })).toEqual(ok);
  });

  test('with bytes that are not UTF-8, for the bytes are signed', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
    expect(verify(signatureHeader([SECRET, OLD], T, bytes), { body: bytes, secrets: [OLD] })).toEqual(ok);
  });
});

describe('a delivery is refused', () => {
  test.each<[string, string, 'malformed' | 'no_match']>([
    ['without a header', '', 'malformed'],
    ['without a timestamp', `v1=${good}`, 'malformed'],
    ['without a signature', `t=${T}`, 'malformed'],
    ['with an empty signature', `t=${T},v1=`, 'malformed'],
    ['with a truncated signature', `t=${T},v1=${good.slice(0, -2)}`, 'malformed'],
    ['with half a byte less', `t=${T},v1=${good.slice(0, -1)}`, 'malformed'],
    ['with a longer signature', `t=${T},v1=${good}00`, 'malformed'],
    ['with a signature in base64', `t=${T},v1=${Buffer.from(good, 'hex').toString('base64')}`, 'malformed'],
    ['with no hex in its signature', `t=${T},v1=${'g'.repeat(64)}`, 'malformed'],
    ['with a version that we do not know only', `t=${T},v2=${good}`, 'malformed'],
    ['with the bare signature', good, 'malformed'],
    ['with a timestamp in words', `t=yesterday,v1=${hmac(SECRET, `yesterday.${text}`)}`, 'malformed'],
    ['with an empty timestamp', `t=,v1=${hmac(SECRET, `.${text}`)}`, 'malformed'],
    ['with a negative timestamp', `t=-1,v1=${hmac(SECRET, `-1.${text}`)}`, 'malformed'],
    ['with a broken timestamp', `t=${T}.5,v1=${hmac(SECRET, `${T}.5.${text}`)}`, 'malformed'],
    ['with a timestamp in hex', `t=0x10,v1=${hmac(SECRET, `0x10.${text}`)}`, 'malformed'],
    ['with a timestamp of a hundred digits', `t=${'9'.repeat(100)},v1=${good}`, 'malformed'],
    ['with two timestamps', `t=${T},t=${T},v1=${good}`, 'malformed'],
    ['with two different timestamps', `t=${T},t=${T + 1},v1=${good}`, 'malformed'],
    ['with a T for a t', `T=${T},v1=${good}`, 'malformed'],
    ['with a wrong signature', `t=${T},v1=${zeros}`, 'no_match'],
    ['signed by a secret that was retired', `t=${T},v1=${goodOld}`, 'no_match'],
    ['with the signature of another moment', `t=${T + 1},v1=${good}`, 'no_match'],
    ['signed without its timestamp', `t=${T},v1=${hmac(SECRET, text)}`, 'no_match'],
    ['with the same number written otherwise', `t=0${T},v1=${good}`, 'no_match'],
  ])('%s', (_, header, reason) => {
    expect(verify(header)).toEqual(refused(reason));
  });

  test.each([
    ['a space', text.replace(':', ': ')],
    ['a line break at the end', `${text}\n`],
    ['keys in another order', JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).toReversed()))],
    ['an escaped letter', text.replace('captured', '\\u0063aptured')],
    ['a byte-order mark', `\uFEFF${text}`],
  ])('whose body a proxy wrote anew: %s', (_, written) => {
    expect(written).not.toBe(text);
    expect(verify(`t=${T},v1=${good}`, { body: Buffer.from(written) })).toEqual(refused('no_match'));
  });

  test('where we have no secret', () => {
    expect(verify(`t=${T},v1=${good}`, { secrets: [] })).toEqual(refused('no_match'));
  });

  test('and an empty secret is a mistake in the settings, not a way in', () => {
    const header = `t=${T},v1=${hmac('', `${T}.${text}`)}`;
    expect(() => verify(header, { secrets: [''] })).toThrow(/empty/);
    expect(() => verify(header, { secrets: [SECRET, ''] })).toThrow(/empty/);
    expect(() => signPayload('', String(T), body)).toThrow(/empty/);
    expect(() => signatureHeader([SECRET, ''], T, body)).toThrow(/empty/);
  });
});

describe('the age of a delivery', () => {
  const header = signatureHeader([SECRET], T, body);
  const MINUTE = 60;
  const DAY = 24 * 60 * MINUTE;

  test.each<[string, number, SignatureVerdict]>([
    ['of this second', 0, ok],
    ['five minutes old', 5 * MINUTE, ok],
    ['a second older', 5 * MINUTE + 1, { ...ok, late: true }],
    ['an hour old', 60 * MINUTE, { ...ok, late: true }],
    ['6.9 days old, with the timestamp of its first try', 6.9 * DAY, { ...ok, late: true }],
    ['eight days old', 8 * DAY, { ...ok, late: true }],
    ['a second older than eight days', 8 * DAY + 1, refused('too_old')],
    ['a year old', 365 * DAY, refused('too_old')],
    ['five minutes ahead', -5 * MINUTE, ok],
    ['a second further ahead', -5 * MINUTE - 1, refused('too_new')],
    ['a year ahead', -365 * DAY, refused('too_new')],
  ])('%s', (_, age, verdict) => {
    expect(verify(header, { now: at(age) })).toEqual(verdict);
  });

  test('is told only of what was signed: a stale forgery is a forgery', () => {
    expect(verify(`t=${T},v1=${zeros}`, { now: at(9 * DAY) })).toEqual(refused('no_match'));
  });

  test('in milliseconds is no timestamp', () => {
    expect(verify(signatureHeader([SECRET], T * 1000, body), { now: at(0) })).toEqual(refused('malformed'));
  });

  test('has the limits of contract.md', () => {
    expect([TOLERANCE_SECONDS, LATE_LIMIT_SECONDS]).toEqual([5 * MINUTE, 8 * DAY]);
  });
});

describe('a change of one byte', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });

  test('of the body is found', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, position, flip) => {
        const header = signatureHeader([SECRET, OLD], T, given);
        const changed = given.map((byte, index) => (index === position % given.length ? byte ^ flip : byte));
        expect(verify(header, { body: changed, secrets: [SECRET, OLD] })).toEqual(refused('no_match'));
      }),
      { numRuns: 500 },
    );
  });

  test('of the timestamp is found, whatever the byte', () => {
    const header = `t=${T},v1=${good}`;
    for (let index = 2; index < 2 + String(T).length; index += 1) {
      for (let code = 0; code < 256; code += 1) {
        const changed = header.slice(0, index) + String.fromCharCode(code) + header.slice(index + 1);
        if (changed !== header && verify(changed).ok) throw new Error(`${JSON.stringify(changed)} passed`);
      }
    }
  });

  test('of the signature is found', () => {
    for (let index = 0; index < good.length; index += 1) {
      for (const digit of '0123456789abcdef') {
        const changed = good.slice(0, index) + digit + good.slice(index + 1);
        expect(verify(`t=${T},v1=${changed}`).ok).toBe(changed === good);
      }
    }
  });

  test('of the secret is found, and so is what is added to body or cut from it', () => {
    fc.assert(
      fc.property(bytes, fc.uint8Array({ minLength: 1, maxLength: 5 }), (given, more) => {
        const header = signatureHeader([SECRET], T, given);
        expect(verify(header, { body: given, secrets: [`${SECRET} `] }).ok).toBe(false);
        expect(verify(header, { body: Buffer.concat([given, more]) }).ok).toBe(false);
        expect(verify(header, { body: given.subarray(1) }).ok).toBe(false);
      }),
    );
  });
});

test('no header, however it is written, makes the verifier throw or pass', () => {
  const element = fc.constantFrom('t', 'v1', '=', ',', ' ', String(T), good.slice(0, 63), '\u0000', 'ü', zeros, 'v2');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(element).map((parts) => parts.join('')),
      ),
      (header) => {
        expect(verify(header).ok).toBe(false);
      },
    ),
    { numRuns: 2000 },
  );
});

describe('a shared secret', () => {
  test.each<[string, string, string[], boolean]>([
    ['that is ours', 'shared-1', ['shared-1'], true],
    ['that is one of ours', 'shared-2', ['shared-1', 'shared-2'], true],
    ['of another length', 'shared-11', ['shared-1'], false],
    ['that begins like ours', 'shared', ['shared-1'], false],
    ['in other letters', 'SHARED-1', ['shared-1'], false],
    ['that is empty', '', ['shared-1'], false],
    ['that is empty, where one of ours is', '', ['', 'shared-1'], false],
    ['where we have none', 'shared-1', [], false],
    ['of the same length in characters and not in bytes', 'shared-ü', ['shared-u'], false],
  ])('%s', (_, presented, secrets, known) => {
    expect(isKnownSecret(presented, secrets)).toBe(known);
  });
});
