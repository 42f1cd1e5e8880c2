import { describe, expect, test } from 'vitest';
import { isOwnPost } from './origin';

const APP_URL = 'https://shop.example';
const isOwn = (headers: Record<string, string>) => isOwnPost(new Headers(headers), APP_URL);

describe('a form', () => {
  test('of our own page is taken', () => {
    expect(isOwn({ origin: 'https://shop.example' })).toBe(true);
    expect(isOwn({ origin: 'https://shop.example', 'sec-fetch-site': 'same-origin' })).toBe(true);
  });

  test.each([
    [{}],
    [{ origin: 'null' }],
    [{ origin: '' }],
    [{ origin: 'http://shop.example' }],
    [{ origin: 'https://shop.example:8443' }],
    [{ origin: 'https://other.shop.example' }],
    [{ origin: 'https://shop.example.evil.example' }],
    [{ referer: 'https://shop.example/account' }],
    [{ origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' }],
  ])('with %j is refused', (headers: Record<string, string>) => {
    expect(isOwn(headers)).toBe(false);
  });
});
