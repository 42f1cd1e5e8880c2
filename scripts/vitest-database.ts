import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '@/db/embedded';
import { createTestDatabase } from '@/db/test-databases';

/** Once a run: a PostgreSQL server, and a migrated database on it from which each test file clones its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startEmbeddedPostgres({ projectFolder: project.config.root, cluster: 'test' });
  try {
    project.provide('testServerUrl', server.url);
    project.provide('testTemplateUrl', await createTestDatabase(server.url));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}
