import { aDatabase, type TestDatabase } from '@/db/testing';
import { type Context, contextFor, openRuntime, type Runtime } from '@/lib/context';
import type { Id } from '@/lib/core/id';
import { readEnv } from '@/lib/env';
import { type ImportReport, importSubscribers } from '@/lib/services/import-subscribers';

/** A shop into which a test imports files, on a real PostgreSQL. It is 09:00 in New York on 12 January 2027. */
export interface ImportShop {
  ctx: Context;
  sql: TestDatabase['sql'];
  /** Imports text or bytes. Throws where the file as a whole cannot be read. */
  importFile(
    content: string | Uint8Array,
    options?: { isDryRun?: boolean; ctx?: Partial<Context> },
  ): Promise<ImportReport>;
  /** Imports a file of HEADER and these rows. */
  importRows(...rows: string[]): Promise<ImportReport>;
  /** One subscription with its customer's `email`, `customer_name` and `customer_state`; dates as text. */
  subscription(externalId: string): Promise<Record<string, unknown> & { id: Id<'subscription'> }>;
  /** Every row that an import may write, apart from the record of the runs, for comparing before with after. */
  everything(): Promise<string>;
  close(): Promise<void>;
}

export const HEADER =
  'subscription_id,email,name,state,sku,item_name,quantity,unit_price_cents,tax_cents,interval_unit,interval_count,next_charge_on,status,billing,payment_token,lmn_expires_on';

type RowFacts = Partial<
  Record<'email' | 'name' | 'state' | 'item' | 'tax' | 'next' | 'status' | 'token' | 'letter', string>
>;

/** A row of HEADER: a monthly order of $18.50. A token makes it hsa_fsa. */
export function aRow(id: string, facts: RowFacts = {}): string {
  const { email = `${id}@example.com`, name = 'Maya Okafor', state = '', item = 'Vitamin D3' } = facts;
  const { tax = '', next = '2027-02-03', status = '', token = '', letter = '' } = facts;
  const billing = token === '' ? '' : 'hsa_fsa';
  return `${id},${email},${name},${state},VITD-60,${item},1,1850,${tax},month,1,${next},${status},${billing},${token},${letter}`;
}

/** One piece of bytes, as a file hands it over. */
export async function* aStream(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

/** Line and reason of each refused row. */
export function reasons(report: ImportReport): [number, string][] {
  return report.refused.map(({ line, reason }) => [line, reason]);
}

/** Opens an empty shop. */
export async function anImportShop(): Promise<ImportShop> {
  const database = await aDatabase();
  const runtime = openRuntime(
    readEnv({
      DATABASE_URL: database.url,
      APP_ENV: 'test',
      AUTH_SECRET: 'a secret of the tests that is long enough',
      VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    }),
    { poolSize: 4, logLevel: 'silent' },
  );
  return openShop(database, runtime, {
    ...(await contextFor(runtime, { kind: 'system', name: 'import' })),
    now: new Date('2027-01-12T14:00:00.000Z'),
  });
}

function openShop({ sql, drop }: TestDatabase, runtime: Runtime, ctx: Context): ImportShop {
  const importFile: ImportShop['importFile'] = async (content, options = {}) => {
    const input = { fileName: 'shop.csv', bytes: aStream(content), isDryRun: options.isDryRun ?? false };
    const outcome = await importSubscribers({ ...ctx, ...options.ctx }, input);
    if (outcome.kind === 'unreadable') throw new Error(outcome.problem.reason);
    return outcome;
  };
  return {
    ctx,
    sql,
    importFile,
    importRows: (...rows) => importFile([HEADER, ...rows].join('\n')),
    subscription: async (externalId) => {
      const [row] = await sql<[Record<string, unknown> & { id: Id<'subscription'> }]>`
        select s.*, s.next_charge_on::text, s.anchor_date::text,
               c.email, c.name as customer_name, c.state as customer_state
        from subscriptions s join customers c on c.id = s.customer_id where s.external_id = ${externalId}`;
      if (row === undefined) throw new Error(`No subscription ${externalId}.`);
      return row;
    },
    everything: async () =>
      JSON.stringify([
        await sql`select * from customers order by id`,
        await sql`select * from subscriptions order by id`,
        await sql`select * from subscription_items order by id`,
        await sql`select * from payment_tokens order by id`,
        await sql`select * from import_rows order by external_id`,
        await sql`select * from audit_log order by id`,
      ]),
    close: async () => {
      await runtime.close();
      await drop();
    },
  };
}
