import { defineConfig } from 'vitest/config';

const EVERYWHERE = ['**/node_modules/**', '**/.next/**', '**/.data/**', 'e2e/**'];

const shared = {
  setupFiles: ['./scripts/vitest-console.ts'],
  environment: 'node' as const,
};

export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'pure',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...EVERYWHERE, '**/*.db.test.ts', 'sandbox/**'],
          // Pure tests share nothing that could leak, so modules are loaded once.
          isolate: false,
          // Property tests take their time on a busy machine.
          testTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: { ...shared, name: 'sandbox', include: ['sandbox/**/*.test.ts'], testTimeout: 15_000 },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'db',
          include: ['**/*.db.test.ts'],
          exclude: EVERYWHERE,
          globalSetup: ['./scripts/vitest-database.ts'],
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
