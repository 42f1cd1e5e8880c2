import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it, test } from 'vitest';
import { openOutgoing } from './post';
import { isPublicAddress } from './public-address';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server on loopback, and how many connections it saw. */
async function aServer(listener: RequestListener): Promise<{ port: number; connections: () => number }> {
  const server = createServer(listener);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await once(server.listen(0), 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { port: address.port, connections: () => connections };
}

const live = openOutgoing({ isLive: true });
const demo = openOutgoing({ isLive: false, answerWithinMs: 10_000 });
/** Waits long enough for an answer on a busy machine, and no longer. */
const impatient = openOutgoing({ isLive: false, answerWithinMs: 1_000 });

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    '3fff::1',
    '',
    'localhost',
    '1',
    '127.1',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001:80e::200e'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('in live', () => {
  test.each([
    ['http://shop.example/x', 'https_needed'],
    ['https://127.0.0.1/x', 'not_public'],
    ['https://2130706433/x', 'not_public'],
    ['https://0x7f.1/x', 'not_public'],
    ['https://[::1]/x', 'not_public'],
    ['https://[::ffff:10.0.0.1]/x', 'not_public'],
    ['https://169.254.169.254/latest/meta-data', 'not_public'],
    ['https://user@shop.example', 'not_an_address'],
    ['https://shop.example/#x', 'not_an_address'],
    ['file:///etc/passwd', 'not_an_address'],
    ['shop.example', 'not_an_address'],
    ['https://shop.example/perennial', null],
  ])('%s: %s', (url, refusal) => {
    expect(live.refusalOf(url)).toBe(refusal);
  });

  it('no connection is made to an address that is not public, whatever its name', async () => {
    const canary = await aServer((_, response) => response.end());
    for (const url of [
      `https://localhost:${canary.port}/`,
      `https://127.0.0.1:${canary.port}/`,
      `https://[::1]:${canary.port}/`,
      `http://localhost:${canary.port}/`,
    ])
      expect(await live.post(url, {}, '{}')).toEqual({ kind: 'no_answer', reason: 'refused_address' });
    expect(canary.connections()).toBe(0);
  });
});

describe('outside live', () => {
  it('loopback without TLS is told, and its status and words come back', async () => {
    const shop = await aServer((_, response) => response.writeHead(400).end('no such\u0007 order'));
    expect(await demo.post(`http://localhost:${shop.port}/`, {}, '{}')).toEqual({
      kind: 'answered',
      status: 400,
      excerpt: 'no such  order',
    });
  });

  it('a redirect is an answer, not a way', async () => {
    const canary = await aServer((_, response) => response.end());
    const shop = await aServer((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${canary.port}/` }).end(),
    );
    expect(await demo.post(`http://127.0.0.1:${shop.port}/`, {}, '{}')).toMatchObject({ status: 302 });
    expect(canary.connections()).toBe(0);
  });

  it('an endpoint that never answers is given up at the deadline; one that never ends its body is not waited for', async () => {
    const silent = await aServer(() => {});
    expect(await impatient.post(`http://127.0.0.1:${silent.port}/`, {}, '{}')).toEqual({
      kind: 'no_answer',
      reason: 'timeout',
    });
    const endless = await aServer((_, response) => {
      response.writeHead(200);
      const pour = () => {
        while (response.write('x'.repeat(16_384)));
        response.once('drain', pour);
      };
      pour();
    });
    const answer = await demo.post(`http://127.0.0.1:${endless.port}/`, {}, '{}');
    expect(answer).toEqual({ kind: 'answered', status: 200, excerpt: 'x'.repeat(300) });
  });

  it('a body that drips past the deadline takes nothing from its status', async () => {
    const dripping = await aServer((_, response) => {
      response.writeHead(200).write('taken');
    });
    expect(await impatient.post(`http://127.0.0.1:${dripping.port}/`, {}, '{}')).toMatchObject({ status: 200 });
  });

  it('an endpoint that wants to go on in another protocol has given no answer', async () => {
    const other = await aServer((request) => {
      request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    expect(await demo.post(`http://127.0.0.1:${other.port}/`, {}, '{}')).toEqual({
      kind: 'no_answer',
      reason: 'network',
    });
  });

  it('nobody there, and a connection that breaks, are no answer', async () => {
    const breaking = await aServer((request) => request.socket.destroy());
    for (const port of [breaking.port, 9])
      expect(await demo.post(`http://127.0.0.1:${port}/`, {}, '{}')).toEqual({ kind: 'no_answer', reason: 'network' });
  });
});
