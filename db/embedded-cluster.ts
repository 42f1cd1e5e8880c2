import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { AppError } from '@/lib/core/errors';
import { type Account, type EmbeddedHost, makePrivateFolder } from './embedded-host';
import { isAlive, isCode, readProcess } from './process-lock';

const run = promisify(execFile);
const DATABASE = 'perennial';

/** One data folder of PostgreSQL and what we keep beside it. */
export interface Cluster {
  host: EmbeddedHost;
  /** Who owns the data: as the host says for a new cluster, and ever after whoever it was made for. */
  account: Account | null;
  folder: string;
  lockFile: string;
  usersFolder: string;
  settingsFile: string;
  /** Owned by the server's account; the data folder and the log are inside. */
  serverFolder: string;
  dataFolder: string;
  logFile: string;
}

/** Names the files of a cluster. Touches nothing. */
export function openCluster(host: EmbeddedHost, name: string): Cluster {
  const folder = join(host.folder, name);
  const serverFolder = join(folder, 'server');
  return {
    host,
    account: host.account === null ? null : (ownerOf(serverFolder) ?? host.account),
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

function ownerOf(folder: string): Account | null {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found === undefined ? null : { uid: found.uid, gid: found.gid };
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

/** Makes the data folder, and last the settings, by which a finished cluster is known. */
export async function createCluster(cluster: Cluster): Promise<void> {
  const { account, serverFolder, dataFolder } = cluster;
  // What is left of an attempt that was interrupted: the settings are written last.
  rmSync(serverFolder, { recursive: true, force: true });
  makePrivateFolder(serverFolder, account);
  const password = randomBytes(18).toString('hex');
  const passwordFile = join(serverFolder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account !== null) chownSync(passwordFile, account.uid, account.gid);
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

/** Starts the server and returns its address. Throws with the end of its log where it does not start. */
export async function startServer(cluster: Cluster): Promise<string> {
  const { port: lastPort, password } = readSettings(cluster);
  const port = await freePort(lastPort);
  writeSettings(cluster, { port, password });
  // A server that was killed takes a moment to die, and its children hold the shared memory a little longer.
  for (let attempt = 1; !(await tryToStart(cluster, port)); attempt += 1) {
    if (attempt === 20) throw new Error(`PostgreSQL did not start:\n${endOfLog(cluster)}`);
    await delay(250);
  }
  await createDatabase(serverUrl({ port, password }, 'postgres'));
  return serverUrl({ port, password }, DATABASE);
}

/** False where a former server is still going away. Throws with the end of the log where it is something else. */
async function tryToStart(cluster: Cluster, port: number): Promise<boolean> {
  const { account, dataFolder, logFile } = cluster;
  removeStalePidFile(cluster);
  writeFileSync(logFile, '', { mode: 0o600 });
  if (account !== null) chownSync(logFile, account.uid, account.gid);
  try {
    await runProgram(cluster, 'pg_ctl', [
      'start',
      '-D',
      dataFolder,
      '-l',
      logFile,
      '-w',
      '-t',
      '60',
      '-o',
      `-p ${port}`,
    ]);
    return true;
  } catch (cause) {
    const said = endOfLog(cluster);
    if (/shared memory block|lock file .* already exists/.test(said)) return false;
    throw new Error(`PostgreSQL did not start:\n${said}`, { cause });
  }
}

function endOfLog(cluster: Cluster): string {
  return readFileSync(cluster.logFile, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}

/** Stops the server where it runs: `fast` in good order, `immediate` where the data is not wanted any more. */
export async function stopServer(cluster: Cluster, mode: 'fast' | 'immediate'): Promise<void> {
  if (readPid(cluster) === null) return;
  await runProgram(cluster, 'pg_ctl', ['stop', '-D', cluster.dataFolder, '-m', mode, '-w', '-t', '60']);
}

/** The address of the server where it is up and takes our password, else null. Waits while it is starting. */
export async function connectToRunning(cluster: Cluster): Promise<string | null> {
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
  const name = readProcess(pid)?.name ?? 'postgres';
  if (!isAlive(pid) || name !== 'postgres') rmSync(join(cluster.dataFolder, 'postmaster.pid'), { force: true });
}

async function runProgram(cluster: Cluster, program: string, args: string[]): Promise<void> {
  const { host, account } = cluster;
  const env = { ...process.env, LC_ALL: 'C' };
  try {
    await run(join(host.bin, program), args, { ...account, cwd: host.folder, env });
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
