import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { request } from '../../src/api/http';

function answers(...all: Response[]): ReturnType<typeof vi.fn<typeof fetch>> {
  const mock = vi.fn<typeof fetch>();
  for (const answer of all) mock.mockResolvedValueOnce(answer);
  vi.stubGlobal('fetch', mock);
  return mock;
}

const busy = (): Response => new Response('busy', { status: 503, headers: { 'Retry-After': '1' } });

beforeEach(() => vi.useFakeTimers());

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a busy server', () => {
  it('is asked again after the time that it says', async () => {
    const asked = answers(busy(), busy(), new Response('picture'));
    const answer = request('/picture');
    await vi.advanceTimersByTimeAsync(700);
    expect(asked).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(await (await answer).text()).toBe('picture');
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it('is given up after some tries, and at once without a time or for what is not read', async () => {
    const asked = answers(busy(), busy(), busy(), busy(), busy());
    const answer = expect(request('/picture')).rejects.toMatchObject({ status: 503 });
    await vi.advanceTimersByTimeAsync(10_000);
    await answer;
    expect(asked).toHaveBeenCalledTimes(4);
    answers(new Response('slow', { status: 503 }));
    await expect(request('/picture')).rejects.toMatchObject({ status: 503 });
    answers(busy());
    await expect(request('/login', { method: 'POST' })).rejects.toMatchObject({ status: 503 });
  });

  it('is not asked again for who has gone', async () => {
    const asked = answers(busy(), new Response('picture'));
    const stop = new AbortController();
    const answer = expect(request('/picture', { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await vi.advanceTimersByTimeAsync(100);
    stop.abort();
    await answer;
    expect(asked).toHaveBeenCalledTimes(1);
  });
});
