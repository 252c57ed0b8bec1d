import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Arrivals, pace } from '../../src/state/worklist-arrivals';

interface Told {
  changed: string[][];
  everything: number;
  signedOut: number;
}

let told: Told;
let arrivals: Arrivals | undefined;
let asked: URL[];

/** Answers one after the other; then nothing comes any more. */
function serve(...answers: (readonly [status: number, body: unknown])[]): void {
  asked = [];
  const left = [...answers];
  vi.stubGlobal('fetch', vi.fn((url: string, { signal }: RequestInit) => {
    asked.push(new URL(url, 'http://h'));
    const next = left.shift();
    if (next) return next[0] === 0 ? Promise.reject(new TypeError('network')) : Promise.resolve(new Response(JSON.stringify(next[1]), { status: next[0] }));
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new DOMException('gone', 'AbortError'))));
  }));
}

const feed = (last: number, ...changes: [number, string, string][]): readonly [number, unknown] => [
  200, { began: 'then', last, changes: changes.map(([number, kind, study]) => ({ number, kind, study })) },
];

async function follow(): Promise<void> {
  const listener = {
    changed: (studies: string[]) => { told.changed.push(studies); return Promise.resolve(); },
    everything: () => { told.everything += 1; return Promise.resolve(); },
    signedOut: () => { told.signedOut += 1; },
  };
  arrivals = new Arrivals(listener, { ...pace, settle: 1, least: 0, idle: 1, retry: 1, longest: 4, without: 1 });
  arrivals.start();
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
}

beforeEach(() => {
  told = { changed: [], everything: 0, signedOut: 0 };
});

afterEach(() => {
  arrivals?.stop();
  vi.unstubAllGlobals();
});

describe('the change feed', () => {
  it('is followed from a little before its end, and tells each changed study once', async () => {
    serve(feed(500, [1, 'stored', 'old']), feed(502, [501, 'stored', 'a'], [502, 'stored', 'a']), feed(503, [503, 'deleted', 'b']));
    await follow();
    await vi.waitFor(() => expect(told.changed).toEqual([['a'], ['b']]));
    await vi.waitFor(() => expect(asked).toHaveLength(4));
    expect(asked.map((url) => Number(url.searchParams.get('after')))).toEqual([0, 450, 502, 503]);
    expect(asked[1]?.searchParams.get('wait')).toBe('10');
  });

  it('says nothing of versions that are not shown', async () => {
    serve(feed(1), feed(2, [2, 'kept', 'a']));
    await follow();
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    expect(told.changed).toEqual([]);
  });

  it('goes on where it was after a failure', async () => {
    serve(feed(60), feed(61, [61, 'stored', 'a']), [0, null], [502, {}], feed(62, [62, 'stored', 'b']));
    await follow();
    await vi.waitFor(() => expect(told.changed).toEqual([['a'], ['b']]));
    expect(asked.slice(2, 5).map((url) => url.searchParams.get('after'))).toEqual(['61', '61', '61']);
    expect(told.everything).toBe(0);
  });

  it('has everything looked at where changes are forgotten, and begins at the number that the refusal names', async () => {
    const gone = [410, { message: 'what follows change 0 is not kept: compare all studies with a search, then go on after change 700' }] as const;
    serve(gone, gone, gone, feed(701, [701, 'stored', 'a']));
    await follow();
    await vi.waitFor(() => expect(told.changed).toEqual([['a']]));
    expect(told.everything).toBe(1);
    expect(asked.map((url) => url.searchParams.get('after'))).toEqual(['0', '650', '0', '700', '701']);
  });

  it('has everything looked at when the index was made anew', async () => {
    serve(feed(3), feed(3, [4, 'stored', 'a']), [200, { began: 'now', last: 1, changes: [] }], feed(1));
    await follow();
    await vi.waitFor(() => expect(told.everything).toBe(1));
  });

  it('ends with the session', async () => {
    serve([401, {}]);
    await follow();
    await vi.waitFor(() => expect(told.signedOut).toBe(1));
    expect(asked).toHaveLength(1);
  });

  it('is let go while nobody looks, and taken up again', async () => {
    serve(feed(5), feed(6, [6, 'stored', 'a']));
    await follow();
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    arrivals?.stop();
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toHaveLength(before);
    serve(feed(7, [7, 'stored', 'b']));
    arrivals?.start();
    await vi.waitFor(() => expect(told.changed).toEqual([['a'], ['b']]));
    expect(asked[0]?.searchParams.get('after')).toBe('6');
  });
});
