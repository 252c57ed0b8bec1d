/** The study list: filters, pages, the selected row. */
import { searchStudies, type Filter } from '../api/qido';
import type { Study } from '../dicom/study';
import { shown, type Shown } from './failure';
import { session } from './session.svelte';

const pageSize = 100;

/** Rows before the end at which the next page is fetched. */
const nearEnd = 12;

/** Days back from today; 0 is today only, -1 any date. */
export type Days = -1 | 0 | 6 | 29;

class Worklist {
  text = $state('');
  days = $state<Days>(-1);
  modalities = $state<string[]>([]);
  studies = $state.raw<Study[]>([]);
  more = $state(false);
  loading = $state(false);
  loaded = $state(false);
  error = $state<Shown | undefined>(undefined);
  selected = $state(0);
  #running: AbortController | undefined;

  get filtered(): boolean {
    return this.text.trim() !== '' || this.days !== -1 || this.modalities.length > 0;
  }

  get current(): Study | undefined {
    return this.studies[this.selected];
  }

  /** Asks anew; an answer that is no longer wanted is dropped. */
  async search(): Promise<void> {
    await this.#load(0);
  }

  /** Looks for what has come meanwhile, without a sign of it; says nothing when that fails. */
  async refresh(): Promise<void> {
    if (this.loading || this.error || this.studies.length > pageSize) return;
    await this.#load(0, true);
  }

  async showMore(): Promise<void> {
    if (this.more && !this.loading) await this.#load(this.studies.length);
  }

  select(index: number): void {
    this.selected = Math.max(0, Math.min(this.studies.length - 1, index));
    if (this.selected > this.studies.length - nearEnd) void this.showMore();
  }

  clear(): void {
    this.text = '';
    this.days = -1;
    this.modalities = [];
  }

  async #load(offset: number, quiet = false): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.loading = !quiet;
    this.error = undefined;
    const filter: Filter = { text: this.text, modalities: this.modalities, dates: dateRange(this.days, new Date()) };
    try {
      const page = await searchStudies(filter, pageSize, offset, running.signal);
      const before = this.current?.uid;
      const known = new Set(offset === 0 ? [] : this.studies.map((item) => item.uid));
      this.studies = offset === 0 ? page.studies : [...this.studies, ...page.studies.filter((item) => !known.has(item.uid))];
      this.more = page.more;
      this.loaded = true;
      if (offset === 0) this.selected = Math.max(0, this.studies.findIndex((item) => item.uid === before));
    } catch (cause) {
      const failure = shown(cause);
      if (!failure) return;
      if (failure.failure === 'signed-out') session.expired();
      if (!quiet) this.error = failure;
    } finally {
      if (this.#running === running) this.loading = false;
    }
  }
}

/** DA range matching (PS3.4 C.2.2.2.5) of the last days, by the local calendar. */
export function dateRange(days: Days, today: Date): string {
  if (days < 0) return '';
  const from = new Date(today.getFullYear(), today.getMonth(), today.getDate() - days);
  return `${da(from)}-${da(today)}`;
}

function da(date: Date): string {
  return `${date.getFullYear()}${String(date.getMonth() + 1).padStart(2, '0')}${String(date.getDate()).padStart(2, '0')}`;
}

export const worklist = new Worklist();
