/** The values of a series that is laid over the images of another, in the units the engine draws: SUV, or as rescaled. */
import { cache } from '@cornerstonejs/core';
import type { Slices } from '../dicom/fusion';
import { needsOf, type Grid } from '../dicom/volume';
import { register, type Image } from './images';
import type { Screen } from './screen';
import { cacheBytes } from './setup';
import { fetchTogether } from './together';

export class LaidOver {
  readonly #screen: Screen;
  readonly #running = new AbortController();

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Slice by slice as `grid` has them; nothing where they are too many for this device, or it was closed meanwhile. */
  async load(images: readonly Image[], grid: Grid, sampleBytes: number, loaded: (count: number) => void): Promise<Slices | undefined> {
    if (needsOf(grid, sampleBytes).frames > cacheBytes() * 0.5) return undefined;
    const ids = register(images);
    const bytesEach = grid.size[0] * grid.size[1] * sampleBytes;
    await fetchTogether(this.#screen.loading, this, { ids, from: 0, bytesEach, loaded }, this.#running.signal);
    if (this.#running.signal.aborted) return undefined;
    return grid.order.map((index) => cache.getImage(ids[index] ?? '')?.getPixelData() ?? []);
  }

  close(): void {
    this.#running.abort();
    this.#screen.loading.drop(this);
  }
}
