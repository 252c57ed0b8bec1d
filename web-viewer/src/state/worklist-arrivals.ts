/** Follows the change feed, so that what is sent or deleted shows without a press. */
import { changesAfter, lastChange } from '../api/changes';
import { ApiError, isAbort } from '../api/http';

export interface Listener {
  /** These studies are not what they were. */
  changed(studies: string[]): Promise<void>;
  /** Anything may have changed. */
  everything(): Promise<void>;
  signedOut(): void;
}

/** Milliseconds, but for `wait`: seconds that the server may keep a request until something changes. */
export const pace = { wait: 10, settle: 700, least: 1000, idle: 3000, retry: 1000, longest: 30_000, without: 10_000 };

/** Changes before the last one that are read again: what came while the list was being loaded. */
const overlap = 50;

export class Arrivals {
  #after: number | undefined;
  #began: string | null = null;
  #overlap = overlap;
  #running: AbortController | undefined;

  constructor(
    private readonly listener: Listener,
    private readonly timing = pace,
  ) {}

  /** Goes on where it stopped. */
  start(): void {
    if (this.#running) return;
    this.#running = new AbortController();
    void this.#follow(this.#running.signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let failed = 0;
    while (!signal.aborted) {
      let rest = this.timing.settle;
      try {
        rest = await this.#step(signal);
        failed = 0;
      } catch (cause) {
        if (isAbort(cause)) return;
        const status = cause instanceof ApiError ? cause.status : 0;
        if (status === 401) return this.listener.signedOut();
        if (status === 410) {
          this.#forget(0);
          await this.listener.everything();
        } else if (status === 404) {
          // An archive without the feed is asked for its list again.
          await this.listener.everything();
          rest = this.timing.without;
        } else {
          rest = Math.min(this.timing.longest, this.timing.retry * 2 ** failed);
          failed += 1;
        }
      }
      await pause(rest, signal);
    }
  }

  /** Asks once; answers how long to rest. */
  async #step(signal: AbortSignal): Promise<number> {
    this.#after ??= Math.max(0, (await lastChange(signal)) - this.#overlap);
    const asked = Date.now();
    const feed = await changesAfter(this.#after, this.timing.wait, signal);
    if (this.#began !== null && feed.began !== this.#began) {
      this.#forget(overlap);
      await this.listener.everything();
      return 0;
    }
    this.#began = feed.began;
    const studies = [...new Set(feed.changes.filter(({ kind }) => kind !== 'kept').map(({ study }) => study))];
    if (studies.length > 0) await this.listener.changed(studies);
    this.#after = feed.changes.at(-1)?.number ?? this.#after;
    if (feed.changes.length > 0) return this.timing.settle;
    // A server that does not wait is not asked all the time.
    return Date.now() - asked < this.timing.least ? this.timing.idle : 0;
  }

  #forget(again: number): void {
    this.#after = undefined;
    this.#began = null;
    this.#overlap = again;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
