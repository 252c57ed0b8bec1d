/** Frame requests under way, so that what is no longer wanted can be given up, and what was lost is asked for again. */
import { retryAfter, troubleOf, type Trouble } from './lost';

const running = new Map<XMLHttpRequest, string>();
const aborted = new WeakSet<XMLHttpRequest>();
const lost = new Map<string, Loss>();
let refused: ((status: number) => void) | undefined;

/** A frame that did not come but may yet. */
export interface Loss {
  readonly trouble: Trouble;
  /** Milliseconds that the server asks to wait. */
  readonly after: number | undefined;
}

/** Why the last request for a frame was lost; nothing when it was answered, refused for good or given up. */
export function lossOf(imageId: string): Loss | undefined {
  return lost.get(imageId);
}

export function track(imageId: string, xhr: XMLHttpRequest): void {
  running.set(xhr, imageId);
  // The loader rejects in this turn, before `loadend`.
  xhr.addEventListener('readystatechange', () => {
    if (xhr.readyState !== XMLHttpRequest.DONE) return;
    const trouble = aborted.has(xhr) ? undefined : troubleOf(xhr.status);
    if (trouble) lost.set(imageId, { trouble, after: retryAfter(xhr.getResponseHeader('Retry-After'), Date.now()) });
    else lost.delete(imageId);
  });
  xhr.addEventListener('loadend', () => {
    running.delete(xhr);
    if (xhr.status >= 400) refused?.(xhr.status);
  });
}

/**
 * The loader rejects with the bare request and drops one of the promises on the way. The failure is reported where
 * the image is shown; as an unhandled rejection it only fills the console.
 */
export function quietRejections(): void {
  window.addEventListener('unhandledrejection', (event) => {
    if (event.reason instanceof XMLHttpRequest) event.preventDefault();
  });
}

/** The frame a request is for. */
export function imageOf(xhr: XMLHttpRequest): string {
  return running.get(xhr) ?? '';
}

/** Aborts every request for a frame that is not in `wanted`. */
export function abortExcept(wanted: ReadonlySet<string>): void {
  for (const [xhr, imageId] of running) {
    if (wanted.has(imageId)) continue;
    aborted.add(xhr);
    xhr.abort();
  }
  for (const imageId of lost.keys()) if (!wanted.has(imageId)) lost.delete(imageId);
}

/** Is told the status of every refused frame request. */
export function onRefused(listener: ((status: number) => void) | undefined): void {
  refused = listener;
}
