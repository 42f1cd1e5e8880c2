import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAllowedRedirect } from './redirect';

const ORIGINS = ['https://hosted.truemed.example', 'http://localhost:4010'];

describe('a link of Truemed that a browser may follow', () => {
  test.each([
    'https://hosted.truemed.example',
    'https://hosted.truemed.example/',
    'https://hosted.truemed.example/repair/8f1c?step=card#top',
    'https://hosted.truemed.example:443/repair',
    'https://HOSTED.Truemed.Example/repair',
    'https://hosted.truemed.example/a@b',
    'https://hosted.truemed.example/?next=https://evil.example',
    'https://hosted.truemed.example/caf%C3%A9/ü',
    'http://localhost:4010/provision/1',
  ])('%s', (url) => {
    expect(isAllowedRedirect(url, ORIGINS)).toBe(true);
  });
});

describe('a link that no browser may follow', () => {
  test.each<[string, string[]]>([
    ['another host', ['https://evil.example', 'https://evil.example/hosted.truemed.example']],
    [
      'a host that looks like it',
      [
        'https://hosted.truemed.example.evil.example/',
        'https://xhosted.truemed.example',
        'https://truemed.example',
        'https://sub.hosted.truemed.example/',
        'https://hosted-truemed.example/',
        'https://hosted.truemed.example./',
        'https://hosted.truemed.examp1e/',
      ],
    ],
    [
      'dots and letters of Unicode',
      [
        'https://evil。example/',
        'https://hosted.truemed.example。evil.example/',
        'https://hosted.truemed.example．evil.example/',
        'https://hosted.truemed.example｡evil.example/',
        'https://hosted.truеmed.example/',
        'https://hosted.truemed.example℀.evil.example/',
      ],
    ],
    [
      'user info',
      [
        'https://hosted.truemed.example@evil.example/',
        'https://hosted.truemed.example%40evil.example/',
        'https://hosted.truemed.example:pass@evil.example/',
        'https://user@hosted.truemed.example/',
        'https://user:pass@hosted.truemed.example/',
        'https://:pass@hosted.truemed.example/',
        'https://evil.example#@hosted.truemed.example/',
        'https://evil.example?@hosted.truemed.example/',
        'https://evil.example\\@hosted.truemed.example/',
      ],
    ],
    [
      'no scheme',
      [
        '//evil',
        '//hosted.truemed.example/',
        '\\\\evil',
        '/\\evil',
        '///evil',
        '/account',
        'evil.example',
        '',
        ' ',
        '?x',
        '#',
      ],
    ],
    [
      'a scheme without its slashes, which a browser reads as a path of ours',
      [
        'https:evil',
        'https:/evil.example',
        'https:hosted.truemed.example/repair',
        'https:/hosted.truemed.example/repair',
      ],
    ],
    [
      'a scheme that runs or holds something',
      [
        'javascript:alert(1)',
        'JaVaScRiPt:alert(1)',
        'java\nscript:alert(1)',
        ' javascript:alert(1)',
        'javascript://hosted.truemed.example/%0aalert(1)',
        'data:text/html,<script>alert(1)</script>',
        'vbscript:msgbox(1)',
        'file:///etc/passwd',
        'ftp://hosted.truemed.example/',
        'blob:https://hosted.truemed.example/8f1c',
        'view-source:https://hosted.truemed.example/',
        'ws://hosted.truemed.example/',
        'intent://hosted.truemed.example/#Intent;end',
      ],
    ],
    [
      'another port or another scheme',
      [
        'https://hosted.truemed.example:8443/',
        'https://hosted.truemed.example:0/',
        'https://hosted.truemed.example:99999/',
        'http://hosted.truemed.example/',
        'http://hosted.truemed.example:443/',
        'http://localhost/',
        'http://localhost:4011/',
        'https://localhost:4010/',
        'http://127.0.0.1:4010/',
      ],
    ],
    [
      'characters that a header must not hold',
      [
        'https://hosted.truemed.example/\r\nset-cookie: a=b',
        'https://hosted.truemed.example/\nx',
        'https://hosted.truemed.example/\tx',
        'https://hosted.true\nmed.example/',
        '\u0001https://hosted.truemed.example/',
      ],
    ],
  ])('%s', (_, urls) => {
    expect(urls.filter((url) => isAllowedRedirect(url, ORIGINS))).toEqual([]);
  });

  test('any, where no origin is allowed', () => {
    expect(isAllowedRedirect('https://hosted.truemed.example/', [])).toBe(false);
    expect(isAllowedRedirect('https://hosted.truemed.example/', [''])).toBe(false);
  });

  test('an opaque origin is not allowed by the word null', () => {
    expect(isAllowedRedirect('data:text/html,x', ['null'])).toBe(false);
    expect(isAllowedRedirect('javascript:alert(1)', ['null'])).toBe(false);
  });
});

test('what passes leads a browser that stands on our page to an allowed origin, and nothing else does', () => {
  const part = fc.constantFrom(
    ...['https:', 'http:', 'javascript:', '//', '/', '\\', '\\\\', '@', ':', '#', '?', '.', '。', '\t', ' ', '%2f'],
    ...['hosted.truemed.example', 'localhost:4010', 'evil.example', 'user', '443', '8443', 'a'],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
      const url = parts.join('');
      if (!isAllowedRedirect(url, ORIGINS)) return;
      expect(ORIGINS).toContain(new URL(url, 'https://shop.example/go/1').origin);
    }),
    { numRuns: 20_000 },
  );
});
