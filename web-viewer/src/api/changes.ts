/** `/api/changes`: what became of the archive's holdings, in order. */
import { ApiError, request } from './http';

export interface Change {
  readonly number: number;
  /** `kept` is a version that is not shown; all others change what a search finds. */
  readonly kind: string;
  readonly study: string;
}

export interface Feed {
  /** When the counting began; another moment than before: the index was made anew. Null: nothing changed yet. */
  readonly began: string | null;
  readonly last: number;
  readonly changes: readonly Change[];
}

/** Changes after number `after`; the server waits `wait` seconds at most for one. `ApiError` 410: compare everything. */
export async function changesAfter(after: number, wait: number, signal: AbortSignal, limit?: number): Promise<Feed> {
  const query = new URLSearchParams({ after: String(after), wait: String(wait), ...(limit === undefined ? {} : { limit: String(limit) }) });
  return (await (await request(`/api/changes?${query}`, { signal })).json()) as Feed;
}

/** The number of the last change. Where the first are forgotten, it is the refusal that names it. */
export async function lastChange(signal: AbortSignal): Promise<number> {
  try {
    return (await changesAfter(0, 0, signal, 1)).last;
  } catch (cause) {
    const named = cause instanceof ApiError && cause.status === 410 ? /(\d+)\D*$/.exec(cause.message)?.[1] : undefined;
    if (named === undefined) throw cause;
    return Number(named);
  }
}
