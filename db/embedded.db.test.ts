import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded';

let projectFolder: string;
const open: EmbeddedPostgres[] = [];

beforeAll(() => {
  projectFolder = mkdtempSync(join(tmpdir(), 'perennial-project-'));
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});
afterAll(() => {
  // For root the server's folder is outside the project.
  if (process.getuid?.() === 0) rmSync(dirname(clusterFolder()), { recursive: true });
  rmSync(projectFolder, { recursive: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ projectFolder, cluster: 'main' });
  open.push(server);
  return server;
}

async function stop(server: EmbeddedPostgres): Promise<void> {
  open.splice(open.indexOf(server), 1);
  await server.stop();
}

async function query(server: EmbeddedPostgres, text: string): Promise<unknown> {
  const sql = postgres(server.url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end();
  }
}

function clusterFolder(): string {
  const kept = join(projectFolder, '.data/postgres');
  return process.getuid?.() === 0 ? realpathSync(kept) : join(kept, 'main');
}

describe('embedded PostgreSQL', { timeout: 60_000 }, () => {
  it('is shared, and stopped by the last who leaves it', async () => {
    const first = await start();
    const second = await start();
    expect(second.url).toBe(first.url);
    await stop(first);
    expect(await query(second, 'select 1 as up')).toEqual([{ up: 1 }]);
    await stop(second);
    await expect(query(second, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('keeps data and address from one start to the next', async () => {
    const before = await start();
    await query(before, 'create table kept (id integer)');
    await stop(before);
    const after = await start();
    expect(after.url).toBe(before.url);
    expect(await query(after, 'select * from kept')).toEqual([]);
  });

  it('starts again after it was killed', async () => {
    const killed = await start();
    process.kill(
      Number(readFileSync(join(clusterFolder(), 'server/data/postmaster.pid'), 'utf8').split('\n')[0]),
      'SIGKILL',
    );
    const again = await start();
    expect(await query(again, 'select 1 as up')).toEqual([{ up: 1 }]);
    await stop(killed);
  });

  it('is not kept up by a process that ended without leaving', async () => {
    const script = `import('${join(import.meta.dirname, 'embedded.ts')}').then((m) => m.startEmbeddedPostgres({ projectFolder: '${projectFolder}', cluster: 'main' })).then(() => process.exit())`;
    await promisify(execFile)(process.execPath, ['--import', 'tsx', '--eval', script]);
    const server = await start();
    await stop(server);
    await expect(query(server, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('shows its password to nobody else', async () => {
    await start();
    expect(statSync(join(clusterFolder(), 'settings.json')).mode & 0o077).toBe(0);
  });

  it('begins anew when the data folder of the project is gone', async () => {
    const before = await start();
    await query(before, 'create table of_another_life (id integer)');
    await stop(before);
    rmSync(join(projectFolder, '.data'), { recursive: true });
    const after = await start();
    expect(await query(after, `select to_regclass('of_another_life') as found`)).toEqual([{ found: null }]);
  });
});
