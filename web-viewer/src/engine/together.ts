/** All frames of a series in memory before anything of them is drawn. */
import { Enums, eventTarget } from '@cornerstonejs/core';
import type { Loading } from './loading';

const { IMAGE_LOAD_ERROR } = Enums.Events;

export interface Together {
  readonly ids: readonly string[];
  /** Index of the frame that comes first. */
  readonly from: number;
  /** Bytes a decoded frame takes. */
  readonly bytesEach: number;
  /** Frames that are in memory. */
  readonly loaded: (count: number) => void;
}

/** Waits until every frame is in memory, for `owner`, which holds them until it drops them. Fails when one cannot be had; ends early when given up. */
export function fetchTogether(loading: Loading, owner: object, { ids, from, bytesEach, loaded }: Together, signal: AbortSignal): Promise<void> {
  const all = new Set(ids);
  const settled = new Set<string>();
  const ended = new AbortController();
  return new Promise<void>((resolve, reject) => {
    const failed = (event: Event): void => {
      const { imageId = '' } = (event as CustomEvent<{ readonly imageId?: string }>).detail;
      if (all.has(imageId)) reject(new Error('a frame could not be fetched or decoded'));
    };
    signal.addEventListener('abort', () => resolve(), { signal: ended.signal });
    eventTarget.addEventListener(IMAGE_LOAD_ERROR, failed);
    ended.signal.addEventListener('abort', () => eventTarget.removeEventListener(IMAGE_LOAD_ERROR, failed));
    loading.hold(owner, ids);
    loading.want(owner, {
      ids,
      from,
      bytesEach,
      settled: (id) => {
        if (signal.aborted || settled.has(id)) return;
        settled.add(id);
        loaded(settled.size);
        if (settled.size === all.size) resolve();
      },
    });
  }).finally(() => ended.abort());
}
