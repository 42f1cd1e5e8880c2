import type { Check, CheckWorld } from './check';

/** Something that Truemed's documents leave open and that the sandbox and our client had to assume. */
export interface Assumption {
  readonly id: string;
  readonly section: string;
  /** What is assumed. */
  readonly text: string;
  /** The switch of the sandbox that changes it, where there is one. */
  readonly switchName: string | null;
  /** How Truemed's own can be asked without a customer and without a charge; null where it cannot. */
  readonly probe: { effect: Check['effect']; run: (world: CheckWorld) => Promise<boolean> } | null;
}

/** One that any API can be asked about. */
export function probed(
  id: string,
  section: string,
  text: string,
  effect: Check['effect'],
  run: (world: CheckWorld) => Promise<boolean>,
  switchName: string | null = null,
): Assumption {
  return { id, section, text, switchName, probe: { effect, run } };
}

/** One that only a customer, a webhook or the merchant's own account can tell about. */
export function silent(id: string, section: string, text: string, switchName: string | null = null): Assumption {
  return { id, section, text, switchName, probe: null };
}
