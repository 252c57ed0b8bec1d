/** An upload: what was chosen, how far it is, what became of each file. */
import { ApiError, isAbort } from '../../../api/http';
import { store } from '../../../api/stow';
import { session } from '../../../state/session.svelte';
import { batches } from './batches';
import type { Dropped } from './dropped';
import { looked, sources, type Sendable, type Skipped, type Source } from './intake';
import { outcomes, type Outcome } from './outcome';
import { mayGoBetter, reasonOf, type Reason } from './reasons';

export interface Problem {
  readonly path: string;
  readonly reason: Reason;
  /** Failure Reason (0008,1197) in hexadecimal digits, or the status of the answer. */
  readonly code: string | undefined;
}

/** Files not stored that are named. */
const named = 500;

/** Requests on their way at a time. */
const lanes = 3;

/** Times that a busy or silent server is asked, and the first wait between them, milliseconds. */
export const patience = { tries: 3, wait: 1000 };

class Upload {
  visible = $state(false);
  phase = $state<'idle' | 'reading' | 'sending' | 'done' | 'canceled'>('idle');
  /** Files seen; those inside an archive come as it is unpacked. */
  files = $state(0);
  bytes = $state(0);
  settled = $state(0);
  stored = $state(0);
  failed = $state(0);
  skipped = $state(0);
  /** The first of those that were not stored. */
  problems = $state.raw<readonly Problem[]>([]);
  /** Bytes that are settled, and of requests under way the part that has left. */
  sent = $state(0);
  /** Files that may go better another time. */
  again = $state(0);
  #queue: (Source | Sendable)[] = [];
  #again: Sendable[] = [];
  #stop = new AbortController();
  /** Whose files are being sent. */
  #sending: AbortSignal | undefined;
  /** Folders that are being walked. */
  #walking = 0;
  #silent = false;
  #session = session.opened;

  get isRunning(): boolean {
    return this.phase === 'reading' || this.phase === 'sending';
  }

  /** Another person may have signed in: nothing of the one before is sent or shown. */
  begin(): void {
    if (this.#session === session.opened) return;
    this.cancel();
    this.#reset();
    this.#session = session.opened;
    this.phase = 'idle';
    this.visible = false;
  }

  /** Sends what was chosen, behind what is being sent. */
  async add(dropped: Dropped): Promise<void> {
    this.begin();
    this.visible = true;
    if (dropped.entries.length === 0 && dropped.files.length === 0) return;
    if (!this.isRunning) this.#reset();
    const { signal } = this.#stop;
    this.#walking += 1;
    for await (const source of sources(dropped)) {
      if (signal.aborted) break;
      this.#queue.push(source);
      this.files += 1;
      this.bytes += source.file?.size ?? 0;
    }
    this.#walking -= 1;
    await this.#run(signal);
  }

  /** Sends again what may go better now. */
  async retry(): Promise<void> {
    const again = this.#again;
    this.#reset();
    this.#queue = again;
    this.files = again.length;
    this.bytes = again.reduce((sum, { weight }) => sum + weight, 0);
    await this.#run(this.#stop.signal);
  }

  cancel(): void {
    this.#stop.abort();
    this.#queue = [];
    this.phase = 'canceled';
  }

  #reset(): void {
    this.#stop = new AbortController();
    this.#queue = [];
    this.#silent = false;
    this.phase = 'reading';
    this.files = this.bytes = this.settled = this.stored = this.failed = this.skipped = this.sent = 0;
    this.problems = [];
    this.#again = [];
    this.again = 0;
  }

  async #run(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#sending === signal) return;
    this.#sending = signal;
    this.phase = 'sending';
    window.addEventListener('beforeunload', stay);
    signal.addEventListener('abort', () => window.removeEventListener('beforeunload', stay));
    while (this.#queue.length > 0 && !signal.aborted) {
      const groups = batches(this.#sendable(signal));
      const lane = async (): Promise<void> => {
        for (let next = await groups.next(); !next.done; next = await groups.next()) await this.#send(next.value, signal);
      };
      await Promise.all(Array.from({ length: lanes }, lane));
    }
    if (signal.aborted) return;
    window.removeEventListener('beforeunload', stay);
    this.#sending = undefined;
    this.phase = this.#walking > 0 ? 'reading' : 'done';
  }

