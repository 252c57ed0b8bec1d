/** Pages of a list that several searches fill together: each study once, in the order in which the server gives one search. */
import { searchStudies, type Keys, type Page } from '../api/qido';
import type { Study } from '../dicom/study';

type Ask = (keys: Keys, limit: number, after: string | undefined, signal: AbortSignal) => Promise<Page>;

interface Source {
  readonly keys: Keys;
  waiting: Study[];
  next: string | undefined;
  /** Nothing more is to be asked of it. */
  done: boolean;
}

/** Newest first, then by UID; a study without a date stands last. */
export function before(a: Study, b: Study): number {
  return compare(b.date.replaceAll('.', ''), a.date.replaceAll('.', '')) || compare(clock(b.time), clock(a.time)) || compare(a.uid, b.uid);
}

/** By code points, as the server's index does; not by anybody's alphabet. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** TM to its full length, so that 10 and 100000 are one moment. */
function clock(time: string): string {
  const [whole = '', fraction = ''] = time.replaceAll(':', '').split('.');
  return whole === '' ? '' : whole.padEnd(6, '0') + fraction.padEnd(6, '0');
}

export class StudyPages {
  readonly #sources: Source[];

  constructor(
    searches: readonly Keys[],
    private readonly size: number,
    private readonly ask: Ask = searchStudies,
  ) {
    this.#sources = searches.map((keys) => ({ keys, waiting: [], next: undefined, done: false }));
  }

  /** Whether a further page may hold something. */
  get more(): boolean {
    return this.#sources.some((source) => source.waiting.length > 0 || !source.done);
  }

  /** The next page: `size` studies; fewer when a source must be asked again first, or at the end. */
  async next(signal: AbortSignal): Promise<Study[]> {
    await Promise.all(this.#sources.filter((source) => source.waiting.length === 0 && !source.done).map((source) => this.#fill(source, signal)));
    const page: Study[] = [];
    while (page.length < this.size && this.#sources.every((source) => source.waiting.length > 0 || source.done)) {
      const heads = this.#sources.flatMap((source) => source.waiting[0] ?? []);
      const first = this.#sources.length === 1 ? heads[0] : [...heads].sort(before)[0];
      if (!first) break;
      page.push(first);
      for (const source of this.#sources) if (source.waiting[0]?.uid === first.uid) source.waiting.shift();
    }
    return page;
  }

  async #fill(source: Source, signal: AbortSignal): Promise<void> {
    const { studies, next } = await this.ask(source.keys, this.size, source.next, signal);
    source.waiting = studies;
    source.next = next;
    source.done = next === undefined;
  }
}
