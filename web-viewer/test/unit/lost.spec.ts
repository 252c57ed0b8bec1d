import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Again, retryAfter, troubleOf } from '../../src/engine/lost';

const ask = vi.fn();
const told = vi.fn();
let again: Again;

beforeEach(() => {
  vi.useFakeTimers();
  ask.mockReset();
  told.mockReset();
  again = new Again(ask, told, () => 0);
});

afterEach(() => {
  again.close();
  vi.useRealTimers();
});

it('tells trouble that passes from refusals that stay', () => {
  expect([0, 429, 502, 503, 504].map(troubleOf)).toEqual(['offline', 'busy', 'busy', 'busy', 'busy']);
  expect([400, 401, 403, 404, 406, 410, 500].map(troubleOf)).toEqual(Array(7).fill(undefined));
});

it('reads Retry-After as seconds and as a date', () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);
  expect(retryAfter('7', now)).toBe(7000);
  expect(retryAfter('Fri, 02 Jan 2026 03:04:15 GMT', now)).toBe(10_000);
  expect(retryAfter('Fri, 02 Jan 2026 03:04:00 GMT', now)).toBe(0);
  expect([retryAfter(null, now), retryAfter('', now), retryAfter('soon', now)]).toEqual([undefined, undefined, undefined]);
});

it('waits twice as long each time, half a minute at most, and starts anew once answered', () => {
  for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
    ask.mockReset();
    again.lost('busy');
    vi.advanceTimersByTime(seconds * 1000 - 1);
    expect(ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ask).toHaveBeenCalledOnce();
  }
  again.answered();
  ask.mockReset();
  again.lost('busy');
  vi.advanceTimersByTime(1000);
  expect(ask).toHaveBeenCalledOnce();
});

it('asks once for many that were lost, after what the server says', () => {
  again.lost('busy', 5000);
  again.lost('busy');
  expect(again.isWaiting).toBe(true);
  vi.advanceTimersByTime(4999);
  expect(ask).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(ask).toHaveBeenCalledOnce();
  expect(again.isWaiting).toBe(false);
});

it('asks at once when the network is back, and only when something was lost', () => {
  window.dispatchEvent(new Event('online'));
  expect(ask).not.toHaveBeenCalled();
  again.lost('offline');
  window.dispatchEvent(new Event('online'));
  expect(ask).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(60_000);
  expect(ask).toHaveBeenCalledOnce();
});

it('tells when trouble begins and ends, not while something still waits', () => {
  again.lost('offline');
  again.answered();
  expect(told.mock.calls).toEqual([['offline']]);
  vi.advanceTimersByTime(2000);
  again.answered();
  expect(told.mock.calls).toEqual([['offline'], [undefined]]);
});
