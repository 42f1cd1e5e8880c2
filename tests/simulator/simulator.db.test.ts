import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { gradeSimulator } from './grade';
import { PLANTED_BUGS } from './planted';
import { describeFailure, runSeeds } from './run-shards';

const project = process.cwd();
const common = { folder: project, shards: 2 };

describe('the simulator', { timeout: 300_000 }, () => {
  it('finds nothing wrong in a few seeds', async () => {
    const run = { ...common, serverUrl: inject('testServerUrl') };
    const results = await runSeeds({ ...run, count: 4 });
    const failures = results.filter(({ violations }) => violations.length > 0).map(describeFailure);
    expect(failures.join('\n\n')).toBe('');
    expect(results.reduce((sum, { charges }) => sum + charges, 0)).toBeGreaterThan(10);

    // The fourth came after the second in a process; now it is the first of its own.
    const [alone] = await runSeeds({ ...run, first: 4, count: 1 });
    expect(alone?.trace, 'a seed has one trace, whatever ran before it').toBe(results[3]?.trace);
  });

  it('finds a key that is made anew for a retry', async () => {
    const [grade] = await gradeSimulator({
      project,
      serverUrl: inject('testServerUrl'),
      bugs: PLANTED_BUGS.filter(({ name }) => name === 'fresh idempotency key on retry'),
      mostSeeds: 10,
      shards: 1,
      signal: new AbortController().signal,
      onGrade: () => {},
      place: join('.data', 'simulator-test'),
    });
    expect(grade?.seeds).toEqual(expect.any(Number));
  });
});
