import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findOldPackages } from './version-floors';

const folder = mkdtempSync(join(tmpdir(), 'lockfile-'));
afterAll(() => rmSync(folder, { recursive: true }));

function aLockfile(packages: Record<string, string>): string {
  const path = join(folder, 'package-lock.json');
  const entries = Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]);
  writeFileSync(path, JSON.stringify({ packages: Object.fromEntries(entries) }));
  return path;
}

describe('the floors of versions', () => {
  it.each([
    ['16.4.6', 0],
    ['16.10.0', 0],
    ['17.0.0', 0],
    ['16.4.5', 1],
    ['16.3.99', 1],
    ['15.9.9', 1],
    ['16.4.6-canary.3', 1],
  ])('with a floor of 16.4.6, %s gives %i complaints', (version, complaints) => {
    expect(findOldPackages(aLockfile({ next: version }), { next: '16.4.6' })).toHaveLength(complaints);
  });
});

describe('a lockfile', () => {
  it('is searched for copies inside other packages', () => {
    const path = aLockfile({ nodemailer: '8.0.11', 'next-auth/node_modules/nodemailer': '6.9.0' });
    expect(findOldPackages(path, { nodemailer: '8.0.5' })).toEqual([
      'node_modules/next-auth/node_modules/nodemailer is 6.9.0; nodemailer must be 8.0.5 or newer.',
    ]);
  });

  it('must hold every package that has a floor', () => {
    expect(findOldPackages(aLockfile({}), { next: '16.4.6' })).toEqual([
      'next is not in the lockfile; its floor is 16.4.6.',
    ]);
  });

  it('of this project is above them', () => {
    expect(findOldPackages('package-lock.json')).toEqual([]);
  });
});
