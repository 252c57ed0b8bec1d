/** PET laid over the images of another series in the same frame of reference. */
import { tableOf, type ColourMap } from '../dicom/colours';
import { painted, placeOfImage, resample, samplesFor, type Slices } from '../dicom/fusion';
import { tag, text, type DataSet } from '../dicom/json';
import type { Series } from '../dicom/study';
import { isScale } from '../dicom/suv';
import { isVolume, sampleBytes, volumeOf, type Grid, type NoVolume } from '../dicom/volume';
import type { LaidOver } from '../engine/laid-over';
import type { Drawing, Painter, Screen } from '../engine/screen';
import { shown, type Shown } from './failure';
import type { OpenedStudy } from './opened';

export interface PetSeries {
  readonly study: OpenedStudy;
  readonly series: Series;
}

interface Loaded {
  readonly grid: Grid;
  readonly slices: Slices;
  readonly reference: string;
}

export function petSeries(studies: readonly OpenedStudy[]): PetSeries[] {
  return studies.flatMap((study) => study.series.filter(({ modality }) => modality === 'PT').map((series) => ({ study, series })));
}

export class Fusion {
  chosen = $state.raw<PetSeries | undefined>(undefined);
  map = $state<ColourMap>('hotIron');
  opacity = $state(0.6);
  /** The value that is drawn in the last colour. */
  white = $state(5);
  isSuv = $state(false);
  loading = $state(false);
  /** Why the series cannot be laid over others. */
  refusal = $state.raw<NoVolume | 'memory' | undefined>(undefined);
  error = $state.raw<Shown | undefined>(undefined);
  #loaded = $state.raw<Loaded | undefined>(undefined);
  readonly #screen: Promise<Screen>;
  #over: LaidOver | undefined;
  #running = new AbortController();

  constructor(screen: Promise<Screen>) {
    this.#screen = screen;
  }

  /** Draws what is to be seen now; another one for each change. */
  readonly painter: Painter | undefined = $derived.by(() => (this.#loaded ? painterOf(this.#loaded, this.map, this.white, this.opacity) : undefined));

  /** Fetches a series and lays it over the others. */
  async choose(pet: PetSeries): Promise<void> {
    this.close();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.chosen = pet;
    this.loading = true;
    [this.refusal, this.error] = [undefined, undefined];
    try {
      const [{ LaidOver }, screen, { frames, images }] = await Promise.all([import('../engine/laid-over'), this.#screen, pet.study.stack(pet.series, signal)]);
      if (signal.aborted) return;
      const grid = volumeOf(frames);
      if (!isVolume(grid)) return void (this.refusal = grid);
      const over = new LaidOver(screen);
      this.#over = over;
      const slices = await over.load(images, grid, Math.max(...frames.map(sampleBytes)), () => undefined);
      if (signal.aborted) return;
      if (!slices) return void (this.refusal = 'memory');
      this.isSuv = frames.every(({ suv }) => isScale(suv));
      this.white = this.isSuv ? 5 : highest(slices) / 2;
      this.#loaded = { grid, slices, reference: text(frames[0]?.attributes ?? {}, tag.FrameOfReferenceUID) };
    } catch (cause) {
      if (!signal.aborted) this.error = shown(cause);
    } finally {
      if (!signal.aborted) this.loading = false;
    }
  }

  close(): void {
    this.#running.abort();
    this.#over?.close();
    this.#over = undefined;
    this.#loaded = undefined;
    this.chosen = undefined;
  }
}

function highest(slices: Slices): number {
  return slices.reduce<number>((most, slice) => Array.prototype.reduce.call<ArrayLike<number>, [(a: number, b: number) => number, number], number>(slice, (a, b) => Math.max(a, b), most), 1);
}

function painterOf(loaded: Loaded, map: ColourMap, white: number, opacity: number): Painter {
  const table = tableOf(map);
  const drawn = new Map<string, Drawing | undefined>();
  return ({ url, attributes }) => {
    if (!drawn.has(url)) {
      // Scrolling through must not gather the pictures of a whole study.
      if (drawn.size >= 8) drawn.clear();
      drawn.set(url, drawing(loaded, attributes, table, white, opacity));
    }
    return drawn.get(url);
  };
}

function drawing({ grid, slices, reference }: Loaded, image: DataSet, table: Uint8ClampedArray, white: number, opacity: number): Drawing | undefined {
  const place = placeOfImage(image);
  // PET under PET says nothing; without a common frame of reference nobody knows where it lies.
  if (!place || reference === '' || text(image, tag.FrameOfReferenceUID) !== reference || text(image, tag.Modality) === 'PT') return undefined;
  const [columns, rows] = samplesFor(place, grid);
  const source = document.createElement('canvas');
  [source.width, source.height] = [columns, rows];
  const pixels = painted(resample(grid, slices, place, [columns, rows]), white, table);
  source.getContext('2d')?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  return { pictures: [{ source, place, opacity, isSmooth: true }], outlines: [] };
}
