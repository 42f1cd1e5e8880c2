// Runs one TypeScript file of this project: node scripts/run.mjs FILE [ARGUMENTS]
// It is plain JavaScript without dependencies, because in a fresh clone there are none: it installs them first.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OLDEST_NODE = [20, 19];
const root = dirname(dirname(fileURLToPath(import.meta.url)));

const [file, ...args] = process.argv.slice(2);
if (file === undefined) fail('Say which file to run: node scripts/run.mjs scripts/demo.ts');

refuseOldNode();
process.chdir(root);
if (!arePackagesInstalled()) installPackages();
if (existsSync('.env')) process.loadEnvFile('.env');
process.env.NEXT_TELEMETRY_DISABLED = '1';

// The file runs in this process, so signals and exit codes need no passing on.
process.argv = [process.execPath, join(root, file), ...args];
await import('tsx');
await import(pathToFileURL(join(root, file)).href);

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `Perennial needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org`,
  );
}

/** Whether node_modules holds what package-lock.json says. npm writes down what it installed when it has finished. */
function arePackagesInstalled() {
  const record = 'node_modules/.package-lock.json';
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? optional === true : found.version === version;
  });
}

function installPackages() {
  console.log('Installing packages (npm ci), once.');
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const { status, error } = spawnSync(
    command,
    [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    // npm shows its progress on standard error, on a terminal only.
    { stdio: ['ignore', 'ignore', 'inherit'], shell: npm === undefined && process.platform === 'win32' },
  );
  if (status === 0) return;
  fail(error?.message ?? 'The packages could not be installed; npm says why above.');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
