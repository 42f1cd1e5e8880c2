import { parseArgs } from 'node:util';
import { contextFor, openRuntime } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { STAFF_ROLES } from '@/lib/core/principal';
import { type AddStaffOutcome, addStaff } from '@/lib/services/add-staff';
import { withRuntime } from './runtime';

const USAGE = `Usage: npm run staff -- add EMAIL --role ROLE\nROLE is ${STAFF_ROLES.join(', ')}.`;

/** `npm run staff -- add EMAIL --role ROLE`: who may sign in to /admin, and as what. */
const { email, role } = readArguments();
await withRuntime(async (env) => {
  const runtime = openRuntime(env, { poolSize: 1 });
  try {
    const ctx = await contextFor(runtime, { kind: 'system', name: 'command' });
    console.log(wordsOf(await addStaff(ctx, { email, role })));
  } finally {
    await runtime.close();
  }
});

function readArguments(): { email: string; role: string } {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { role: { type: 'string' } } });
    const [verb, address, ...rest] = positionals;
    if (verb === 'add' && address !== undefined && values.role !== undefined && rest.length === 0) {
      return { email: address, role: values.role };
    }
    console.error(USAGE);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
  process.exit(1);
}

function wordsOf(outcome: AddStaffOutcome): string {
  switch (outcome.kind) {
    case 'added':
      return `${outcome.email} is now staff, with the role ${outcome.role}.`;
    case 'role_changed':
      return `${outcome.email} is staff already: the role is now ${outcome.role}, no longer ${outcome.from}.`;
    case 'unchanged':
      return `${outcome.email} is staff already, with the role ${outcome.role}. Nothing changed.`;
    case 'refused':
      throw new AppError(
        'configuration',
        outcome.reason === 'email_invalid'
          ? `This is not an e-mail address.\n${USAGE}`
          : `There is no such role.\n${USAGE}`,
      );
  }
}
