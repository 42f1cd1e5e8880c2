import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the stand-in saw of a call. */
export interface SeenCall {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** What the stand-in does with a call once it has read it. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** A server of the tests that answers whatever it is told to, over real HTTP on a free port. */
export interface TestProvider {
  apiUrl: string;
  /** The calls since `behave`, oldest first. */
  seen: SeenCall[];
  /** Says how calls end from now on, and forgets those of before. */
  behave(behaviour: Behaviour): void;
  close(): void;
}

export async function startTestProvider(): Promise<TestProvider> {
  let current: Behaviour = answer(500);
  const seen: SeenCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    seen.push({ method, path: url, headers, body: Buffer.concat(chunks) });
    current(response, request);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The stand-in has no port.');
  return {
    apiUrl: `http://127.0.0.1:${address.port}`,
    seen,
    behave(behaviour) {
      seen.length = 0;
      current = behaviour;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** An answer with a status, and a body as text or as JSON. */
export function answer(status: number, body: unknown = '', headers: Record<string, string> = {}): Behaviour {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) => response.writeHead(status, headers).end(text);
}

/** An error in the provider's form (truemed-api.md section 1.1), with the message `Because.`. */
export const error = (status: number, code: string) => answer(status, { error: code, message: 'Because.' });

/** A page, as something that stands before the provider writes it. */
export const html = (status: number) =>
  answer(status, '<html><body>Bad gateway</body></html>', { 'content-type': 'text/html' });
