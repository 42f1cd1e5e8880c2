import type { Reply } from '../http';

/** What a call and its answer were, beside what the ledger keeps of every call. */
export interface CallText {
  /** The body as it arrived. */
  readonly request: string;
  /** The body as it was sent; empty where the connection was reset. */
  readonly answer: string;
}

/** How many calls are kept, and how large each may be; a body that is larger is left out. */
const KEPT = 500;
const MAX_BYTES = 65_536;

/** The bodies of the latest calls, for people who look at them or make them again. They are gone with the process. */
export class RecentCalls {
  readonly #texts = new Map<string, { request: Buffer; answer: string | Buffer }>();

  keep(id: string, request: Buffer | null, reply: Reply): void {
    const answer = 'body' in reply ? reply.body : '';
    if (request === null || request.length + answer.length > MAX_BYTES) return;
    this.#texts.set(id, { request, answer });
    if (this.#texts.size <= KEPT) return;
    for (const oldest of this.#texts.keys()) {
      this.#texts.delete(oldest);
      return;
    }
  }

  find(id: string): CallText | undefined {
    const text = this.#texts.get(id);
    return text && { request: text.request.toString('utf8'), answer: text.answer.toString('utf8') };
  }

  /** Forgets them: part of a reset. */
  clear(): void {
    this.#texts.clear();
  }
}
