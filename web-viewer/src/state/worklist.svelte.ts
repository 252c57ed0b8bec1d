/** The study list: its filter, its pages, the selected row, and what has come since it was loaded. */
import { isAbort } from '../api/http';
import { searchStudies } from '../api/qido';
import type { Study } from '../dicom/study';
import { shown, type Shown } from './failure';
import { session } from './session.svelte';
import { fromQuery, isFiltered, noFilter, searches, toQuery, type Filter } from './worklist-filter';
import { forgetOrder } from './study-order';
import { StudyPages } from './worklist-pages';
import { patched } from './worklist-patch';

const pageSize = 100;

/** Rows before the end at which the next page is fetched. */
const nearEnd = 12;

/** Changed studies that are looked up in one search, and past which the list is loaded anew instead. */
const lookedUp = { atOnce: 50, most: 500 };

/** The first page, the same without a sign of it, or the next page. */
type How = 'anew' | 'quietly' | 'on';

class Worklist {
  filter = $state.raw<Filter>(noFilter);
  studies = $state.raw<readonly Study[]>([]);
  more = $state(false);
  loading = $state(false);
  loaded = $state(false);
  error = $state.raw<Shown | undefined>(undefined);
  selected = $state(0);
  /** UIDs that came since the search, and that nobody has selected yet. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());
  /** Counts searches: after each, the table begins at its top. */
  searched = $state(0);
  /** Counts selections: after each, the table brings the selected row into sight. */
  moved = $state(0);
  #pages = new StudyPages([], pageSize);
  #running: AbortController | undefined;
  #patching: AbortController | undefined;
  #settled: Promise<void> = Promise.resolve();
  /** The filter that the rows answer, and the one that was asked for last. */
  #answered = '';
  #asked = '';

  #session = 0;
  #failed: How = 'anew';

  get filtered(): boolean {
    return isFiltered(this.filter);
  }

  get current(): Study | undefined {
    return this.studies[this.selected];
  }

  /** Whether the rows are those of the filter: there is nothing to search again. */
  get isCurrent(): boolean {
    const query = toQuery(this.filter);
    return this.loaded && this.#answered === query && this.#asked === query;
  }

  /** What an earlier session loaded is not shown to this one. */
  begin(): void {
    if (this.#session === session.opened) return;
    this.#session = session.opened;
    this.forget();
  }

  /** Drops all that was found, and where it led. */
  forget(): void {
    this.#running?.abort();
    this.#patching?.abort();
    forgetOrder();
    this.#pages = new StudyPages([], pageSize);
    this.studies = [];
    this.fresh = new Set();
    this.loaded = this.more = this.loading = false;
    this.error = undefined;
    this.filter = noFilter;
  }

  change(part: Partial<Filter>): void {
    this.filter = { ...this.filter, ...part };
  }

  clear(): void {
    this.filter = noFilter;
  }

  /** Takes the filter that an address carries. */
  take(query: string): void {
    if (query !== toQuery(this.filter)) this.filter = fromQuery(query);
  }

  /** Asks anew; an answer that is no longer wanted is dropped. */
  search(): Promise<void> {
    return this.#load('anew');
  }

  /** Loads the first page without a sign of it; says nothing when that fails. */
  async reload(): Promise<void> {
    if (!this.loading && !this.error) await this.#load('quietly');
  }

  /** What failed is asked for again by `retry` alone: a list that scrolls a little must not ask time after time. */
  async showMore(): Promise<void> {
    if (this.more && !this.loading && !this.error) await this.#load('on');
  }

  /** Tries once more what failed. */
  async retry(): Promise<void> {
    await this.#load(this.#failed);
  }

  select(index: number): void {
    this.selected = Math.max(0, Math.min(this.studies.length - 1, index));
    this.moved += 1;
    const uid = this.current?.uid;
    if (uid !== undefined && this.fresh.has(uid)) this.fresh = new Set([...this.fresh].filter((other) => other !== uid));
    if (this.selected > this.studies.length - nearEnd) void this.showMore();
  }

  /** Goes to the first row that nobody has looked at yet. */
  selectFresh(): void {
    const index = this.studies.findIndex(({ uid }) => this.fresh.has(uid));
    if (index >= 0) this.select(index);
  }

  /** Looks changed studies up, and puts them where they belong, or takes them out; the selected study stays selected. */
  async changed(uids: readonly string[]): Promise<void> {
    await this.#settled;
    if (!this.isCurrent) return;
    if (uids.length > lookedUp.most) return this.reload();
    const { signal } = (this.#patching = new AbortController());
    try {
      await this.#lookUp(uids, signal);
    } catch (cause) {
      // Another search has begun meanwhile: its answer knows.
      if (!isAbort(cause)) throw cause;
    }
  }

  async #lookUp(uids: readonly string[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < uids.length; at += lookedUp.atOnce) {
      const some = uids.slice(at, at + lookedUp.atOnce);
      const asked = searches(this.filter, new Date()).map((keys) =>
        searchStudies([...keys, ['StudyInstanceUID', some.join(',')]], lookedUp.atOnce, undefined, signal),
      );
      const pages = await Promise.all(asked);
      if (signal.aborted || !this.isCurrent) return;
      const found = new Map(pages.flatMap(({ studies }) => studies).map((study) => [study.uid, study]));
      const { studies, added } = patched(this.studies, some, [...found.values()], this.more);
      this.#replace(studies);
      const there = new Set(studies.map(({ uid }) => uid));
      this.fresh = new Set([...this.fresh, ...added].filter((uid) => there.has(uid)));
    }
  }

  /** Other rows, the same study selected where it is still there. */
  #replace(studies: readonly Study[]): void {
    const uid = this.current?.uid;
    this.studies = studies;
    const index = studies.findIndex((study) => study.uid === uid);
    this.selected = index >= 0 ? index : Math.max(0, Math.min(this.selected, studies.length - 1));
  }

  #load(how: How): Promise<void> {
    this.#running?.abort();
    if (how !== 'on') this.#patching?.abort();
    this.#running = new AbortController();
    this.#settled = this.#page(how, this.#running);
    return this.#settled;
  }

  async #page(how: How, running: AbortController): Promise<void> {
    this.loading = how !== 'quietly';
    this.error = undefined;
    const query = how === 'on' ? this.#answered : toQuery(this.filter);
    this.#asked = query;
    const pages = how === 'on' ? this.#pages : new StudyPages(searches(this.filter, new Date()), pageSize);
    try {
      const studies = await pages.next(running.signal);
      if (running.signal.aborted) return;
      const known = new Set(how === 'on' ? this.studies.map(({ uid }) => uid) : []);
      this.#replace(how === 'on' ? [...this.studies, ...studies.filter(({ uid }) => !known.has(uid))] : studies);
      this.#pages = pages;
      this.#answered = query;
      this.more = pages.more;
      this.loaded = true;
      if (how === 'anew') {
        this.fresh = new Set();
        this.searched += 1;
      }
    } catch (cause) {
      const failure = shown(cause);
      if (failure?.failure === 'signed-out') session.expired();
      if (failure && how !== 'quietly') {
        this.error = failure;
        this.#failed = how;
      }
    } finally {
      if (this.#running === running) this.loading = false;
    }
  }
}

export const worklist = new Worklist();
