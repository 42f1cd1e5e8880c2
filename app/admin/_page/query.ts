/** The query of an address, as Next hands it to a page. */
export type Query = Record<string, string | string[] | undefined>;

/** One value of a query; undefined where it is missing, empty or given twice. */
export function textOf(query: Query, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined;
}

/** One value of a query where it is among the choices; whatever else stands there is ignored. */
export function choiceOf<T extends string>(query: Query, name: string, choices: readonly T[]): T | undefined {
  const value = textOf(query, name);
  return choices.find((choice) => choice === value);
}

/** An address with those values that are given. */
export function addressOf(path: string, values: Record<string, string | undefined | null>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
