import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/id';
import { moveToHsaFsa } from '@/lib/services/move-to-hsa-fsa';
import { sealAudit } from '@/lib/services/seal-audit';
import { atTruemed } from '@/tests/at-truemed';
import { aWorld, type Subscriber, type TestWorld } from '@/tests/world';
import { countBrokenSeals } from './audit-chain';
import { checkInvariants } from './check-invariants';
import { countViolations, INVARIANTS } from './invariants';
import { compareWithLedger, Ledger, readOurSide } from './ledger-invariants';
import { countBrokenSealed, SEALED_COLUMNS } from './sealed-invariants';

let world: TestWorld;
let renewed: Subscriber;
let waiting: Subscriber;

beforeAll(async () => {
  world = await aWorld();
  renewed = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_renewed' });
  waiting = await world.aSubscriber({ nextChargeOn: '2027-01-12', paymentToken: 'pt_waiting' });
  await world.truemed.setTokenHealth({ payment_token: 'pt_waiting', health: 'needs_card' });
  const moved = await world.aSubscriber();
  const ctx = await world.as(moved.principal);
  const move = await moveToHsaFsa(ctx, { subscriptionId: moved.subscriptionId, embedded: false });
  if (move.ok && move.next === 'truemed') await atTruemed(move.redirectUrl).completes();
  await world.settle();
  await world.advance({ days: 31 });
  await world.settle();
});
afterAll(() => world.close());

const command = () => world.as({ kind: 'system', name: 'command' });
const ledger = async () => Ledger.parse(await world.truemed.ledger());

class Undone extends Error {}
class Seen extends Error {
  constructor(readonly broken: number) {
    super();
  }
}

/** The violations of one invariant with something planted, which is taken back afterwards. */
async function violationsWith(number: number, ...planted: SQL[]): Promise<number> {
  const invariant = INVARIANTS.find((candidate) => candidate.number === number);
  if (invariant === undefined) throw new Error(`There is no invariant ${number}.`);
  let violations = 0;
  await world.runtime.db
    .transaction(async (tx) => {
      for (const statement of planted) await tx.execute(statement);
      violations = await countViolations(tx, invariant);
      throw new Undone();
    })
    .catch((error) => {
      if (!(error instanceof Undone)) throw error;
    });
  return violations;
}

/** Another attempt for the invoice of an attempt, equal but for what is given. */
const anotherAttempt = (of: SQL, changes: Record<string, unknown>) => sql`
  insert into charge_attempts select (jsonb_populate_record(null::charge_attempts, to_jsonb(charge_attempts)
    || jsonb_build_object('id', ${newId('chargeAttempt')}::text, 'number', number + 1,
      'idempotency_key', ${newId('chargeAttempt')}::text, 'payment_session_id', null)
    || ${JSON.stringify(changes)}::jsonb)).* from charge_attempts where ${of}`;

const anAuditEntry = (action: string, subject: SQL, change: Record<string, unknown>, at = sql`now()`) => sql`
  insert into audit_log (id, at, actor, action, subject, change)
  values (${newId('audit')}, ${at}, 'system:worker', ${action}, ${subject}, ${JSON.stringify(change)}::jsonb)`;

