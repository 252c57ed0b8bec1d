/** A series as a volume: three planes that meet in one place, and the whole of it drawn from outside. */
import { Enums, eventTarget, setVolumesForViewports, type ImageVolume, type Types } from '@cornerstonejs/core';
import { Enums as ToolEnums } from '@cornerstonejs/tools';
import type { Point } from '../dicom/geometry';
import { edgeLetters, type EdgeLetters } from '../dicom/orientation';
import { middleOf, voxelAt, type Grid } from '../dicom/volume';
import type { Window } from '../dicom/windows';
import { planes, type Blend, type Plane, type Slab, type SolidName, type VolumeTool } from '../keys/volume';
import { register, type Image } from './images';
import type { Screen } from './screen';
import { fetchTogether } from './together';
import { dropVolume, makeVolume } from './volume-data';
import { PlaneOverlays, type PlanePainter } from './volume-over';
import { drawSolid } from './volume-solid';
import { rangeOf, windowOf } from './voi';
import { VolumeTools } from './volume-tools';

export { deviceLimits } from './volume-data';
export type { PlanePainter, PlanePlace } from './volume-over';

const { BlendModes, Events, OrientationAxis, ViewportType } = Enums;

export type VolumeElements = Readonly<Record<Plane | 'solid', HTMLDivElement>>;

export interface VolumeView {
  /** Where the planes meet, in the patient. */
  readonly center: Point;
  readonly window: Window | undefined;
  readonly edges: Readonly<Record<Plane, EdgeLetters>>;
}

export interface VolumeListener {
  /** Frames that are in memory. */
  loaded(count: number): void;
  /** What stands on the screen changed. */
  shown(view: VolumeView): void;
}

export interface Sample {
  readonly place: Point;
  /** Of the nearest voxel; none outside. */
  readonly value: number | undefined;
}

const blendModes = {
  thin: BlendModes.COMPOSITE,
  highest: BlendModes.MAXIMUM_INTENSITY_BLEND,
  lowest: BlendModes.MINIMUM_INTENSITY_BLEND,
  mean: BlendModes.AVERAGE_INTENSITY_BLEND,
} as const satisfies Readonly<Record<Blend, unknown>>;

const orientations = { axial: OrientationAxis.AXIAL, coronal: OrientationAxis.CORONAL, sagittal: OrientationAxis.SAGITTAL } as const;
const background: [number, number, number] = [0, 0, 0];
let volumes = 0;

export class Volume {
  readonly #screen: Screen;
  readonly #elements: VolumeElements;
  readonly #listener: VolumeListener;
  readonly #id: string;
  readonly #resizes: ResizeObserver;
  readonly #over: PlaneOverlays;
  #grid: Grid | undefined;
  #volume: ImageVolume | undefined;
  #tools: VolumeTools | undefined;
  #slab: Slab = { blend: 'thin', millimetres: 0 };
  #window: Window | undefined;
  #isSuv = false;
  readonly #running = new AbortController();
  #closed = false;

  constructor(screen: Screen, elements: VolumeElements, listener: VolumeListener) {
    volumes += 1;
    this.#id = `volume-${volumes}`;
    this.#screen = screen;
    this.#elements = elements;
    this.#listener = listener;
    this.#over = new PlaneOverlays(elements);
    this.#resizes = new ResizeObserver(() => screen.resize());
  }

