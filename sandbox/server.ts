import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { setImmediate as immediately } from 'node:timers/promises';
import type { SMTPServer } from 'smtp-server';
import { RecentCalls } from './api/recent-calls';
import { handleApi } from './api/router';
import { CallLimit } from './call-limit';
import { SandboxClock } from './clock';
import { handleConsole } from './console/router';
import { handleControl } from './control/router';
import { handleHosted } from './hosted/router';
import { errorReply, type HttpRequest, type Reply, readRequest, sendReply } from './http';
import { createMailbox } from './mailbox';
import { keepAppointments } from './model/appointments';
import { settleOverdueSessions } from './model/sessions';
import { DEFAULT_OPTIONS, type SandboxOptions } from './options';
import { Schedule } from './schedule';
import { Snapshots } from './snapshots';
import { loadStore, type Store } from './store';
import { Switches } from './switches';
import { Timers } from './timers';
import { WebhookDispatcher } from './webhooks/dispatcher';
import type { World } from './world';

/** A running sandbox. */
export interface Sandbox {
  /** Its own address, without a slash at the end: API, hosted pages, control API, console. */
  readonly url: string;
  readonly smtpPort: number;
  /** Ends both servers, every timer and every delivery under way; what is due is left to the next start. */
  close(): Promise<void>;
}

/** A port that somebody else listens on. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly variable: 'SANDBOX_PORT' | 'SANDBOX_SMTP_PORT';
  readonly port: number;

  constructor(variable: PortTakenError['variable'], port: number) {
    super(`Port ${port} is taken.`);
    this.variable = variable;
    this.port = port;
  }
}

/**
 * Starts a sandbox; what is not given is as in `DEFAULT_OPTIONS`, and a port of 0 is any free one. Throws
 * `PortTakenError` where a port is not free, and where the journal cannot be read.
 */
export async function startSandbox(given: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const options = { ...DEFAULT_OPTIONS, ...given };
  const schedule = new Schedule();
  const loaded = loadStore(options.data, schedule);
  // Requests may arrive as soon as a port is open, and the journal is opened only when both are.
  let tellWorld: (world: World) => void = () => {};
  const ready = new Promise<World>((resolve) => {
    tellWorld = resolve;
  });
  const server = createServer((request, response) => void serve(ready, request, response));
  const mailbox = createMailbox(ready);
  await listen(mailbox.server, options.smtpPort, options.host, 'SANDBOX_SMTP_PORT');
  try {
    await listen(server, options.port, options.host, 'SANDBOX_PORT');
  } catch (error) {
    await closeMailbox(mailbox);
    throw error;
  }
  const url = `http://localhost:${portOf(server)}`;
  const world = makeWorld(loaded.open(), schedule, options, options.publicUrl ?? url);
  tellWorld(world);
  settleOverdueSessions(world);
  schedule.start(world.clock);
  return {
    url,
    smtpPort: portOf(mailbox.server),
    async close() {
      server.close();
      server.closeAllConnections();
      await closeMailbox(mailbox);
      world.timers.clear();
      schedule.stop();
      await world.webhooks.close();
      world.store.close();
    },
  };
}

/** A sandbox without ports: it keeps nothing, and what it is asked comes to it as a value. */
export interface SandboxInProcess {
  world: World;
  answer(request: HttpRequest): Promise<Reply>;
  close(): Promise<void>;
}

/** Opens a sandbox for a test in the same process. Its clock is the system's until it is set. */
export function openInProcess(given: Partial<SandboxOptions> & { publicUrl: string }): SandboxInProcess {
  const options = { ...DEFAULT_OPTIONS, ...given };
  const schedule = new Schedule();
  const world = makeWorld(loadStore('memory', schedule).open(), schedule, options, given.publicUrl);
  schedule.start(world.clock);
  return {
    world,
    answer: (request) => route(world, request),
    async close() {
      world.timers.clear();
      schedule.stop();
      await world.webhooks.close();
    },
  };
}

function makeWorld(store: Store, schedule: Schedule, options: SandboxOptions, publicUrl: string): World {
  const clock = new SandboxClock(store);
  const switches = new Switches(store);
  const secrets = [options.signingSecret];
  const endpoints = [...new Set(options.webhookUrls)].map((url) => ({ url, secrets, signed: true }));
  const world: World = {
    store,
    clock,
    switches,
    schedule,
    timers: new Timers(),
    webhooks: new WebhookDispatcher({ store, clock, switches, schedule, endpoints }),
    limit: new CallLimit(),
    recentCalls: new RecentCalls(),
    snapshots: new Snapshots(options.data),
    apiKey: options.apiKey,
    merchantName: options.merchantName,
    publicUrl,
  };
  keepAppointments(world);
  return world;
}

async function serve(ready: Promise<World>, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const world = await ready;
    const reply = await route(world, await readRequest(incoming));
    await written(world);
    sendReply(response, reply);
  } catch (error) {
    // A client that went away while it was sending is no failure of ours.
    if (incoming.destroyed && !incoming.complete) return;
    console.error(error);
    if (!response.headersSent)
      sendReply(response, errorReply(500, 'ServerError', 'The sandbox failed. Its output says why.'));
  }
}

const writing = new WeakMap<World, Promise<void>>();

/**
 * Waits until what the sandbox has promised so far is written. The answers to the calls that have arrived together share
 * one write, and leave together: each that leaves alone wakes a client up, which costs more than the call itself.
 */
function written(world: World): Promise<void> {
  const planned = writing.get(world);
  if (planned !== undefined) return planned;
  const write = immediately().then(() => {
    writing.delete(world);
    world.store.flush();
  });
  writing.set(world, write);
  return write;
}

async function route(world: World, request: HttpRequest): Promise<Reply> {
  const { pathname } = request.url;
  world.schedule.catchUp();
  if (isForeignWrite(request)) return errorReply(403, 'Forbidden', 'Other sites may not steer the sandbox.');
  if (pathname.startsWith('/__sandbox/')) return handleControl(world, request);
  if (pathname.startsWith('/payments/') || pathname.startsWith('/api/')) return handleApi(world, request);
  return (
    (await handleHosted(world, request)) ??
    (await handleConsole(world, request)) ??
    errorReply(404, 'NotFound', `There is nothing at ${pathname}.`)
  );
}

/** Whether a page of another site tries to use the control API or the console, which ask for no password. */
function isForeignWrite(request: HttpRequest): boolean {
  const isControl = request.url.pathname.startsWith('/__sandbox/') || request.url.pathname.startsWith('/console/');
  return isControl && request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site';
}

async function listen(server: Server, port: number, host: string, variable: PortTakenError['variable']): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new PortTakenError(variable, port);
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

function closeMailbox(mailbox: SMTPServer): Promise<void> {
  return new Promise((resolve) => mailbox.close(resolve));
}
