import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Sources find the files beside them where they were, not where the bundle is. */
const OWN_FOLDERS: Plugin = {
  name: 'own folders',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
    }));
  },
};

/**
 * Makes plain JavaScript of a tree's shard, which starts in a third of the time: each planted bug is a process of its own.
 * What the shard imports last stays in a file of its own, as it must find the system taken over. Returns the program.
 */
export async function bundleShard(folder: string, outdir: string): Promise<string> {
  await build({
    absWorkingDir: folder,
    tsconfig: join(folder, 'tsconfig.json'),
    entryPoints: { shard: 'tests/simulator/shard.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'error',
    plugins: [OWN_FOLDERS],
  });
  return join(outdir, 'shard.mjs');
}
