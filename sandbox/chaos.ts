import { createHash } from 'node:crypto';
import { z } from 'zod';
import { API_FAULTS, ATTEMPT_FAULTS, DELIVERY_FAULTS, type Setting } from './records';
import type { Store } from './store';
import { LONGEST_PAUSE_MS } from './timers';

const Rate = z.number().min(0).max(1);
const rates = <K extends string>(names: readonly K[]) => z.partialRecord(z.enum(names), Rate).default({});

/**
 * Faults by chance. What meets a call or a delivery depends on the seed and on what the call or the event is about alone
 * (its key and how many of its kind came before it), so a run with the same seed and the same calls goes the same way.
 */
export const Chaos = z.strictObject({
  seed: z.union([z.string().min(1), z.number().transform(String)]),
  /** How likely each fault of a call is; at most one meets a call. */
  calls: rates(API_FAULTS).refine(
    (given) => Object.values(given).reduce((sum, rate) => sum + rate, 0) <= 1 + Number.EPSILON,
    'the rates add up to more than 1',
  ),
  /** How likely each fault of a delivery, or of one attempt of it, is; several may meet. */
  deliveries: rates([...DELIVERY_FAULTS, ...ATTEMPT_FAULTS]),
  /** `delay` holds a delivery back for up to so long, on the clock of the sandbox. */
  max_delay_seconds: z
    .number()
    .min(0)
    .max(100 * 366 * 86_400)
    .default(3600),
  /** How long `hang` and `drip` take, in real milliseconds. */
  ms: z.number().int().min(0).max(LONGEST_PAUSE_MS).default(30_000),
});
export type Chaos = z.output<typeof Chaos>;
export type ChaosInput = z.input<typeof Chaos>;

/** The chaos that is set; null for none. */
export function readChaos(store: Store): Chaos | null {
  const setting = store.settings.get('chaos');
  if (setting === undefined) return null;
  const known = read.get(setting);
  if (known !== undefined) return known;
  const chaos = Chaos.nullable().catch(null).parse(setting.value);
  read.set(setting, chaos);
  return chaos;
}

/** What settings were read as: they never change, and every call asks. */
const read = new WeakMap<Setting, Chaos | null>();

/** Sets chaos, or ends it. What was counted for the chaos before begins anew. */
export function setChaos(store: Store, chaos: Chaos | null): void {
  for (const { name } of store.turns.all()) if (name.startsWith('["chaos"')) store.turns.remove(name);
  if (chaos === null) store.settings.remove('chaos');
  else store.settings.put({ name: 'chaos', value: chaos });
}

/** A number from 0 up to 1 that these parts always give. */
export function draw(...parts: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readUIntBE(0, 6) / 2 ** 48;
}
