/** Frame requests under way, so that what is no longer wanted can be given up. */

const running = new Map<XMLHttpRequest, string>();
let refused: ((status: number) => void) | undefined;

export function track(imageId: string, xhr: XMLHttpRequest): void {
  running.set(xhr, imageId);
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
  for (const [xhr, imageId] of running) if (!wanted.has(imageId)) xhr.abort();
}

/** Is told the status of every refused frame request. */
export function onRefused(listener: ((status: number) => void) | undefined): void {
  refused = listener;
}
