/** Counts calls, in real time: a limit on them protects a machine, and a machine does not follow the sandbox's clock. */
export class CallLimit {
  #second = 0;
  #count = 0;

  /** Whether one more call fits into this second; always where there is no limit. */
  take(perSecond: number | null): boolean {
    if (perSecond === null) return true;
    const second = Math.floor(performance.now() / 1000);
    this.#count = second === this.#second ? this.#count + 1 : 1;
    this.#second = second;
    return this.#count <= perSecond;
  }
}
