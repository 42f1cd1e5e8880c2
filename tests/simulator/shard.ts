import { takeOverSystem } from './system';

/**
 * One process of the simulator: `SERVER_URL FIRST STEP COUNT [until-violation]` runs the seeds FIRST, FIRST + STEP, … and
 * prints a line of JSON for each.
 */
takeOverSystem();
const { playShard } = await import('./play-shard');
const [serverUrl = '', first = '1', step = '1', count = '1', until] = process.argv.slice(2);
const seeds = Array.from({ length: Number(count) }, (_, index) => Number(first) + index * Number(step));
await playShard({ serverUrl, seeds, isUntilViolation: until === 'until-violation' }, (result) => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
});
