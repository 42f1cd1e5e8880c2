import { type Database, openDatabase } from '@/db/client';
import { type Clock, openClock } from '@/lib/clock';
import type { Principal } from '@/lib/core/principal';
import type { Env } from '@/lib/env';
import { type Log, openLog } from '@/lib/log';
import { type Mailer, openMailer } from '@/lib/mail/transport';
import { type Outgoing, openOutgoing } from '@/lib/outgoing/post';
import { openTruemed, type TruemedClient } from '@/lib/truemed/client';
import { openVault, type Vault } from '@/lib/vault';

/** What a process has: opened once at its start, closed at its end. */
export interface Runtime {
  env: Env;
  db: Database;
  truemed: TruemedClient;
  vault: Vault;
  mailer: Mailer;
  outgoing: Outgoing;
  clock: Clock;
  log: Log;
  close(): Promise<void>;
}

/** What a verb and a view take: the runtime's parts, who asks, and the time of this request or tick. */
export interface Context {
  env: Env;
  db: Database;
  truemed: TruemedClient;
  vault: Vault;
  mailer: Mailer;
  outgoing: Outgoing;
  log: Log;
  principal: Principal;
  /** Business time, read once at the edge. */
  now: Date;
}

/** Opens everything that the settings name. Connections are made on first use. */
export function openRuntime(env: Env, options: { poolSize?: number; logLevel?: string } = {}): Runtime {
  const { db, close } = openDatabase(
    env.databaseUrl,
    options.poolSize === undefined ? {} : { poolSize: options.poolSize },
  );
  const mailer = openMailer(env.smtpUrl, env.mailFrom);
  return {
    env,
    db,
    truemed: openTruemed(env.truemed),
    vault: openVault(env.vaultKeys),
    mailer,
    outgoing: openOutgoing({ isLive: env.appEnv === 'live' }),
    clock: openClock(env.clockUrl),
    log: openLog(options.logLevel),
    close: async () => {
      mailer.close();
      await close();
    },
  };
}

/** The context of one request, tick or command. Throws `provider_unavailable` when CLOCK_URL does not answer. */
export async function contextFor(runtime: Runtime, principal: Principal): Promise<Context> {
  const { env, db, truemed, vault, mailer, outgoing, log } = runtime;
  return { env, db, truemed, vault, mailer, outgoing, log, principal, now: await runtime.clock() };
}
