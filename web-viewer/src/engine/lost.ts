/** What the network or a busy server did not give, and when it is asked for again. Times are milliseconds. */

/** Why frames are waited for: nobody answers, or the server is busy. */
export type Trouble = 'offline' | 'busy';

/** Answers of a server, or of a proxy before it, that pass (RFC 9110 §15.6, RFC 6585 §4). */
const passing = new Set([429, 502, 503, 504]);
const firstWait = 1000;
const longestWait = 30_000;

/** Trouble that passes; nothing for a refusal that stays. Status 0 is no answer at all. */
export function troubleOf(status: number): Trouble | undefined {
  if (status === 0) return 'offline';
  return passing.has(status) ? 'busy' : undefined;
}

/** Seconds or a date of Retry-After (RFC 9110 §10.2.3) as milliseconds from `now`. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** Asks again after 1, 2, 4 … 30 s, after what the server says, or as soon as the browser is online again. */
export class Again {
  readonly #ask: () => void;
  readonly #told: (trouble: Trouble | undefined) => void;
  readonly #random: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tried = 0;
  #trouble: Trouble | undefined;

  /** `told` learns when trouble begins, changes and ends. */
  constructor(ask: () => void, told: (trouble: Trouble | undefined) => void, random: () => number = Math.random) {
    this.#ask = ask;
    this.#told = told;
    this.#random = random;
    window.addEventListener('online', this.#now);
  }

  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** A request was lost; several lost together wait together. */
  lost(trouble: Trouble, after?: number): void {
    if (this.#timer !== undefined) return;
    this.#say(trouble);
    const wait = after ?? Math.min(longestWait, firstWait * 2 ** this.#tried);
    this.#tried += 1;
    // Not all at once again, and never before what the server says.
    this.#timer = setTimeout(this.#now, wait * (1 + this.#random() / 4));
  }

  /** A request was answered: what waits need not wait longer than at first. */
  answered(): void {
    this.#tried = 0;
    if (this.#timer === undefined) this.#say(undefined);
  }

  close(): void {
    window.removeEventListener('online', this.#now);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #now = (): void => {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#ask();
  };

  #say(trouble: Trouble | undefined): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#told(trouble);
  }
}
