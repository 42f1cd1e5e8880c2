import { readFileSync } from 'node:fs';

/** The oldest versions without a known hole (reliability rule S4), kept here so that the check needs no network. */
export const FLOORS: Readonly<Record<string, string>> = {
  next: '16.4.6',
  react: '19.2.8',
  'react-dom': '19.2.8',
  'next-auth': '4.24.15',
  nodemailer: '8.0.5',
};

/** What in a package-lock.json is older than its floor, or missing: one sentence each. Copies inside other packages count. */
export function findOldPackages(lockfile: string, floors: Readonly<Record<string, string>> = FLOORS): string[] {
  const { packages }: { packages: Record<string, { version?: string }> } = JSON.parse(readFileSync(lockfile, 'utf8'));
  return Object.entries(floors).flatMap(([name, floor]) => {
    const copies = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    if (copies.length === 0) return [`${name} is not in the lockfile; its floor is ${floor}.`];
    return copies
      .filter(([, { version = '0.0.0' }]) => isOlder(version, floor))
      .map(([path, { version }]) => `${path} is ${version}; ${name} must be ${floor} or newer.`);
  });
}

// A pre-release of the floor is older than the floor.
function isOlder(version: string, floor: string): boolean {
  const [numbers = '', preRelease] = version.split('-');
  const have = numbers.split('.').map(Number);
  for (const [index, wanted] of floor.split('.').map(Number).entries()) {
    const part = have[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return preRelease !== undefined;
}
