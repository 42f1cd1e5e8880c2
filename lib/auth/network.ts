import { isIP, isIPv4 } from 'node:net';

/** The network of all requests where nobody that we trust tells their addresses. */
export const UNTOLD_NETWORK = 'untold';

/**
 * The network that a request came from, as the limits count it. Our server speaks plain HTTP, so behind an `https:` APP_URL
 * stands a proxy, and the last entry of X-Forwarded-For is its own word. Without one the header is whatever the client
 * wrote; it is not believed, and all requests count as one network.
 */
export function requestNetwork(headers: Pick<Headers, 'get'>, appUrl: string): string {
  if (!appUrl.startsWith('https:')) return UNTOLD_NETWORK;
  return networkOf(headers.get('x-forwarded-for')?.split(',').at(-1) ?? '');
}

/**
 * An IPv4 address, or the /64 of an IPv6 address, in one spelling; an IPv4 address inside IPv6 counts as itself. A port,
 * brackets and a zone do not matter. What is no address is the untold network.
 */
export function networkOf(text: string): string {
  const address = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '');
  if (isIP(address) === 0) return UNTOLD_NETWORK;
  if (isIPv4(address)) return address;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

// The URL parser writes every IPv6 address in its one short form (WHATWG URL, section 3.5), without dotted parts.
function groupsOf(address: string): number[] {
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = [], tail = []] = short.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}
