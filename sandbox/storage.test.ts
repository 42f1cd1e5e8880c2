import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileJournal, MEMORY_JOURNAL } from './journal';
import { Table } from './table';

interface Thing {
  readonly id: string;
  readonly owner: string | null;
  readonly text: string;
}

const things = (journal: ConstructorParameters<typeof Table<Thing>>[0]['journal'], name = 'things') =>
  new Table<Thing, 'owner'>({
    name,
    journal,
    keyOf: (thing) => thing.id,
    indexes: { owner: (thing) => thing.owner },
  });

const aThing = (id: number | string, owner: string | null = null, text = 'small'): Thing => ({
  id: `t${id}`,
  owner,
  text,
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A table on the folder, with what an earlier run has left there. */
function open(name?: string) {
  const journal = new FileJournal(folder);
  const table = things(journal, name);
  journal.replay((which, entry) => {
    if (which === (name ?? 'things')) table.replay(entry);
  });
  journal.open();
  return { table, journal };
}

/** Read without a pause, in which the journal would write by itself. */
const fileSize = () => statSync(path.join(folder, 'journal.jsonl')).size;

describe('a table', () => {
  it('answers its newest records without those that were skipped or removed, whole or by their place', () => {
    const table = things(MEMORY_JOURNAL);
    for (let n = 0; n < 10; n += 1) table.put(aThing(n));
    const ids = (list: Iterable<Thing>) => [...list].map(({ id }) => id);
    expect(ids(table.newest(3, 2))).toEqual(['t7', 't6', 't5']);
    table.remove('t6');
    expect(ids(table.newest(3, 2))).toEqual(['t7', 't5', 't4']);
    expect(ids(table.newestFirst('t3'))).toEqual(['t2', 't1', 't0']);
    expect(ids(table.all())).toHaveLength(9);
    expect(table.size).toBe(9);
  });

  it('finds by an index what is filed there now, and counts it', () => {
    const table = things(MEMORY_JOURNAL);
    table.put(aThing(1, 'ada'));
    table.put(aThing(2, 'ada'));
    table.put(aThing(3, 'bo'));
    table.put(aThing(2, 'bo'));
    expect(table.find('owner', 'ada').map(({ id }) => id)).toEqual(['t1']);
    expect(table.count('owner', 'bo')).toBe(2);
    table.remove('t3');
    table.put(aThing(1, null));
    expect([table.count('owner', 'ada'), table.count('owner', 'bo')]).toEqual([0, 1]);
  });
});

describe('the journal', () => {
  it('gives every record back, those too that memory no longer holds', () => {
    const { table, journal } = open();
    for (let n = 0; n < 10_000; n += 1) table.put(aThing(n, `owner-${n % 7}`, 'ä€😀'.repeat(n % 50)));
    for (const n of [0, 5000, 9999])
      expect(table.get(`t${n}`)).toEqual(aThing(n, `owner-${n % 7}`, 'ä€😀'.repeat(n % 50)));
    journal.close();
    const again = open();
    expect(again.table.size).toBe(10_000);
    expect(again.table.find('owner', 'owner-3')).toHaveLength(Math.ceil((10_000 - 3) / 7));
    expect(again.table.get('t1')).toEqual(aThing(1, 'owner-1', 'ä€😀'));
    again.journal.close();
  });

  it('takes lines that are longer than its buffer and than what it reads at a time', () => {
    const long = 'x€'.repeat(3_000_000);
    const { table, journal } = open();
    table.put(aThing(1));
    table.put(aThing(2, null, long));
    table.put(aThing(3));
    expect(table.get('t2')?.text).toBe(long);
    journal.close();
    const again = open();
    expect(again.table.all().map(({ text }) => text.length)).toEqual([5, long.length, 5]);
    again.journal.close();
  });

  it('has every change in its file once it was flushed, in one write', () => {
    const { table, journal } = open();
    table.put(aThing(1));
    table.put(aThing(2));
    expect(fileSize()).toBe(0);
    journal.flush();
    expect(fileSize()).toBe(journal.size);
    // Nobody has closed it: this is what is left after kill -9.
    const after = open();
    expect(after.table.size).toBe(2);
    after.journal.close();
    journal.close();
  });

  it('writes what nobody answers for by itself', async () => {
    const { table, journal } = open();
    table.put(aThing(1));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(fileSize()).toBeGreaterThan(0);
    journal.close();
  });

  it('is written anew once most of it is void, and a restart finds the same', async () => {
    const { table, journal } = open();
    const text = 'x'.repeat(100_000);
    for (let n = 0; n < 100; n += 1) table.put(aThing(n, 'ada', text));
    table.remove('t7');
    for (let round = 0; round < 4; round += 1) {
      for (let n = 0; n < 50; n += 1) table.put(aThing(n, `round-${round}`, text));
    }
    const before = journal.size;
    journal.flush();
    expect(journal.size).toBeLessThan(before / 2);
    expect(journal.wasted).toBe(0);
    const shown = table.all();
    table.put(aThing('last'));
    journal.close();
    const again = open();
    expect(again.table.all().slice(0, -1)).toEqual(shown);
    expect(again.table.count('owner', 'round-3')).toBe(50);
    expect(again.table.get('tlast')).toEqual(aThing('last'));
    again.journal.close();
  });

  it('goes on from the old file where a process was killed while it wrote the new one', async () => {
    const { table, journal } = open();
    table.put(aThing(1));
    journal.close();
    await writeFile(path.join(folder, 'journal.jsonl.new'), '{"table":"things","put":{"id":"half');
    const again = open();
    expect(again.table.all()).toEqual([aThing(1)]);
    again.journal.close();
  });

  it('finds records by a leading key without reading them, whatever is in the key', () => {
    const ledgerOf = (journal: FileJournal) =>
      new Table<Thing>({ name: 'ledger', journal, keyOf: (thing) => thing.id, leadingKey: 'id', appendOnly: true });
    const ids = ['plain', 'with "quotes"', 'with \\ and ä€😀', ''];
    const journal = new FileJournal(folder);
    const ledger = ledgerOf(journal);
    journal.open();
    for (const id of ids) ledger.put({ id, owner: null, text: `of ${id}` });
    journal.close();
    const again = new FileJournal(folder);
    const found = ledgerOf(again);
    again.replay((_, entry) => found.replay(entry));
    again.open();
    expect(found.all().map(({ id }) => id)).toEqual(ids);
    for (const id of ids) expect(found.get(id)).toEqual({ id, owner: null, text: `of ${id}` });
    expect(() => found.put({ id: 'plain', owner: null, text: 'again' })).toThrow('append-only');
    again.close();
  });

  it('passes over the lines of a table that it does not know', async () => {
    const { table, journal } = open('of-another-version');
    table.put(aThing(1));
    journal.close();
    const after = open();
    expect(after.table.size).toBe(0);
    after.journal.close();
    expect(await readFile(path.join(folder, 'journal.jsonl'), 'utf8')).toContain('of-another-version');
  });
});

it('a table on a file does what one in memory does, whatever happens and wherever it restarts', () => {
  const change = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('put' as const), id: fc.nat(30), owner: fc.option(fc.nat(3)) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), id: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const model = things(MEMORY_JOURNAL);
      let { table, journal } = open();
      journal.truncate();
      table.clear();
      for (const [step, next] of changes.entries()) {
        if (next.kind === 'put') {
          const thing = aThing(next.id, next.owner === null ? null : `o${next.owner}`, `step ${step}`);
          model.put(thing);
          table.put(thing);
        } else if (next.kind === 'remove') {
          model.remove(`t${next.id}`);
          table.remove(`t${next.id}`);
        } else if (next.kind === 'flush') {
          journal.flush();
        } else {
          journal.close();
          ({ table, journal } = open());
        }
      }
      expect(table.all()).toEqual(model.all());
      expect(table.newest(5, 3)).toEqual(model.newest(5, 3));
      for (const owner of ['o0', 'o1', 'o2', 'o3']) {
        const byId = (a: Thing, b: Thing) => a.id.localeCompare(b.id);
        expect(table.find('owner', owner).sort(byId)).toEqual(model.find('owner', owner).sort(byId));
      }
      journal.close();
    }),
    { numRuns: 200 },
  );
});