  /**
   * Fetches what is not in memory yet and shows it; the planes meet in the middle of frame `from`. Fails when a frame
   * cannot be had. `sampleBytes` is what a decoded value takes.
   */
  async show(images: readonly Image[], grid: Grid, from: number, sampleBytes: number, window: Window | undefined): Promise<void> {
    const ids = register(images);
    const { loading } = this.#screen;
    loading.prefer(this);
    const bytesEach = grid.size[0] * grid.size[1] * sampleBytes;
    await fetchTogether(loading, this, { ids, from, bytesEach, loaded: (count) => this.#listener.loaded(count) }, this.#running.signal);
    if (this.#closed) return;
    this.#grid = grid;
    this.#window = window;
    this.#isSuv = images[0]?.suv !== undefined;
    this.#volume = makeVolume(this.#id, grid.order.map((index) => ids[index] as string), grid);
    await this.#enable();
    if (this.#closed) return;
    this.#tools = new VolumeTools(this.#screen.engine.id, this.#id, new Map(planes.map((plane) => [this.#name(plane), plane])), this.#name('solid'));
    this.#tools.center = middleOf(grid, from);
    if (window) this.setWindow(window);
    for (const plane of planes) {
      this.#elements[plane].addEventListener(Events.IMAGE_RENDERED, this.#rendered);
      this.#elements[plane].addEventListener(Events.VOI_MODIFIED, this.#windowed);
    }
    eventTarget.addEventListener(ToolEnums.Events.CROSSHAIR_TOOL_CENTER_CHANGED, this.#rendered);
    for (const element of Object.values(this.#elements)) this.#resizes.observe(element);
    this.#render();
  }

  get center(): Point | undefined {
    return this.#tools?.center;
  }

  choose(tool: VolumeTool): void {
    this.#tools?.choose(tool);
  }

  setWindow(window: Window): void {
    const voiRange = rangeOf(window, this.#isSuv);
    for (const plane of planes) this.#plane(plane).setProperties({ voiRange }, undefined, true);
    this.#render();
  }

  setSlab(slab: Slab): void {
    this.#slab = slab;
    for (const plane of planes) {
      const viewport = this.#plane(plane);
      viewport.setBlendMode(blendModes[slab.blend]);
      // The engine counts from the middle to one face.
      if (slab.blend === 'thin') viewport.resetSlabThickness();
      else viewport.setSlabThickness(slab.millimetres / 2);
    }
    this.#render();
  }

  /** Draws over the planes what `painter` tells; nothing more for none. */
  setPainter(painter: PlanePainter | undefined): void {
    this.#over.painter = painter;
    if (this.#tools && !this.#closed) for (const plane of planes) this.#over.draw(plane, this.#plane(plane), this.#slab);
  }

  setSolid(name: SolidName): void {
    const { lower = 0, upper = 0 } = this.#plane('axial').getProperties()?.voiRange ?? {};
    drawSolid(this.#solid, name, Math.max(lower, upper));
  }

  /** Everything as at first. */
  reset(): void {
    this.#tools?.reset();
    this.#solid.resetCamera();
    this.setSlab(this.#slab);
    if (this.#window) this.setWindow(this.#window);
  }

  /** What lies under a point of a plane, in pixels from its corner. */
  sample(plane: Plane, x: number, y: number): Sample | undefined {
    if (!this.#grid || !this.#volume) return undefined;
    const [px, py, pz] = this.#plane(plane).canvasToWorld([x, y]);
    const place: Point = [px, py, pz];
    const [i, j, k] = voxelAt(this.#grid, place).map(Math.round) as [number, number, number];
    const isInside = [i, j, k].every((at, axis) => at >= 0 && at < (this.#grid?.size[axis] ?? 0));
    return { place, value: isInside ? Number(this.#volume.voxelManager?.getAtIJK(i, j, k)) : undefined };
  }

  close(): void {
    this.#closed = true;
    this.#running.abort();
    this.#resizes.disconnect();
    this.#over.close();
    eventTarget.removeEventListener(ToolEnums.Events.CROSSHAIR_TOOL_CENTER_CHANGED, this.#rendered);
    for (const plane of planes) {
      this.#elements[plane].removeEventListener(Events.IMAGE_RENDERED, this.#rendered);
      this.#elements[plane].removeEventListener(Events.VOI_MODIFIED, this.#windowed);
    }
    const { engine, loading } = this.#screen;
    if (!engine.hasBeenDestroyed) {
      this.#tools?.close();
      if (this.#volume && engine.getViewport(this.#name('solid'))) {
        // The texture's own type leaves out the window that it is freed in.
        const texture = this.#volume.vtkOpenGLTexture as unknown as { releaseGraphicsResources(window: unknown): void };
        texture.releaseGraphicsResources(engine.getOffscreenMultiRenderWindow(this.#name('solid')).getOpenGLRenderWindow());
      }
      for (const name of [...planes, 'solid'] as const) {
        if (engine.getViewport(this.#name(name))) engine.disableElement(this.#name(name));
      }
    }
    if (this.#volume) dropVolume(this.#volume);
    loading.drop(this);
  }

  #name(part: Plane | 'solid'): string {
    return `${this.#id}-${part}`;
  }

  #plane(plane: Plane): Types.IVolumeViewport {
    return this.#screen.engine.getViewport(this.#name(plane)) as Types.IVolumeViewport;
  }

  get #solid(): Types.IVolumeViewport {
    return this.#screen.engine.getViewport(this.#name('solid')) as Types.IVolumeViewport;
  }

  #render(): void {
    this.#screen.engine.renderViewports([...planes, 'solid' as const].map((part) => this.#name(part)));
  }

  async #enable(): Promise<void> {
    const { engine } = this.#screen;
    for (const plane of planes) {
      const defaultOptions = { background, orientation: orientations[plane] };
      engine.enableElement({ viewportId: this.#name(plane), type: ViewportType.ORTHOGRAPHIC, element: this.#elements[plane], defaultOptions });
    }
    const defaultOptions = { background, orientation: OrientationAxis.CORONAL };
    engine.enableElement({ viewportId: this.#name('solid'), type: ViewportType.VOLUME_3D, element: this.#elements.solid, defaultOptions });
    await setVolumesForViewports(engine, [{ volumeId: this.#id }], [...planes, 'solid' as const].map((part) => this.#name(part)));
    // The frames are in memory already: nothing else tells the texture to take them.
    this.#volume?.modified();
    // A projection must not step over the brightest voxel between two samples.
    const finest = Math.min(...(this.#grid?.spacing ?? [1])) / 2;
    for (const plane of planes) (this.#plane(plane).getDefaultActor()?.actor as Types.VolumeActor | undefined)?.getMapper()?.setSampleDistance(finest);
  }

  readonly #rendered = (event: Event): void => {
    const center = this.#tools?.center;
    if (this.#closed || !center) return;
    const rendered = planes.find((plane) => this.#elements[plane] === event.currentTarget);
    if (rendered) this.#over.draw(rendered, this.#plane(rendered), this.#slab);
    const range = this.#plane('axial').getProperties()?.voiRange;
    this.#listener.shown({
      center,
      window: range && windowOf(range, this.#isSuv),
      edges: { axial: edges(this.#plane('axial')), coronal: edges(this.#plane('coronal')), sagittal: edges(this.#plane('sagittal')) },
    });
  };

  /** The planes are looked at through one window. */
  readonly #windowed = (event: Event): void => {
    const { viewportId, range } = (event as CustomEvent<{ readonly viewportId: string; readonly range?: { readonly lower: number; readonly upper: number } }>).detail;
    if (!range) return;
    for (const plane of planes) {
      if (this.#name(plane) !== viewportId) this.#plane(plane).setProperties({ voiRange: { ...range } }, undefined, true);
    }
    this.#render();
  };
}

function edges(viewport: Types.IVolumeViewport): EdgeLetters {
  const corner = viewport.canvasToWorld([0, 0]);
  const direction = (to: Types.Point2): Point => {
    const end = viewport.canvasToWorld(to);
    const along = [0, 1, 2].map((axis) => (end[axis] ?? 0) - (corner[axis] ?? 0));
    const length = Math.hypot(...along) || 1;
    return along.map((part) => part / length) as unknown as Point;
  };
  return edgeLetters(direction([100, 0]), direction([0, 100]));
}
