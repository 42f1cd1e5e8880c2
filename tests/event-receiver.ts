import { once } from 'node:events';
import { createServer } from 'node:http';
import { z } from 'zod';

/** One POST that reached a merchant's endpoint. */
export interface Received {
  id: string;
  headers: Record<string, string>;
  body: string;
  event: z.infer<typeof Envelope>;
}

/** What Standard Webhooks puts into a body. */
const Envelope = z.strictObject({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.looseObject({ id: z.string() }),
});

/** An endpoint of a merchant's: a real HTTP server that keeps what it gets and answers as it is told. */
export interface EventReceiver {
  url: string;
  received: Received[];
  /** What the next POSTs are answered; 200 at first. */
  answer: (event: Received) => { status: number; headers?: Record<string, string>; body?: string };
  close(): Promise<void>;
}

/** Starts a receiver on a free port. */
export async function anEventReceiver(): Promise<EventReceiver> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const receiver: EventReceiver = {
    url: `http://127.0.0.1:${address.port}/perennial`,
    received: [],
    answer: () => ({ status: 200 }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    const one = { id: headers['webhook-id'] ?? '', headers, body, event: Envelope.parse(JSON.parse(body)) };
    receiver.received.push(one);
    const { status, headers: extra = {}, body: text = '' } = receiver.answer(one);
    response.writeHead(status, extra).end(text);
  });
  return receiver;
}
