import { createServer } from 'node:net';
import { isCode } from '@/db/process-lock';

/** Whether a server could listen on this port, on all interfaces and on this machine's own. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, undefined)) && (await canListen(port, '127.0.0.1'));
}

/** The first free port after this one. */
export async function nextFreePort(port: number): Promise<number> {
  for (let candidate = port + 1; candidate < port + 200; candidate += 1) {
    if (await isPortFree(candidate)) return candidate;
  }
  throw new Error(`No port between ${port} and ${port + 200} is free.`);
}

/** So many different ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject).listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (isCode(error, 'EADDRINUSE') || isCode(error, 'EACCES')) resolve(false);
      else reject(error);
    });
    probe.listen({ port, host }, () => probe.close(() => resolve(true)));
  });
}
