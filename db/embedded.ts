import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { AppError } from '@/lib/core/errors';
import { type EmbeddedHost, makePrivateFolder, prepareEmbeddedHost } from './embedded-host';
import { isAlive, isCode, withProcessLock } from './process-lock';

const run = promisify(execFile);
const DATABASE = 'perennial';

/** A PostgreSQL server of this project, shared by every process that has started it and not yet stopped it. */
export interface EmbeddedPostgres {
  /** The database `perennial`, as superuser; the server listens on 127.0.0.1 only. */
  url: string;
  /** Whether this call started the server; false where it was running already. */
  started: boolean;
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
  mkdirSync(cluster.usersFolder, { recursive: true });
  const membership = join(cluster.usersFolder, `${process.pid}-${randomUUID()}`);
  const { url, started } = await withProcessLock(cluster.lockFile, async () => {
    if (!existsSync(cluster.settingsFile)) {
      options.log?.('Creating the database cluster.');
      await createCluster(cluster);
    }
    const joined = await connectToRunning(cluster);
    writeFileSync(membership, '');
    return joined === null ? { url: await startServer(cluster), started: true } : { url: joined, started: false };
  });
  const leave = async () => {
    rmSync(membership, { force: true });
    if (countUsers(cluster) > 0) return;
    const keep = options.cluster === 'main';
    await stopServer(cluster, keep ? 'fast' : 'immediate');
    if (!keep) rmSync(cluster.folder, { recursive: true, force: true });
  };
  return { url, started, stop: () => withProcessLock(cluster.lockFile, leave) };
}

interface Cluster {
  host: EmbeddedHost;
  folder: string;
  lockFile: string;
  usersFolder: string;
  settingsFile: string;
  /** Owned by the server's account; the data folder and the log are inside. */
  serverFolder: string;
  dataFolder: string;
  logFile: string;
}

function openCluster(host: EmbeddedHost, name: string): Cluster {
  const folder = join(host.folder, name);
  const serverFolder = join(folder, 'server');
  return {
    host,
    folder,
    // Beside the folder, because the folder of a test cluster goes while the lock is held.
    lockFile: join(host.folder, `${name}.lock`),
    usersFolder: join(folder, 'users'),
    settingsFile: join(folder, 'settings.json'),
    serverFolder,
    dataFolder: join(serverFolder, 'data'),
    logFile: join(serverFolder, 'server.log'),
  };
}

interface Settings {
  port: number;
  password: string;
}

function readSettings(cluster: Cluster): Settings {
  return JSON.parse(readFileSync(cluster.settingsFile, 'utf8'));
}

function writeSettings(cluster: Cluster, settings: Settings): void {
  const unfinished = `${cluster.settingsFile}.new`;
  writeFileSync(unfinished, JSON.stringify(settings), { mode: 0o600 });
  renameSync(unfinished, cluster.settingsFile);
}

