import type { World } from '../world';

/** What a button did, in words; and where to go, if not back to its page. */
export type Done = string | { said: string; to: string };

/** Buttons by their address: each is what the control API does, and tells what it did. */
export type Actions = Readonly<Record<string, (world: World, form: URLSearchParams) => Done | Promise<Done>>>;

/** The fields of a form in which something stands. */
export function filled(form: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...form].map(([name, value]): [string, string] => [name, value.trim()]).filter(([, value]) => value !== ''),
  );
}

/** Those of some fields that are given, as numbers. */
export function numbers(
  fields: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, number> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = fields[name];
      return value === undefined ? [] : [[name, Number(value)]];
    }),
  );
}
