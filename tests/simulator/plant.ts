import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Edit, PlantedBug } from './planted';

/** What the simulator runs on, as a tree of its own. */
const COPIED = ['lib', 'db', 'sandbox', 'tests', 'app/tokens.css', 'package.json', 'tsconfig.json'];

/** A patch whose place is not there, or is there twice: the product has changed, and the patch must follow. */
export class StalePatch extends Error {
  override readonly name = 'StalePatch';
}

/** A source with an edit. Throws `StalePatch` where its text does not occur exactly once. */
export function edited(source: string, bug: string, { file, find, replace }: Edit): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new StalePatch(`The planted bug "${bug}": its text occurs ${count} times in ${file}.`);
  return source.replace(find, () => replace);
}

/** Copies the sources into a folder and plants the bug there. */
export function plantInto(folder: string, project: string, bug: PlantedBug): void {
  rmSync(folder, { recursive: true, force: true });
  for (const path of COPIED) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(project, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  for (const edit of bug.edits) {
    const path = join(folder, edit.file);
    writeFileSync(path, edited(readFileSync(path, 'utf8'), bug.name, edit));
  }
}
