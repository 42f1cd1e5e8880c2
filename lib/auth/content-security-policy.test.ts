import { expect, test } from 'vitest';
import { contentSecurityPolicy } from './content-security-policy';

const FACTS = {
  nonce: 'bm9uY2U=',
  truemedOrigins: ['https://app.truemed.example'],
  styleHashes: ['sha256-c3R5bGU='],
  isDevelopment: false,
};

test('a page may run its own scripts by nonce, and frame and post to Truemed', () => {
  expect(contentSecurityPolicy({ ...FACTS, appUrl: 'https://shop.example' }).split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic'",
    "style-src 'self' 'nonce-bm9uY2U=' 'sha256-c3R5bGU='",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    'frame-src https://app.truemed.example',
    "form-action 'self' https://app.truemed.example",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    'upgrade-insecure-requests',
  ]);
});

test('only development evaluates code, and only TLS upgrades', () => {
  const development = contentSecurityPolicy({ ...FACTS, appUrl: 'http://localhost:3000', isDevelopment: true });
  expect(development).toContain("'unsafe-eval'");
  expect(development).not.toContain('upgrade-insecure-requests');
});
