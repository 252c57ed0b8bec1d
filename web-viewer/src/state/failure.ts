/** Turns what was thrown into what a page can show. */
import { ApiError, isAbort, type Failure } from '../api/http';

export interface Shown {
  readonly failure: Failure | 'engine';
  readonly detail: string;
}

/** The image engine could not be loaded or started. */
export class EngineError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Nothing for an abort: that was asked for. */
export function shown(cause: unknown): Shown | undefined {
  if (isAbort(cause)) return undefined;
  if (cause instanceof ApiError) return { failure: cause.failure, detail: cause.message };
  if (cause instanceof EngineError) return { failure: 'engine', detail: cause.message };
  return { failure: 'server', detail: cause instanceof Error ? cause.message : '' };
}
