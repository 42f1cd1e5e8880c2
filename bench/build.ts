import { runProgram, TOOLS } from '@/scripts/processes';

/** The settings of the build in which the routes stand that others are compared with. */
export const BENCH_BUILD = { PERENNIAL_BENCH: '1', NODE_ENV: 'production' };

/** Makes that build, beside the ordinary one. */
export async function buildForBench(): Promise<void> {
  await runProgram(
    { name: 'The build of the bench', file: TOOLS.next, args: ['build'], env: BENCH_BUILD },
    { output: 'keep' },
  );
}
