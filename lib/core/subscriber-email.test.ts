import { describe, expect, it } from 'vitest';
import { normalEmail } from './subscriber-email';

describe('an e-mail address', () => {
  it.each([
    ['  Maya.Okafor@Example.COM ', 'maya.okafor@example.com'],
    ["O'Neill@example.com", "o'neill@example.com"],
    ['maya+hsa@mail.example.co.uk', 'maya+hsa@mail.example.co.uk'],
    ['josé@example.com', 'josé@example.com'],
    ['jose\u0301@example.com', 'josé@example.com'],
    ['NGUYỄN@example.com', 'nguyễn@example.com'],
  ])('%j names %j', (written, normal) => {
    expect(normalEmail(written)).toBe(normal);
  });

  it.each([
    '',
    'not-an-address',
    'a@b@c.com',
    '@example.com',
    'maya@',
    'maya@example',
    'maya@example..com',
    '.maya@example.com',
    'maya.@example.com',
    'maya okafor@example.com',
    'maya@exam ple.com',
    'Maya <maya@example.com>',
    '"maya"@example.com',
    'maya@example.com,kai@example.com',
    'maya@-example.com',
    'maya\u200b@example.com',
    'maya\u0000@example.com',
    `${'m'.repeat(65)}@example.com`,
    `maya@${'a.'.repeat(125)}com`,
  ])('%j is refused', (written) => {
    expect(normalEmail(written)).toBeNull();
  });

  it('is refused where lower case would turn a foreign letter into an ASCII one, and so into another address', () => {
    expect(normalEmail('\u212Aai@example.com')).toBeNull();
    expect(normalEmail('\u0130van@example.com')).toBeNull();
  });
});
