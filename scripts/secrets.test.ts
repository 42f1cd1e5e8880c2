import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openVault } from '@/lib/vault';
import { keepSecrets } from './secrets';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('kept secrets', () => {
  it('are made once and the same ever after', () => {
    const path = join(folder, 'once.json');
    const made = keepSecrets(path);
    expect(keepSecrets(path)).toEqual(made);
    expect(made.AUTH_SECRET.length).toBeGreaterThanOrEqual(32);
    openVault(made.VAULT_KEYS);
  });

  it('are for their owner only, and leave nothing else behind', () => {
    const path = join(folder, 'alone', 'secrets.json');
    keepSecrets(path);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(readdirSync(join(folder, 'alone'))).toEqual(['secrets.json']);
  });

  it('are never made anew over a file that cannot be read', () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{"AUTH_SECRET"');
    expect(() => keepSecrets(path)).toThrow('cannot be read');
  });
});