  /** What is to be sent of what was chosen; the rest is told as it is met. */
  async *#sendable(signal: AbortSignal): AsyncGenerator<Sendable> {
    for (let next = this.#queue.shift(); next && !signal.aborted; next = this.#queue.shift()) {
      if ('content' in next) {
        yield next;
        continue;
      }
      // An archive is not a file among them, but the files in it are.
      this.files -= 1;
      for await (const found of looked(next)) {
        if (signal.aborted) return;
        this.files += 1;
        if ('content' in found) yield found;
        else this.#refused(found, found.problem, undefined);
      }
    }
  }

  async #send(group: readonly Sendable[], signal: AbortSignal): Promise<void> {
    if (!signal.aborted && this.#session !== session.opened) this.cancel();
    if (signal.aborted) return;
    const weight = group.reduce((sum, file) => sum + file.weight, 0);
    let counted = 0;
    const tell = (part: number): void => {
      if (signal.aborted) return;
      this.sent += part * weight - counted;
      counted = part * weight;
    };
    try {
      const answer = await this.#stored(group, tell, signal);
      tell(0);
      outcomes(group.map(({ sop }) => sop), answer).forEach((outcome, index) => this.#settle(group[index], outcome));
    } catch (cause) {
      tell(0);
      if (isAbort(cause) || signal.aborted) return;
      const status = cause instanceof ApiError ? cause.status : 0;
      if (status === 401) {
        this.cancel();
        return session.expired();
      }
      // One file may be what the whole is refused for.
      if ((status === 400 || status === 413) && group.length > 1) {
        const half = group.length >> 1;
        await this.#send(group.slice(0, half), signal);
        return this.#send(group.slice(half), signal);
      }
      for (const file of group) this.#refused(file, reasonOfStatus(status), status > 0 ? `HTTP ${status}` : undefined);
    }
  }

  /** One request, tried again while the server is busy or silent; once it stays silent, nothing more is tried. */
  async #stored(group: readonly Sendable[], tell: (part: number) => void, signal: AbortSignal): ReturnType<typeof store> {
    for (let tried = 1; ; tried += 1) {
      try {
        if (this.#silent) throw new ApiError('offline', 0, 'the server did not answer');
        return await store(group.map(({ content }) => content), tell, signal);
      } catch (cause) {
        const mayAnswer = cause instanceof ApiError && [0, 429, 502, 503, 504].includes(cause.status) && !this.#silent;
        if (!mayAnswer) throw cause;
        if (tried >= patience.tries) {
          this.#silent = cause.status === 0;
          throw cause;
        }
        tell(0);
        const wait = cause.retryAfter === undefined ? patience.wait * 2 ** (tried - 1) : cause.retryAfter * 1000;
        await new Promise((resolve) => setTimeout(resolve, wait));
        if (signal.aborted) throw new DOMException('aborted', 'AbortError');
      }
    }
  }

  #settle(file: Sendable | undefined, outcome: Outcome): void {
    if (!file) return;
    if (outcome === undefined) return this.#refused(file, 'unknown', undefined);
    if (outcome !== 'stored') return this.#refused(file, reasonOf(outcome), `${outcome.toString(16).toUpperCase().padStart(4, '0')}H`);
    this.stored += 1;
    this.settled += 1;
    this.sent += file.weight;
  }

  #refused(file: Sendable | Skipped, reason: Reason, code: string | undefined): void {
    if (this.problems.length < named) this.problems = [...this.problems, { path: file.path, reason, code }];
    this.settled += 1;
    this.sent += file.weight;
    if (!('content' in file)) {
      this.skipped += 1;
      return;
    }
    this.failed += 1;
    if (mayGoBetter(reason)) this.again = this.#again.push(file);
  }
}

/** Asks before the page is left. */
function stay(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function reasonOfStatus(status: number): Reason {
  switch (status) {
    case 0: return 'offline';
    case 400: return 'unreadable';
    case 403: return 'denied';
    case 413: return 'tooLarge';
    case 507: return 'resources';
    case 429: case 502: case 503: case 504: return 'busy';
    default: return status >= 500 ? 'processing' : 'unknown';
  }
}

export const upload = new Upload();
