import { describe, expect, test } from 'vitest';
import { networkOf, requestNetwork, UNTOLD_NETWORK } from './network';

describe('the network that a limit counts', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7:52011 ', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:FFFF::9', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2:3:4:5:6]:443', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test('neighbouring /64 networks are two', () => {
    expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8:1:3::1'));
  });

  test.each(['', 'unknown', '1.2.3', '203.0.113.256', '2001:db8', '::ffff:1.2.3.4.5', 'example.com', '[', '0x7f.1'])(
    '%j is no address',
    (text) => {
      expect(networkOf(text)).toBe(UNTOLD_NETWORK);
    },
  );
});

describe('who tells the network of a request', () => {
  const forwarded = (value: string) => new Headers({ 'x-forwarded-for': value });

  test('behind TLS it is the last word, that of our own proxy', () => {
    expect(requestNetwork(forwarded('198.51.100.1, 203.0.113.7'), 'https://shop.example')).toBe('203.0.113.7');
  });

  test('without a proxy nobody is believed', () => {
    expect(requestNetwork(forwarded('198.51.100.1'), 'http://localhost:3000')).toBe(UNTOLD_NETWORK);
    expect(requestNetwork(new Headers(), 'https://shop.example')).toBe(UNTOLD_NETWORK);
  });
});
