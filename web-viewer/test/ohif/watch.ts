/** Listens to what OHIF asks, how it is answered, and what its console says. */
import type { BrowserContext, Page, Request } from 'playwright-core';

/** One exchange with the archive. */
export interface Exchange {
  readonly method: string;
  /** Path and query after the root, with UIDs and numbers replaced by their kind. */
  readonly shape: string;
  readonly accept: string;
  readonly status: number;
  readonly type: string;
  readonly path: string;
}

export interface Watch {
  readonly faults: string[];
  readonly exchanges: Exchange[];
}

/** Follows every page of the context; `root` is where OHIF asks for DICOMweb. */
export function watch(context: BrowserContext, root: string): Watch {
  const seen: Watch = { faults: [], exchanges: [] };
  context.on('console', (message) => {
    if (message.type() === 'error') seen.faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => seen.faults.push(`page: ${String(error.error())}`));
  context.on('requestfailed', (request) => {
    // A page that is left gives up what it still waits for.
    const reason = request.failure()?.errorText ?? '';
    if (reason !== 'net::ERR_ABORTED') seen.faults.push(`failed: ${request.method()} ${request.url()} ${reason}`);
  });
  context.on('response', (response) => {
    const request = response.request();
    if (!request.url().startsWith(`${root}/dicom-web`)) return;
    seen.exchanges.push({ ...asked(request, root), status: response.status(), type: response.headers()['content-type'] ?? '' });
  });
  return seen;
}

function asked(request: Request, root: string): Pick<Exchange, 'method' | 'shape' | 'accept' | 'path'> {
  const path = request.url().slice(`${root}/dicom-web`.length);
  return { method: request.method(), shape: shape(path), accept: request.headers()['accept'] ?? '', path };
}

/** `/studies/1.2/series?StudyDate=2024` becomes `/studies/{uid}/series?StudyDate`. */
export function shape(path: string): string {
  const [before = '', query] = path.split('?');
  const steps = before.split('/').map((step) => (/^[\d.]{9,}$/.test(step) ? '{uid}' : /^\d+$/.test(step) ? '{n}' : step));
  const bulk = steps.indexOf('bulkdata');
  const resource = (bulk < 0 ? steps : [...steps.slice(0, bulk + 1), '{tag}']).join('/');
  return query === undefined ? resource : `${resource}?${[...new URLSearchParams(query).keys()].sort().join('&')}`;
}

/** Waits until a condition holds; the message says which did not. */
export async function until(page: Page, what: string, holds: () => boolean | Promise<boolean>, milliseconds = 30_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
    await page.waitForTimeout(100);
  }
}
