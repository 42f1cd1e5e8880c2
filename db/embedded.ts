import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Cluster,
  connectToRunning,
  createCluster,
  openCluster,
  startServer,
  stopServer,
} from './embedded-cluster';
import { prepareEmbeddedHost } from './embedded-host';
import { isAlive, withProcessLock } from './process-lock';

/** A PostgreSQL server of this project, shared by every process that has started it and not yet stopped it. */
export interface EmbeddedPostgres {
  /** The database `perennial`, as superuser; the server listens on 127.0.0.1 only. */
  url: string;
  /** Leaves the server. The last process that leaves it stops it. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  projectFolder: string;
  /** Clusters are separate: `main` is kept for ever, `test` is thrown away when the last process has left it. */
  cluster: 'main' | 'test';
  /** Told one line where something takes a moment. */
  log?: (line: string) => void;
}

/**
 * Starts real PostgreSQL from npm, or joins it where another process has it running. Creates the cluster on first use;
 * writes are as durable as PostgreSQL makes them. Throws with the end of the server's log where it does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const host = prepareEmbeddedHost(options.projectFolder);
  const cluster = openCluster(host, options.cluster);
  const membership = join(cluster.usersFolder, `${process.pid}-${randomUUID()}`);
  const url = await withProcessLock(cluster.lockFile, async () => {
    mkdirSync(cluster.usersFolder, { recursive: true });
    if (options.cluster === 'main' && host.link !== null) await keepWithProject(cluster, host.link);
    if (!existsSync(cluster.settingsFile)) {
      options.log?.('Creating the database cluster.');
      await createCluster(cluster);
    }
    const address = (await connectToRunning(cluster)) ?? (await startServer(cluster));
    writeFileSync(membership, '');
    return address;
  });
  const leave = async () => {
    rmSync(membership, { force: true });
    if (options.cluster === 'test') await forgetCluster(cluster);
    else if (countUsers(cluster) === 0) await stopServer(cluster, 'fast');
  };
  return { url, stop: () => withProcessLock(cluster.lockFile, leave) };
}

// Whoever removes .data starts anew, also where the data is elsewhere: the keys to it went with .data.
async function keepWithProject(cluster: Cluster, link: string): Promise<void> {
  if (existsSync(link)) return;
  await forgetCluster(cluster);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(cluster.folder, link);
}

async function forgetCluster(cluster: Cluster): Promise<void> {
  if (countUsers(cluster) > 0) return;
  await stopServer(cluster, 'immediate');
  rmSync(cluster.folder, { recursive: true, force: true });
  mkdirSync(cluster.usersFolder, { recursive: true });
}

/** How many living processes use the cluster. Forgets those that ended without leaving. */
function countUsers(cluster: Cluster): number {
  let count = 0;
  for (const name of readdirSync(cluster.usersFolder)) {
    if (isAlive(Number.parseInt(name, 10))) count += 1;
    else rmSync(join(cluster.usersFolder, name), { force: true });
  }
  return count;
}
