import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import next from 'next';
import { contextFor, openRuntime } from '@/lib/context';
import { readEnv } from '@/lib/env';
import { answerIncoming, RECEIVER_PATH } from '@/lib/receiver/answer-delivery';
import { ProgramFailure } from './processes';
import { PROJECT_FOLDER } from './runtime';
import { runCommand } from './teardown';

/** Connections to PostgreSQL of the receiver's own: a page that waits for one holds no delivery up. */
const RECEIVER_CONNECTIONS = 2;
/** How long requests under way may take once the server is to stop. */
const STOP_WITHIN_MS = 8_000;

/**
 * The production web server on PORT. A webhook is answered before Next sees it, by the same code as in its route: reading a
 * body through a route handler costs more than all that the receiver does with it. Everything else is Next's.
 */
await runCommand(async (teardown) => {
  const port = Number(process.env.PORT || 3000);
  const runtime = openRuntime(readEnv(process.env), { poolSize: RECEIVER_CONNECTIONS });
  teardown.add(runtime.close);
  const openContext = () => contextFor(runtime, { kind: 'system', name: 'receiver' });
  const server = createServer();
  const app = next({ dev: false, dir: PROJECT_FOLDER, port, httpServer: server });
  teardown.add(() => app.close());
  const prepared = app.prepare().then(() => app.getRequestHandler());
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const isDelivery = incoming.method === 'POST' && incoming.url === RECEIVER_PATH;
    if (isDelivery) return answerIncoming(incoming, response, openContext, runtime.log);
    return (await prepared)(incoming, response);
  };
  server.on('request', (incoming, response) => {
    answer(incoming, response).catch((error) => {
      runtime.log.error({ event: 'web.error', error });
      response.destroy();
    });
  });
  await listen(server, port);
  teardown.add(() => close(server));
  await prepared;
  if (!teardown.signal.aborted) await once(teardown.signal, 'abort');
});
// Next leaves timers behind.
process.exit();

async function listen(server: Server, port: number): Promise<void> {
  try {
    await once(server.listen(port), 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new ProgramFailure(`Port ${port} is taken. Stop what listens there, or set PORT to another.`);
    throw error;
  }
}

/** Takes no new connection, and waits for the requests under way. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS);
  await closed;
  clearTimeout(force);
}
