import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { AppError } from '@/lib/core/errors';
import { TOOLS, tryProgram } from './processes';
import { DATA_FOLDER } from './runtime';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const REMEMBERED = join(DATA_FOLDER, 'browser.json');
const DOWNLOAD_MS = 60_000;

/** Keeps Chromium from calling home, which a closed network answers with a refusal at a time. Root has no sandbox. */
export const BROWSER_ARGS: readonly string[] = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  ...(isRoot ? ['--no-sandbox'] : []),
];

/** A Chromium that starts here. `executablePath` is null for Playwright's own. */
export interface Browser {
  executablePath: string | null;
}

/** What `ensureBrowser` found last; Playwright's own where it has not run. */
export function rememberedBrowser(): Browser {
  return existsSync(REMEMBERED) ? JSON.parse(readFileSync(REMEMBERED, 'utf8')) : { executablePath: null };
}

/**
 * Finds a Chromium that starts and remembers it: Playwright's own, installed where that can be done within a minute, else
 * the system's, else as root Debian's package. Throws `configuration` with what to install.
 */
export async function ensureBrowser(log: (line: string) => void, signal: AbortSignal): Promise<Browser> {
  const browser = await findBrowser(log, signal);
  mkdirSync(DATA_FOLDER, { recursive: true });
  writeFileSync(REMEMBERED, JSON.stringify(browser));
  return browser;
}

async function findBrowser(log: (line: string) => void, signal: AbortSignal): Promise<Browser> {
  const remembered = rememberedBrowser();
  if (await canStart(remembered)) return remembered;
  log("Installing Playwright's Chromium.");
  await tryProgram(
    { name: 'playwright install', file: TOOLS.playwright, args: ['install', 'chromium'] },
    { output: 'keep', signal: AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MS)]) },
  ).catch(() => signal.throwIfAborted());
  const own = { executablePath: null };
  if (await canStart(own)) return own;
  const system = await findSystemBrowser();
  if (system !== null) return system;
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    log('Installing the system package chromium.');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env, signal });
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { env, signal });
    const installed = await findSystemBrowser();
    if (installed !== null) return installed;
  }
  throw new AppError(
    'configuration',
    'The browser tests need Chromium, and none that starts was found. Install one: "npx playwright install --with-deps chromium", or the package chromium of your system.',
  );
}

async function findSystemBrowser(): Promise<Browser | null> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (existsSync(path) && (await canStart({ executablePath: path }))) return { executablePath: path };
  }
  return null;
}

async function canStart({ executablePath }: Browser): Promise<boolean> {
  try {
    const options = executablePath === null ? {} : { executablePath };
    const browser = await chromium.launch({ ...options, args: [...BROWSER_ARGS], timeout: 30_000 });
    await browser.close();
    return true;
  } catch {
    // Why it does not start matters to nobody while there is another to try.
    return false;
  }
}
