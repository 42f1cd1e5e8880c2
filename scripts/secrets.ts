import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isCode } from '@/db/process-lock';

const Secrets = z.object({ AUTH_SECRET: z.string().min(32), VAULT_KEYS: z.string().min(1) });

/** What signs sessions and what encrypts data at rest, as the variables of contract.md want them. */
export type Secrets = z.infer<typeof Secrets>;

/** The secrets in a file, made at the first call. Processes that make them at once agree on one set. */
export function keepSecrets(path: string): Secrets {
  return readSecrets(path) ?? makeSecrets(path);
}

function readSecrets(path: string): Secrets | null {
  try {
    return Secrets.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw new Error(`${path} cannot be read. What is encrypted in the database needs the keys in it.`, {
      cause: error,
    });
  }
}

function makeSecrets(path: string): Secrets {
  mkdirSync(dirname(path), { recursive: true });
  const made: Secrets = {
    AUTH_SECRET: randomBytes(32).toString('base64'),
    VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
  const unfinished = `${path}.${randomUUID()}`;
  writeFileSync(unfinished, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  try {
    // A link appears whole or not at all, and never replaces another process's file.
    linkSync(unfinished, path);
    return made;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    return Secrets.parse(JSON.parse(readFileSync(path, 'utf8')));
  } finally {
    rmSync(unfinished);
  }
}
