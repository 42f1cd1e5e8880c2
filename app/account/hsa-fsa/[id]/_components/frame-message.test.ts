import { describe, expect, it } from 'vitest';
import { readFrameMessage } from './frame-message';

const { port1: frame, port2: stranger } = new MessageChannel();
const expected = { origin: 'https://app.truemed.example', source: frame };
const told = (data: unknown, from: { origin?: string; source?: MessageEvent['source'] } = {}) =>
  readFrameMessage({ origin: expected.origin, source: frame, data, ...from }, expected);

describe('a message of Truemed’s page in our frame', () => {
  it.each([
    [{ success: true, redirectUrl: 'https://shop.example/back' }, 'success'],
    [{ success: true, redirect_url: 'https://shop.example/back' }, 'success'],
    [{ success: false, redirectUrl: 'https://shop.example/back' }, 'failure'],
    [{ success: false, redirect_url: 'javascript:alert(1)', more: 1 }, 'failure'],
  ])('%o says how it ended, in both spellings', (data, outcome) => {
    expect(told(data)).toBe(outcome);
  });

  it('is ignored from another origin, another window, or no window', () => {
    const data = { success: true, redirectUrl: 'https://shop.example/back' };
    expect(told(data, { origin: 'https://evil.example' })).toBeNull();
    expect(told(data, { origin: 'https://app.truemed.example.evil.example' })).toBeNull();
    expect(told(data, { source: stranger })).toBeNull();
    expect(readFrameMessage({ origin: expected.origin, source: null, data }, { ...expected, source: null })).toBeNull();
  });

  it.each([
    null,
    'success',
    42,
    [],
    {},
    { success: true },
    { success: 'true', redirectUrl: 'x' },
    { success: true, redirectUrl: 7 },
    { redirectUrl: 'x' },
  ])('%o is not such a message', (data) => {
    expect(told(data)).toBeNull();
  });
});
