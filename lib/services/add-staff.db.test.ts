import { afterAll, beforeAll, expect, it } from 'vitest';
import { aDatabase, type TestDatabase } from '@/db/testing';
import { type Context, contextFor, openRuntime, type Runtime } from '@/lib/context';
import { newId } from '@/lib/core/id';
import { readEnv } from '@/lib/env';
import { addStaff } from './add-staff';

let database: TestDatabase;
let runtime: Runtime;
let ctx: Context;

beforeAll(async () => {
  database = await aDatabase();
  runtime = openRuntime(
    readEnv({
      DATABASE_URL: database.url,
      APP_ENV: 'test',
      AUTH_SECRET: 'a secret of the tests that is long enough',
      VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    }),
    { logLevel: 'silent' },
  );
  ctx = await contextFor(runtime, { kind: 'system', name: 'command' });
});

afterAll(async () => {
  await runtime.close();
  await database.drop();
});

it('a member of staff is added once, whatever the case of the e-mail, and audited', async () => {
  const added = { email: 'owner@alderhealth.example', role: 'owner' };
  expect(await addStaff(ctx, { email: ' Owner@AlderHealth.example ', role: 'owner' })).toEqual({
    kind: 'added',
    ...added,
  });
  expect(await addStaff(ctx, added)).toEqual({ kind: 'unchanged', ...added });
  expect(await database.sql`select email, role from staff`).toEqual([added]);
  expect(await database.sql`select action, actor from audit_log`).toEqual([
    { action: 'staff.added', actor: 'system:command' },
  ]);
});

it('a member of staff who is added again has the new role', async () => {
  await addStaff(ctx, { email: 'kai@alderhealth.example', role: 'viewer' });
  expect(await addStaff(ctx, { email: 'kai@alderhealth.example', role: 'support' })).toEqual({
    kind: 'role_changed',
    email: 'kai@alderhealth.example',
    role: 'support',
    from: 'viewer',
  });
  expect(await database.sql`select role from staff where email = 'kai@alderhealth.example'`).toEqual([
    { role: 'support' },
  ]);
});

it('what is no address or no role is refused', async () => {
  expect(await addStaff(ctx, { email: 'kai', role: 'owner' })).toEqual({ kind: 'refused', reason: 'email_invalid' });
  expect(await addStaff(ctx, { email: 'kai@alderhealth.example', role: 'boss' })).toEqual({
    kind: 'refused',
    reason: 'role_invalid',
  });
});

it('nobody adds staff but Perennial itself', async () => {
  const owner = { kind: 'staff', staffId: newId('staff'), role: 'owner', email: 'owner@alderhealth.example' } as const;
  const input = { email: 'kai@alderhealth.example', role: 'owner' };
  await expect(addStaff({ ...ctx, principal: owner }, input)).rejects.toMatchObject({ code: 'forbidden' });
});
