import { expect, test } from 'vitest';
import { ownPath } from './return-path';

test.each([
  ['/account', '/account'],
  ['/account/subscriptions/sub_1?from=truemed', '/account/subscriptions/sub_1?from=truemed'],
  ['/admin/../account', '/account'],
  ['/', '/'],
])('%s is a path of ours', (text, path) => {
  expect(ownPath(text)).toBe(path);
});

test.each([
  '',
  'account',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  '/%2e//evil.example',
  'https://evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  '/\t/evil.example',
  '/\n//evil.example',
  ' /account',
  '/account\u3002example',
  '/\uFF0Fevil.example',
  '@evil.example',
  '/api/auth/signout',
  '/sign-in',
  '/sign-in?callbackUrl=/sign-in',
  '/_next/static',
  `/${'a'.repeat(1_000)}`,
])('%j is none', (text) => {
  expect(ownPath(text)).toBeNull();
});

test('nothing is none', () => {
  expect(ownPath(null)).toBeNull();
  expect(ownPath(undefined)).toBeNull();
});
