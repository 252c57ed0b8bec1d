/** Fetches the rest of a stack while its first images are read: nearest first, as many as the cache holds. */
import { cache, Enums, imageLoader, imageLoadPoolManager, imageRetrievalPoolManager } from '@cornerstonejs/core';

const { RequestType } = Enums;

/** Indexes by distance from `from`, onward before backward. */
export function nearestFirst(count: number, from: number): number[] {
  return Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => Math.abs(a - from) - Math.abs(b - from) || b - a,
  );
}

export function prefetch(ids: readonly string[], from: number, bytesEach: number, settled: (id: string) => void): void {
  stopPrefetch();
  const room = Math.max(1, Math.floor((cache.getMaxCacheSize() * 0.9) / bytesEach));
  for (const index of nearestFirst(ids.length, from).slice(0, room)) {
    const id = ids[index] as string;
    if (cache.getImageLoadObject(id)) {
      void settle(id, settled);
      continue;
    }
    imageLoadPoolManager.addRequest(
      () => load(id, settled),
      RequestType.Prefetch,
      { imageId: id },
      0,
    );
  }
}

async function settle(id: string, settled: (id: string) => void): Promise<void> {
  try {
    await cache.getImageLoadObject(id)?.promise;
    settled(id);
  } catch {
    // Whoever asked for the image reports it.
  }
}

async function load(id: string, settled: (id: string) => void): Promise<void> {
  try {
    await imageLoader.loadAndCacheImage(id, { priority: 0, requestType: RequestType.Prefetch, additionalDetails: { imageId: id } });
    settled(id);
  } catch {
    // A frame that fails here fails again, and is reported, when it is shown.
  }
}

export function stopPrefetch(): void {
  imageLoadPoolManager.clearRequestStack(RequestType.Prefetch);
  imageRetrievalPoolManager.clearRequestStack(RequestType.Prefetch);
}
