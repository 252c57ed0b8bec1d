/** What a page of the console lists and changes. */
import { ApiError } from '../api/http';
import { t, type Key } from '../i18n/index.svelte';
import { shown, type Shown } from './failure';
import { session } from './session.svelte';

export class Listing<T> {
  rows = $state.raw<readonly T[] | undefined>(undefined);
  /** The list could not be read. */
  failed = $state.raw<Shown | undefined>(undefined);
  /** The server's words against the last change. */
  refused = $state('');
  busy = $state(false);

  constructor(private readonly read: () => Promise<readonly T[]>) {}

  async load(): Promise<void> {
    try {
      this.rows = await this.read();
      this.failed = undefined;
    } catch (cause) {
      if (!isOut(cause)) this.failed = shown(cause);
    }
  }

  /** Adds what comes after the last row; how much it was, nothing where it could not be read. */
  async extend(next: (last: T | undefined) => Promise<readonly T[]>): Promise<number | undefined> {
    const done = await this.#guarded(() => next(this.rows?.at(-1)));
    this.rows = [...(this.rows ?? []), ...(done?.made ?? [])];
    return done?.made.length;
  }

  /** Does something, and reads the list again; nothing when it was refused, which stands at the form. */
  async change<R>(deed: () => Promise<R>): Promise<{ readonly made: R } | undefined> {
    return this.#guarded(async () => {
      const made = await deed();
      await this.load();
      return made;
    });
  }

  async #guarded<R>(deed: () => Promise<R>): Promise<{ readonly made: R } | undefined> {
    this.busy = true;
    this.refused = '';
    try {
      return { made: await deed() };
    } catch (cause) {
      if (!isOut(cause)) this.refused = words(cause);
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

/** The server's own words against something; of a failure that it did not speak of, ours. */
export function words(cause: unknown): string {
  const told = shown(cause);
  if (!told) return '';
  const spoke = told.failure === 'refused' || told.failure === 'denied' || told.failure === 'absent';
  return spoke && told.detail !== '' ? told.detail : t(`error.${told.failure}` as Key);
}

/** Whether nobody is signed in any more, which leads to the door. */
export function isOut(cause: unknown): boolean {
  const out = cause instanceof ApiError && cause.failure === 'signed-out';
  if (out) session.expired();
  return out;
}