async function createCluster(cluster: Cluster): Promise<void> {
  const { host, serverFolder, dataFolder } = cluster;
  // What is left of an attempt that was interrupted: the settings are written last.
  rmSync(serverFolder, { recursive: true, force: true });
  makePrivateFolder(serverFolder, host.account);
  const password = randomBytes(18).toString('hex');
  const passwordFile = join(serverFolder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (host.account !== null) chownSync(passwordFile, host.account.uid, host.account.gid);
  const settings = {
    listen_addresses: '127.0.0.1',
    // No socket file: its path may not be longer than about a hundred characters.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
  };
  await runProgram(cluster, 'initdb', [
    ...['--pgdata', dataFolder, '--username', DATABASE, '--auth', 'scram-sha-256', '--pwfile', passwordFile],
    // The builtin provider needs no locale of the operating system.
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...['--no-instructions'],
    ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ]);
  rmSync(passwordFile);
  writeSettings(cluster, { port: 0, password });
}

async function startServer(cluster: Cluster): Promise<string> {
  removeStalePidFile(cluster);
  const { port: lastPort, password } = readSettings(cluster);
  const port = await freePort(lastPort);
  writeSettings(cluster, { port, password });
  writeFileSync(cluster.logFile, '');
  if (cluster.host.account !== null) {
    chownSync(cluster.logFile, cluster.host.account.uid, cluster.host.account.gid);
  }
  chmodSync(cluster.logFile, 0o600);
  const args = ['start', '-D', cluster.dataFolder, '-l', cluster.logFile, '-w', '-t', '60', '-o', `-p ${port}`];
  // After a SIGKILL of the server its children hold the shared memory for a moment longer.
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runProgram(cluster, 'pg_ctl', args);
      break;
    } catch (cause) {
      const said = readFileSync(cluster.logFile, 'utf8');
      if (!said.includes('shared memory block') || attempt === 20) {
        throw new Error(`PostgreSQL did not start:\n${said.split('\n').slice(-12).join('\n')}`, { cause });
      }
      writeFileSync(cluster.logFile, '');
      await delay(250);
    }
  }
  await createDatabase(serverUrl({ port, password }, 'postgres'));
  return serverUrl({ port, password }, DATABASE);
}

async function stopServer(cluster: Cluster, mode: 'fast' | 'immediate'): Promise<void> {
  if (readPid(cluster) === null) return;
  await runProgram(cluster, 'pg_ctl', ['stop', '-D', cluster.dataFolder, '-m', mode, '-w', '-t', '60']);
}

/** The address of the server where it is up and takes our password, else null. Waits while it is starting. */
async function connectToRunning(cluster: Cluster): Promise<string | null> {
  const settings = readSettings(cluster);
  const pid = readPid(cluster);
  if (pid === null || !isAlive(pid) || settings.port === 0) return null;
  const url = serverUrl(settings, DATABASE);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await tryConnection(url);
    if (answer === 'up') return url;
    if (answer === 'down') return null;
    await delay(100);
  }
  return null;
}

async function tryConnection(url: string): Promise<'up' | 'starting' | 'down'> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    await sql`select 1`;
    return 'up';
  } catch (error) {
    // 57P03: the database system is starting up, or shutting down.
    return isCode(error, '57P03') ? 'starting' : 'down';
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function createDatabase(adminUrl: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    const found = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (found.length === 0) await sql`create database ${sql(DATABASE)}`;
  } finally {
    await sql.end();
  }
}

function serverUrl({ port, password }: Settings, database: string): string {
  return `postgres://${DATABASE}:${password}@127.0.0.1:${port}/${database}`;
}

function readPid(cluster: Cluster): number | null {
  try {
    const [line] = readFileSync(join(cluster.dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    return Number(line);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

// PostgreSQL removes the file of a dead server itself, unless its process id has meanwhile been given to another program.
function removeStalePidFile(cluster: Cluster): void {
  const pid = readPid(cluster);
  if (pid === null) return;
  if (!isAlive(pid) || !isServer(pid)) rmSync(join(cluster.dataFolder, 'postmaster.pid'), { force: true });
}

function isServer(pid: number): boolean {
  const path = `/proc/${pid}/comm`;
  // Where there is no /proc, PostgreSQL's own check is all there is.
  return existsSync(path) ? readFileSync(path, 'utf8').trim() === 'postgres' : true;
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

async function runProgram(cluster: Cluster, program: string, args: string[]): Promise<void> {
  const { bin, account } = cluster.host;
  const env = { ...process.env, LC_ALL: 'C' };
  try {
    await run(join(bin, program), args, { ...account, cwd: cluster.host.folder, env });
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw new AppError('configuration', `PostgreSQL's ${program} failed: ${said}`, { cause });
  }
}

/** The port that was asked for where it is free, else any free one. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (wanted !== 0 && isCode(error, 'EADDRINUSE')) resolve(freePort(0));
      else reject(error);
    });
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