describe('after moves, renewals and a 422', () => {
  it('every invariant holds, with the ledger and without', async () => {
    const withLedger = await checkInvariants(await command(), ledger);
    expect(withLedger.filter(({ violations, shownBy }) => violations !== 0 && shownBy === undefined)).toEqual([]);
    expect(
      withLedger.filter(({ checkedAgainst }) => checkedAgainst === 'tables and ledger').map((r) => r.number),
    ).toEqual([1, 2, 5, 15, 20]);
    expect(withLedger.map(({ number }) => number)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    const without = await checkInvariants(await command(), async () => null);
    expect(without.filter(({ checkedAgainst }) => checkedAgainst === 'not checked').map((r) => r.number)).toEqual([
      15, 20,
    ]);
  });

  it('they are shown to staff and to commands alone', async () => {
    const nothing = async () => null;
    await expect(checkInvariants(await world.as(renewed.principal), nothing)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await checkInvariants(await world.as(world.aStaffMember()), nothing)).not.toEqual([]);
  });
});

describe('sealed values', () => {
  const db = () => world.runtime.db;
  const vault = () => world.runtime.vault;

  /** What is counted with something planted, which is taken back afterwards. */
  async function countedWith(...planted: SQL[]) {
    let counted = { notOpening: -1, otherBytes: -1 };
    await db()
      .transaction(async (tx) => {
        for (const statement of planted) await tx.execute(statement);
        counted = await countBrokenSealed(tx, vault());
        throw new Undone();
      })
      .catch((error) => {
        if (!(error instanceof Undone)) throw error;
      });
    return counted;
  }

  it('are all that is stored as bytes', async () => {
    const rows = await db().execute<{ place: string }>(sql`select table_name || '.' || column_name as place
      from information_schema.columns where table_schema = 'public' and data_type = 'bytea'`);
    expect(rows.map(({ place }) => place).sort()).toEqual([...SEALED_COLUMNS].sort());
  });

  it('27: two tokens that changed places open no more', async () => {
    expect(await countedWith()).toEqual({ notOpening: 0, otherBytes: 0 });
    const swap = sql`update payment_tokens set token = other.token from payment_tokens other
      where payment_tokens.customer_id in (${renewed.customerId}, ${waiting.customerId})
        and other.customer_id in (${renewed.customerId}, ${waiting.customerId}) and other.id <> payment_tokens.id`;
    expect(await countedWith(swap)).toEqual({ notOpening: 2, otherBytes: 0 });
  });

  it('6: a stored body that is another than the one whose hash stands beside it', async () => {
    const [first] = await db().execute<{ id: string }>(sql`select min(id) as id from charge_attempts`);
    const id = first?.id ?? '';
    const other = Buffer.from(vault().seal('{}', `charge_attempts.request_body:${id}`)).toString('hex');
    const change = sql`update charge_attempts set request_body = decode(${other}, 'hex') where id = ${id}`;
    expect(await countedWith(change)).toEqual({ notOpening: 0, otherBytes: 1 });
  });
});

describe('a planted violation is counted', () => {
  const ofRenewed = () => sql`subscription_id = ${renewed.subscriptionId} and number = 1`;
  const ofInvoice = () => sql`subscription_id = ${waiting.subscriptionId}`;
  const ofWaiting = () => sql`subscription_id = ${waiting.subscriptionId} and number = 1`;

  it('1: an invoice that is captured twice', async () => {
    const [attempt] = await world.runtime.db.execute<{ id: string }>(
      sql`select id from charge_attempts where ${ofRenewed()} limit 1`,
    );
    expect(await violationsWith(1, anotherAttempt(sql`id = ${attempt?.id}`, { duplicate_of: attempt?.id }))).toBe(1);
  });

  it('2: an invoice that is paid without a charge, or a charge of another amount', async () => {
    const pay = sql`update invoices set status = 'paid', paid_at = now() where subscription_id = ${waiting.subscriptionId}`;
    expect(await violationsWith(2, pay)).toBe(1);
    expect(await violationsWith(2, sql`update charge_attempts set amount_cents = 1 where ${ofRenewed()}`)).toBe(2);
  });

  it('3 and 4, where the database lost its unique indexes', async () => {
    const twice = sql`insert into invoices select (jsonb_populate_record(null::invoices, to_jsonb(invoices)
      || jsonb_build_object('id', ${newId('invoice')}::text, 'number', null))).* from invoices
      where subscription_id = ${waiting.subscriptionId}`;
    expect(await violationsWith(3, sql`drop index invoices_period`, twice)).toBe(1);
    expect(
      await violationsWith(
        4,
        sql`drop index charge_attempts_one_open`,
        anotherAttempt(ofWaiting(), { status: 'sent' }),
        sql`update charge_attempts set status = 'accepted' where ${ofWaiting()}`,
      ),
    ).toBe(1);
  });

  it('5: two bodies under one key, where the database lost its unique index', async () => {
    const other = anotherAttempt(ofWaiting(), { idempotency_key: 'one', request_sha256: 'f'.repeat(64) });
    const same = sql`update charge_attempts set idempotency_key = 'one' where ${ofWaiting()}`;
    expect(await violationsWith(5, sql`drop index charge_attempts_key`, same, other)).toBe(1);
  });

  it('7: a new key while the outcome of the last is unknown', async () => {
    const unknown = sql`update charge_attempts set status = 'unknown' where ${ofWaiting()}`;
    expect(await violationsWith(7, anotherAttempt(ofWaiting(), {}), unknown)).toBe(1);
  });

  it('9 and 10: a gap between periods, and a schedule that stands elsewhere', async () => {
    const gap = sql`update invoices set period_end = period_end - 1
      where subscription_id = ${renewed.subscriptionId} and period_start = '2027-01-12'`;
    expect(await violationsWith(9, gap)).toBe(1);
    const drift = sql`update subscriptions set next_charge_on = next_charge_on + 1 where id = ${renewed.subscriptionId}`;
    expect(await violationsWith(10, drift)).toBe(1);
  });

  it('11: a charge that goes out after a pause', async () => {
    const subject = sql`${renewed.subscriptionId}`;
    const pause = anAuditEntry(
      'subscription.status_changed',
      subject,
      { from: 'active', to: 'paused' },
      sql`'2027-01-01'`,
    );
    expect(await violationsWith(11, pause)).toBe(2);
  });

  it('12 and 13: automatic attempts after a 422, and too many of them', async () => {
    expect(await violationsWith(12, anotherAttempt(ofWaiting(), { cause: 'schedule' }))).toBe(1);
    expect(await violationsWith(12, anotherAttempt(ofWaiting(), { cause: 'customer' }))).toBe(0);
    const six = [2, 3, 4, 5, 6, 7].map((number) => anotherAttempt(ofWaiting(), { number, cause: 'recheck' }));
    const spread = sql`update charge_attempts set created_at = created_at + number * interval '1 day' where ${ofInvoice()}`;
    expect(await violationsWith(13, ...six, spread)).toBe(1);
  });

  it('13: what the policy of the case allows is none, and automatic attempts that follow each other too soon are', async () => {
    const ten = Array.from({ length: 9 }, (_, index) => index + 2).map((number) =>
      anotherAttempt(ofWaiting(), { number, cause: 'recheck' }),
    );
    const spread = sql`update charge_attempts set created_at = created_at + number * interval '1 day' where ${ofInvoice()}`;
    const policy = sql`insert into recovery_policies (version, policy, made_by, created_at)
      select 99, policy || '{"attemptsPerInvoice": 10}', made_by, created_at from recovery_policies where version = 1`;
    const ofCase = sql`update recovery_cases set policy_version = 99 where subscription_id = ${waiting.subscriptionId}`;
    expect(await violationsWith(13, ...ten, spread)).toBe(1);
    expect(await violationsWith(13, ...ten, spread, policy, ofCase)).toBe(0);
    const hoursLater = (hours: number) => sql`update charge_attempts
      set created_at = created_at + make_interval(hours => ${hours}) where ${ofInvoice()} and number = 2`;
    const second = (cause: string) => anotherAttempt(ofWaiting(), { number: 2, cause });
    expect(await violationsWith(13, second('recheck'), hoursLater(19))).toBe(1);
    expect(await violationsWith(13, second('recheck'), hoursLater(20))).toBe(0);
    expect(await violationsWith(13, second('customer'), hoursLater(0))).toBe(0);
    const pending = sql`update charge_attempts set error_code = 'SessionPending' where ${ofWaiting()}`;
    expect(await violationsWith(13, pending, second('recheck'), hoursLater(1))).toBe(0);
  });

  it('14: amounts that do not add up', async () => {
    const more = sql`update invoice_lines set quantity = 2
      where invoice_id in (select id from invoices where subscription_id = ${waiting.subscriptionId})`;
    expect(await violationsWith(14, more)).toBe(1);
  });

  it('16: a delivery that nothing will ever touch again', async () => {
    const forgotten = sql`update webhook_inbox set status = 'received', due_at = null
      where id = (select min(id) from webhook_inbox)`;
    expect(await violationsWith(16, forgotten)).toBe(1);
  });

  it('17 and 19: an effect that came twice, and a status that went back', async () => {
    const invoice = sql`(select min(id) from invoices where status = 'paid')`;
    expect(await violationsWith(17, anAuditEntry('invoice.paid', invoice, {}))).toBe(1);
    const back = { from: 'captured', to: 'accepted' };
    expect(await violationsWith(19, anAuditEntry('charge_attempt.status_changed', sql`'att_any'`, back))).toBe(1);
    const wake = { from: 'canceled', to: 'past_due' };
    expect(await violationsWith(19, anAuditEntry('subscription.status_changed', sql`'sub_any'`, wake))).toBe(1);
    const unpaid = { from: 'paid', to: 'void' };
    expect(await violationsWith(19, anAuditEntry('invoice.voided', sql`'inv_any'`, unpaid))).toBe(1);
    const takenBack = { from: 'succeeded', to: 'unknown' };
    expect(await violationsWith(19, anAuditEntry('refund.status_changed', sql`'ref_any'`, takenBack))).toBe(1);
  });

  it('14, 25, 28: a refund of more than was taken, of another customer, without its entry', async () => {
    const refund = (amountCents: number) => sql`
      insert into refunds (id, invoice_id, attempt_id, customer_id, amount_cents, lines, reason, status,
        idempotency_key, request_body, request_sha256, created_at)
      select ${newId('refund')}, invoice_id, charge_attempts.id, ${waiting.customerId}, ${amountCents}, '[]',
        'customer_request', 'planned', ${newId('refund')}, request_body, request_sha256, now()
      from charge_attempts where ${ofRenewed()} limit 1`;
    expect(await violationsWith(14, refund(4000), refund(830))).toBe(0);
    expect(await violationsWith(14, refund(4000), refund(831))).toBe(1);
    expect(await violationsWith(25, refund(1))).toBe(1);
    expect(await violationsWith(28, refund(1))).toBe(1);
    const inClear = sql`update refunds set request_body = 'a body that is stored as it is, in clear'`;
    expect(await violationsWith(26, refund(1), inClear)).toBe(1);
    const otherBody = sql`update refunds set request_sha256 = repeat('f', 64), idempotency_key =
      (select idempotency_key from charge_attempts where charge_attempts.id = refunds.attempt_id)`;
    expect(await violationsWith(5, refund(1), otherBody)).toBe(1);
  });

  it('17: a refund that is booked twice, and an event that would leave twice', async () => {
    const booked = sql`insert into audit_log (id, at, actor, action, subject, cause, change)
      select 'aud_' || n, now(), 'system:worker', 'invoice.refunded', 'inv_any', 'ref_any', '{}'::jsonb
      from generate_series(1, 2) n`;
    expect(await violationsWith(17, booked)).toBe(1);
    const event = (id: string) => sql`insert into events (id, dedupe_key, type, subject, payload, created_at)
      values (${id}, 'one', 'invoice.paid', 'sub_any', '{}', now())`;
    expect(await violationsWith(17, sql`drop index events_dedupe_key`, event('evt_1'), event('evt_2'))).toBe(1);
  });

  it('22: a delivery in the inbox that nobody had vouched for', async () => {
    const forged = sql`update webhook_inbox set delivery_key = 'forged' where id = (select min(id) from webhook_inbox)`;
    expect(await violationsWith(22, forged)).toBe(1);
    const unsigned = sql`update webhook_inbox set is_signed = false where id = (select min(id) from webhook_inbox)`;
    expect(await violationsWith(22, unsigned)).toBe(1);
  });

  it('25: an order of another customer than its subscription', async () => {
    const stolen = sql`update invoices set customer_id = ${waiting.customerId}
      where subscription_id = ${renewed.subscriptionId}`;
    expect(await violationsWith(25, stolen)).toBeGreaterThan(1);
    const otherToken = sql`update charge_attempts set payment_token_id = payment_tokens.id from payment_tokens
      where ${ofWaiting()} and payment_tokens.customer_id = ${renewed.customerId}`;
    expect(await violationsWith(25, otherToken)).toBe(1);
    const otherCase = sql`update recovery_cases set customer_id = ${renewed.customerId}
      where customer_id = ${waiting.customerId}`;
    expect(await violationsWith(25, otherCase)).toBe(1);
  });

  it('23: a token that its customer never asked for', async () => {
    const stolen = sql`update payment_tokens set source = 'webhook' where customer_id = ${renewed.customerId}`;
    expect(await violationsWith(23, stolen)).toBe(1);
  });

  it('24: a reason to write that was written about twice, where the database lost its unique index', async () => {
    const same = sql`update outbox set dedupe_key = 'one'`;
    expect(await violationsWith(24, sql`drop index outbox_dedupe_key`, same)).toBe(1);
  });

  it('26: a token that is stored in clear', async () => {
    const clear = sql`update payment_tokens set token = 'pt_in_clear_and_long_enough_to_be_one'
      where customer_id = ${renewed.customerId}`;
    expect(await violationsWith(26, clear)).toBe(1);
  });

  it('28: the seal of an entry follows, whatever its texts hold and however deep it is; a missing one is seen by the next', async () => {
    const { db } = world.runtime;
    const change = {
      z: [1, { b: 2, a: null }],
      'a"\\': 'two\nlines\u0001\u2028 é 😀 / </b>',
      depth: { period: { start: '2027-01-12', end: '2027-02-12' }, half: 0.5, huge: 1e21, tiny: 1e-9, no: false },
    };
    await db.execute(sql`insert into audit_log (id, at, actor, action, subject, customer_id, cause, change)
      values (${newId('audit')}, '2027-01-12T09:00:00.123987Z', ${'customer:"ü"\\\t'}, ${'a\u007f\u0007'}, 'sub_1', null, ${'\r\n'}, ${JSON.stringify(change)}::text::jsonb)`);
    await sealAudit(await world.system(), 1000);
    expect(await db.transaction(countBrokenSeals)).toBe(0);
    const seen = await db
      .transaction(async (tx) => {
        await tx.execute(sql`alter table audit_seals disable trigger all`);
        await tx.execute(sql`delete from audit_seals where sequence in (1, 4)`);
        throw new Seen(await countBrokenSeals(tx));
      })
      .catch((error) => (error instanceof Seen ? error.broken : error));
    expect(seen).toBe(2);
  });

  it('28: an entry that is gone, though its seal is there', async () => {
    const { db } = world.runtime;
    const seen = await db
      .transaction(async (tx) => {
        await tx.execute(sql`alter table audit_log disable trigger all`);
        await tx.execute(sql`alter table audit_seals disable trigger all`);
        await tx.execute(sql`delete from audit_log where id = (select audit_id from audit_seals where sequence = 2)`);
        throw new Seen(await countBrokenSeals(tx));
      })
      .catch((error) => (error instanceof Seen ? error.broken : error));
    expect(seen).toBe(1);
  });

  it('28: an order that was given up without an entry', async () => {
    for (const status of ['void', 'uncollectible']) {
      const giveUp = sql`update invoices set status = ${status} where subscription_id = ${waiting.subscriptionId}`;
      expect(await violationsWith(28, giveUp)).toBe(1);
    }
  });

  it('28: a subscription or a card that came to where it stands without an entry', async () => {
    const paused = sql`update subscriptions set status = 'paused' where id = ${waiting.subscriptionId}`;
    expect(await violationsWith(28, paused)).toBe(1);
    const revoked = sql`update payment_tokens set status = 'revoked' where customer_id = ${renewed.customerId}`;
    expect(await violationsWith(28, revoked)).toBe(1);
  });

  it('28: a charge without an audit entry, and a seal that does not follow', async () => {
    expect(await violationsWith(28, anotherAttempt(ofWaiting(), { status: 'planned' }))).toBe(1);
    expect(await world.runtime.db.transaction(countBrokenSeals)).toBe(0);
    await world.runtime.db.execute(sql`alter table audit_seals disable trigger all`);
    await world.runtime.db.execute(sql`update audit_seals set hash = repeat('0', 64) where sequence = 2`);
    // The seal itself, and the one that was made from it.
    expect(await world.runtime.db.transaction(countBrokenSeals)).toBe(2);
  });
});

describe('against the ledger', () => {
  const compared = async (change: (theirs: Ledger) => Ledger) =>
    compareWithLedger(await command(), await readOurSide(world.runtime.db), change(await ledger()));

  it('1 and 2: a charge that was made twice has no attempt of ours', async () => {
    const counts = await compared((theirs) => {
      const twice = theirs.charges.slice(0, 1).map((charge) => ({ ...charge, session_id: 's', idempotency_key: 'k' }));
      return { ...theirs, charges: [...theirs.charges, ...twice] };
    });
    expect([counts.get(1), counts.get(2)]).toEqual([1, 1]);
  });

  it('2: a capture of ours that Truemed never made, and one of another amount', async () => {
    expect((await compared((theirs) => ({ ...theirs, charges: theirs.charges.slice(1) }))).get(2)).toBe(1);
    const dearer = (theirs: Ledger) => ({
      ...theirs,
      charges: theirs.charges.map((charge, index) => (index === 0 ? { ...charge, amount: 1 } : charge)),
    });
    expect((await compared(dearer)).get(2)).toBe(1);
  });

  it('5: an idempotency violation that nobody injected', async () => {
    const violation = { operation: 'createPaymentSession', error: 'IdempotencyViolation', fault: null };
    const counts = await compared((theirs) => ({ ...theirs, requests: [...theirs.requests, violation] }));
    expect(counts.get(5)).toBe(1);
  });

  it('15 and 20: an acknowledged delivery that we do not have, and an event without any effect', async () => {
    const { now } = await command();
    const at = new Date(now.getTime() - 2 * 24 * 60 * 60 * 1000).toISOString();
    const counts = await compared((theirs) => ({
      ...theirs,
      events: [...theirs.events, { id: 'e', at, data: { payment_id: 'unknown', status: 'captured' } }],
      deliveries: [...theirs.deliveries, { id: 'd', event_id: 'e', log: [{ status: 204, request: { body: '{}' } }] }],
    }));
    expect([counts.get(15), counts.get(20)]).toEqual([1, 1]);
  });

  it('20: an event that a payment was refused, of which we have heard nothing', async () => {
    const { now } = await command();
    const at = new Date(now.getTime() - 2 * 24 * 60 * 60 * 1000).toISOString();
    const [waits] = (await readOurSide(world.runtime.db)).attempts;
    if (waits === undefined) throw new Error('There is no charge.');
    const ours = { ...(await readOurSide(world.runtime.db)), attempts: [{ ...waits, status: 'accepted' as const }] };
    const about = async (status: string) => {
      const event = { id: 'e', at, data: { payment_id: waits.paymentSessionId, status } };
      return compareWithLedger(await command(), ours, { ...(await ledger()), events: [event] }).get(20);
    };
    expect([await about('processing'), await about('rejected'), await about('canceled')]).toEqual([0, 1, 1]);
  });
});
