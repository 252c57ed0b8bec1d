/** What a page of the console lists and changes. */
import { ApiError } from '../api/http';
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

  /** Does something, and reads the list again; nothing when it was refused, which stands at the form. */
  async change<R>(deed: () => Promise<R>): Promise<{ readonly made: R } | undefined> {
    this.busy = true;
    this.refused = '';
    try {
      const made = await deed();
      await this.load();
      return { made };
    } catch (cause) {
      if (!isOut(cause)) this.refused = shown(cause)?.detail ?? '';
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

function isOut(cause: unknown): boolean {
  const out = cause instanceof ApiError && cause.failure === 'signed-out';
  if (out) session.expired();
  return out;
}
