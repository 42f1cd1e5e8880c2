import type { World } from '../world';

/** A call of the API once its path, key and body are known to be good. */
export interface ApiCall {
  world: World;
  /** The id in the path, or an empty string where the path has none. */
  id: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

/** What the API answers; `undefined` as body sends none. */
export interface ApiAnswer {
  status: number;
  body: unknown;
  afterSent?: () => void;
}

/** An error in the envelope of section 1.1. */
export function refuse(status: number, error: string, message: string): ApiAnswer {
  return { status, body: { error, message } };
}

/** A value, or the answer that says what is wrong with it. */
export type Checked<T> = { ok: true; value: T } | { ok: false; answer: ApiAnswer };
