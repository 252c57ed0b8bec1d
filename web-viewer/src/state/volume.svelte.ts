/** The series of one viewport read as a volume. */
import type { Point } from '../dicom/geometry';
import { fits, frameAt, isVolume, needsOf, sampleBytes, volumeOf, type Grid, type Limits, type NoVolume } from '../dicom/volume';
import type { Screen } from '../engine/screen';
import type { PlanePainter, Sample, Volume, VolumeElements, VolumeView } from '../engine/volume';
import { solidsFor, type Plane, type Slab, type SolidName, type VolumeTool } from '../keys/volume';
import { imageOf } from './opened';
import type { Pane } from './pane.svelte';

/** Why there is no volume; for memory, in megabytes. */
export type Refusal = { readonly why: NoVolume | 'webgl' } | { readonly why: 'memory'; readonly needs: number; readonly room: number };

export class VolumeReading {
  readonly pane: Pane;
  readonly solids: readonly SolidName[];
  loaded = $state(0);
  view = $state.raw<VolumeView | undefined>(undefined);
  refusal = $state.raw<Refusal | undefined>(undefined);
  failed = $state(false);
  tool = $state<VolumeTool>('crosshair');
  slab = $state.raw<Slab>({ blend: 'thin', millimetres: 10 });
  solid = $state<SolidName>() as SolidName;
  /** What lies under the pointer. */
  sample = $state.raw<Sample | undefined>(undefined);
  readonly #grid: Grid | NoVolume;
  #volume: Volume | undefined;
  #painter: PlanePainter | undefined;
  #closed = false;

  constructor(pane: Pane) {
    this.pane = pane;
    this.solids = solidsFor(pane.series?.modality ?? '');
    this.solid = this.solids[0] as SolidName;
    this.#grid = volumeOf(pane.frames);
    if (!isVolume(this.#grid)) this.refusal = { why: this.#grid };
  }

  get frames(): number {
    return this.pane.frames.length;
  }

  get loading(): boolean {
    return this.view === undefined && this.refusal === undefined && !this.failed;
  }

  /** Builds the volume in `elements`, where the device can hold it. */
  async open(elements: VolumeElements, screen: Promise<Screen>): Promise<void> {
    const { pane } = this;
    const grid = this.#grid;
    if (!isVolume(grid)) return;
    this.#volume?.close();
    this.failed = false;
    this.loaded = 0;
    try {
      const [engine, on] = await Promise.all([import('../engine/volume'), screen]);
      if (this.#closed) return;
      const bytes = Math.max(...pane.frames.map(sampleBytes));
      this.refusal = refusalOf(grid, bytes, engine.deviceLimits());
      if (this.refusal) return;
      this.#volume = new engine.Volume(on, elements, {
        loaded: (count) => (this.loaded = count),
        shown: (view) => (this.view = view),
      });
      const images = pane.frames.map((frame) => imageOf(pane.study, pane.series?.uid ?? '', frame));
      await this.#volume.show(images, grid, pane.target, bytes, pane.view?.window ?? pane.presets[0]?.window);
      if (this.#closed) return;
      this.#volume.setSolid(this.solid);
      this.#volume.setPainter(this.#painter);
    } catch {
      this.failed = !this.#closed;
    }
  }

  /** Draws over the planes what `painter` tells; nothing more for none. */
  paint(painter: PlanePainter | undefined): void {
    this.#painter = painter;
    this.#volume?.setPainter(painter);
  }

  choose(tool: VolumeTool): void {
    this.tool = tool;
    this.#volume?.choose(tool);
  }

  setSlab(slab: Slab): void {
    this.slab = slab;
    this.#volume?.setSlab(slab);
  }

  setSolid(name: SolidName): void {
    this.solid = name;
    this.#volume?.setSolid(name);
  }

  /** One of the windows that the keys 1…9 give. */
  usePreset(index: number): void {
    const preset = this.pane.presets[index];
    if (preset) this.#volume?.setWindow(preset.window);
  }

  reset(): void {
    this.#volume?.reset();
  }

  /** The pointer stands in a plane, in pixels from its corner; or in none. */
  point(plane: Plane | undefined, x = 0, y = 0): void {
    this.sample = plane && this.view && this.#volume?.sample(plane, x, y);
  }

  /** Leaves; the stack goes on with the image that lies nearest to where the planes met. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const center: Point | undefined = this.view?.center;
    this.#volume?.close();
    if (center && isVolume(this.#grid)) this.pane.scrollTo(frameAt(this.#grid, center));
  }
}

const megabyte = 1e6;

function refusalOf(grid: Grid, bytes: number, limits: Limits | undefined): Refusal | undefined {
  if (!limits) return { why: 'webgl' };
  const needs = needsOf(grid, bytes);
  if (fits(grid, needs, limits)) return undefined;
  return { why: 'memory', needs: Math.ceil(needs.all / megabyte), room: Math.floor(Math.min(limits.all, (limits.frames * needs.all) / needs.frames) / megabyte) };
}
