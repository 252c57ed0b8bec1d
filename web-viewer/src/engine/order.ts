/** In which order frames are fetched that several viewports want. */

/** Indexes by distance from `from`, onward before backward. */
export function nearestFirst(count: number, from: number): number[] {
  return Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => Math.abs(a - from) - Math.abs(b - from) || b - a,
  );
}

interface Stacked {
  readonly ids: readonly unknown[];
  readonly from: number;
}

/** Frames round each viewport's own that are fetched before any other's more distant ones. */
export const near = 8;

/** First what is near in each, in the order given, then the rest: one of each in turn. */
export function* inTurn<W extends Stacked>(wishes: readonly W[]): Generator<{ readonly wish: W; readonly index: number }> {
  const queues = wishes.map((wish) => ({ wish, order: nearestFirst(wish.ids.length, wish.from) }));
  for (const { wish, order } of queues) {
    for (const index of order.slice(0, near)) yield { wish, index };
  }
  const longest = Math.max(0, ...queues.map(({ order }) => order.length));
  for (let at = near; at < longest; at += 1) {
    for (const { wish, order } of queues) {
      const index = order[at];
      if (index !== undefined) yield { wish, index };
    }
  }
}
