import { expect, test } from 'vitest';
import { hashOfSession, newSessionToken, sessionCookie, sessionEnd } from './session-cookie';

test('under TLS the cookie is bound to its host, secure, and unreadable for scripts', () => {
  expect(sessionCookie('https://shop.example')).toEqual({
    name: '__Host-perennial-session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true },
  });
});

test('over plain HTTP it has no prefix, because no browser would take it', () => {
  expect(sessionCookie('http://localhost:3000')).toEqual({
    name: 'perennial-session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: false },
  });
});

test('a session ends thirty days after it began', () => {
  expect(sessionEnd(newSessionToken(new Date('2027-01-12T14:00:00Z')))).toEqual(new Date('2027-02-11T14:00:00Z'));
});

test('no two sessions have one token', () => {
  const now = new Date('2027-01-12T14:00:00Z');
  expect(newSessionToken(now)).not.toBe(newSessionToken(now));
});

test('a later beginning makes another hash, so nobody prolongs a session by hand', () => {
  const token = newSessionToken(new Date('2027-01-12T14:00:00Z'));
  const later = token.replace(/\d+$/, (seconds) => String(Number(seconds) + 86_400));
  expect(hashOfSession(later)).not.toBe(hashOfSession(token));
});

test.each(['', 'x', '.1799762400', `${'a'.repeat(43)}.`, `${'a'.repeat(43)}.99999999999`, `${'a'.repeat(43)}.-1`])(
  '%j is no session',
  (token) => {
    expect(sessionEnd(token)).toBeNull();
  },
);
