/** Fetch with the errors that the pages can explain to a person. */

export type Failure = 'offline' | 'signed-out' | 'denied' | 'absent' | 'refused' | 'server';

export class ApiError extends Error {
  constructor(
    readonly failure: Failure,
    readonly status: number,
    detail: string,
    /** Seconds to wait before trying again, where the server says so. */
    readonly retryAfter?: number,
    /** The server's own name of the reason, as `account_locked`. */
    readonly code?: string,
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

export function failureOf(status: number): Failure {
  if (status === 401) return 'signed-out';
  if (status === 403) return 'denied';
  if (status === 404 || status === 410) return 'absent';
  return status >= 500 ? 'server' : 'refused';
}

/** How often a busy server is asked again, when it says after how long. */
const tries = 4;

/** Answers 2xx responses; anything else is an `ApiError`. An abort is passed on as it is. */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await once(url, init);
    } catch (cause) {
      const again = cause instanceof ApiError && cause.status === 503 && cause.retryAfter !== undefined;
      const isReading = (init.method ?? 'GET') === 'GET';
      if (!again || !isReading || tried === tries) throw cause;
      // Not all at once again.
      await pause((cause.retryAfter ?? 1) * 1000 * (0.75 + Math.random() / 2), init.signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new DOMException('aborted', 'AbortError'));
    if (signal?.aborted) gone();
    signal?.addEventListener('abort', gone, { once: true });
    setTimeout(() => {
      signal?.removeEventListener('abort', gone);
      resolve();
    }, milliseconds);
  });
}

/** Answers a 2xx response, or fails with an `ApiError` without asking again. */
export async function once(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (isAbort(cause)) throw cause;
    throw new ApiError('offline', 0, 'the server did not answer');
  }
  if (!response.ok) {
    const { detail, code } = await reason(response);
    throw new ApiError(failureOf(response.status), response.status, detail, wait(response), code);
  }
  return response;
}

function wait(response: Response): number | undefined {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** The server's own words, when they are short enough to show, and its name of the reason. */
async function reason(response: Response): Promise<{ readonly detail: string; readonly code?: string }> {
  try {
    const body = (await response.text()).trim();
    if (body.startsWith('{')) {
      const parsed = JSON.parse(body) as Record<string, unknown>;
      const said = ['message', 'error', 'detail', 'reason'].map((key) => parsed[key]).find((value) => typeof value === 'string');
      const { code } = parsed;
      if (said !== undefined) return { detail: said, ...(typeof code === 'string' ? { code } : {}) };
    }
    return { detail: body.length > 0 && body.length < 300 && !body.startsWith('<') ? body : response.statusText };
  } catch {
    return { detail: response.statusText };
  }
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'AbortError';
}
