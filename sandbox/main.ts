import { createServer } from 'node:net';
import { readOptions, type SandboxOptions } from './options';
import { PortTakenError, type Sandbox, startSandbox } from './server';

/** `npm run sandbox`: starts the sandbox and ends it with the process. */
async function main(): Promise<void> {
  const options = readOptions(process.env);
  const sandbox = await start(options);
  console.log(`Truemed sandbox on ${sandbox.url} (mail on port ${sandbox.smtpPort}, state in ${options.data}).`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
  }
}

async function start(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error;
    const free = await freePortAfter(error.port, options.host);
    throw new Error(`Port ${error.port} is taken. Try ${error.variable}=${free} npm run sandbox`);
  }
}

async function freePortAfter(taken: number, host: string): Promise<number> {
  for (let port = taken + 1; port < taken + 100; port += 1) {
    if (await isFree(port, host)) return port;
  }
  return 0;
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .once('listening', () => probe.close(() => resolve(true)))
      .listen(port, host);
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
