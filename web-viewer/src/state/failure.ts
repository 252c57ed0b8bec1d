/** Turns what was thrown into what a page can show. */
import { ApiError, isAbort, type Failure } from '../api/http';

export interface Shown {
  readonly failure: Failure | 'engine';
  readonly detail: string;
}

/** Nothing for an abort: that was asked for. */
export function shown(cause: unknown): Shown | undefined {
  if (isAbort(cause)) return undefined;
  if (cause instanceof ApiError) return { failure: cause.failure, detail: cause.message };
  return { failure: 'server', detail: cause instanceof Error ? cause.message : '' };
}
