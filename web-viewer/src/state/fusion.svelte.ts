/** PET laid over the images of another series in the same frame of reference. */
import { tableOf, type ColourMap } from '../dicom/colours';
import { painted, placeOfImage, resample, samplesFor, valueIn, type Depth, type Place, type Slices } from '../dicom/fusion';
import type { Point } from '../dicom/geometry';
import { tag, text, type DataSet } from '../dicom/json';
import type { Series } from '../dicom/study';
import { isScale } from '../dicom/suv';
import { isVolume, sampleBytes, volumeOf, type Grid, type NoVolume } from '../dicom/volume';
import type { LaidOver } from '../engine/laid-over';
import type { Drawing, Painter, Picture, Screen } from '../engine/screen';
import type { PlanePainter } from '../engine/volume';
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
  #layer: LaidOver | undefined;
  #running = new AbortController();

  constructor(screen: Promise<Screen>) {
    this.#screen = screen;
  }

  /** Draws what is to be seen now; another one for each change. */
  readonly painter: Painter | undefined = $derived.by(() => (this.#loaded ? painterOf(this.#loaded, this.map, this.white, this.opacity) : undefined));

  /** Draws over the planes of a volume, one of whose images is `image`. */
  planePainter(image: DataSet): PlanePainter | undefined {
    const loaded = this.#over(image);
    if (!loaded) return undefined;
    const [table, white, opacity] = [tableOf(this.map), this.white, this.opacity];
    return (place, { blend, millimetres }) => picture(loaded, place, table, white, opacity, blend === 'thin' ? undefined : { of: blend, millimetres });
  }

  /** The value at a place of a volume, one of whose images is `image`; none where there is none. */
  valueAt(image: DataSet, place: Point): number | undefined {
    const loaded = this.#over(image);
    const value = loaded ? valueIn(loaded.grid, loaded.slices, place) : NaN;
    return Number.isNaN(value) ? undefined : value;
  }

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
      this.#layer = over;
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
    this.#layer?.close();
    this.#layer = undefined;
    this.#loaded = undefined;
    this.chosen = undefined;
  }

  /** What is laid over such an image. */
  #over(image: DataSet): Loaded | undefined {
    return this.#loaded && liesOver(this.#loaded, image) ? this.#loaded : undefined;
  }
}

/** PET under PET says nothing; without a common frame of reference nobody knows where it lies. */
function liesOver({ reference }: Loaded, image: DataSet): boolean {
  return reference !== '' && text(image, tag.FrameOfReferenceUID) === reference && text(image, tag.Modality) !== 'PT';
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

function drawing(loaded: Loaded, image: DataSet, table: Uint8ClampedArray, white: number, opacity: number): Drawing | undefined {
  const place = placeOfImage(image);
  if (!place || !liesOver(loaded, image)) return undefined;
  return { pictures: [picture(loaded, place, table, white, opacity)], outlines: [] };
}

/** Slabs take many values for each point: coarser ones are enough. */
const mostInSlab = 192;

function picture({ grid, slices }: Loaded, place: Place, table: Uint8ClampedArray, white: number, opacity: number, depth?: Depth): Picture {
  const [columns, rows] = samplesFor(place, grid, depth && mostInSlab);
  const source = document.createElement('canvas');
  [source.width, source.height] = [columns, rows];
  const pixels = painted(resample(grid, slices, place, [columns, rows], depth), white, table);
  source.getContext('2d')?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  return { source, place, opacity, isSmooth: true };
}
