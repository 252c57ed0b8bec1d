/** A stack of images in one viewport: the adapter through which the pages use Cornerstone3D. */
import { Enums, eventTarget, RenderingEngine, utilities, type Types } from '@cornerstonejs/core';
import { edgeLetters, type EdgeLetters } from '../dicom/orientation';
import { hasPalette, needsPalette } from '../dicom/palette';
import { number, numbers, tag, text, type DataSet } from '../dicom/json';
import { storedWindows, type Window } from '../dicom/windows';
import { decodedBytes, forget, register, type Image } from './images';
import { prefetch, stopPrefetch } from './prefetch';
import { abortExcept, onRefused } from './requests';
import { start } from './setup';
import { attachTools, choose, detachTools, type Tool } from './tools';

export type { Image, Tool };

/** What the viewport shows at the moment. */
export interface View {
  readonly index: number;
  readonly window: Window | undefined;
  readonly inverted: boolean;
  /** Screen pixels for one image pixel. */
  readonly zoom: number;
  readonly edges: EdgeLetters | undefined;
  /** Lowest and highest value in the shown image, modality units. */
  readonly range: readonly [number, number] | undefined;
}

export interface Listener {
  /** The image at `index` was asked for, by key, wheel or drag; it may still be on its way. */
  asked(index: number): void;
  /** An image stands on the screen, or how it stands there changed. */
  shown(view: View): void;
  /** The image at `index` could not be fetched or decoded; what is on the screen is not that image. */
  failed(index: number): void;
  /** Images of the stack that are in memory. */
  loaded(count: number): void;
  /** The server refused a frame. */
  refused(status: number): void;
}

const viewportId = 'stack';
const none = -1;
const { Events, ViewportType } = Enums;
type VoiRange = { readonly lower: number; readonly upper: number };
let engines = 0;

export class Stack {
  readonly #engine: RenderingEngine;
  readonly #element: HTMLDivElement;
  readonly #listener: Listener;
  readonly #resizes: ResizeObserver;
  #images: readonly Image[] = [];
  #ids: string[] = [];
  #loaded = new Set<string>();
  /** Index of the image that stands on the screen. */
  #shown = none;
  #tool: Tool;
  #firstRange: VoiRange | undefined;
  #closed = false;

  constructor(element: HTMLDivElement, listener: Listener, tool: Tool) {
    start();
    this.#listener = listener;
    engines += 1;
    this.#engine = new RenderingEngine(`stack-${engines}`);
    this.#element = element;
    this.#tool = tool;
    this.#enable();
    onRefused((status) => listener.refused(status));
    element.addEventListener(Events.IMAGE_RENDERED, this.#rendered);
    element.addEventListener(Events.PRE_STACK_NEW_IMAGE, this.#asked);
    element.addEventListener(Events.STACK_NEW_IMAGE, this.#arrived);
    eventTarget.addEventListener(Events.IMAGE_LOAD_ERROR, this.#failed);
    this.#resizes = new ResizeObserver(() => this.#engine.resize(true, true));
    this.#resizes.observe(element);
  }

  /** Shows `images`, first the one at `index`, then fetches the others. */
  async show(images: readonly Image[], index: number): Promise<void> {
    stopPrefetch();
    const before = this.#ids;
    this.#images = images;
    this.#ids = register(images);
    const wanted = new Set(this.#ids);
    abortExcept(wanted);
    this.#loaded = new Set();
    this.#shown = none;
    this.#listener.loaded(0);
    const ids = this.#ids;
    // A used viewport carries window and inversion of the last stack over, and its own reset forgets the inversion.
    this.#enable();
    try {
      await this.#viewport.setStack(ids, index);
    } finally {
      forget(before.filter((id) => !wanted.has(id)));
    }
    if (this.#closed || ids !== this.#ids) return;
    this.#firstRange = this.#viewport.getProperties().voiRange ?? undefined;
    this.#prefetchFrom(index);
  }

  async scrollTo(index: number): Promise<void> {
    const bounded = Math.max(0, Math.min(this.#ids.length - 1, index));
    if (this.#ids.length > 0 && bounded !== this.#viewport.getTargetImageIdIndex()) await this.#viewport.setImageIdIndex(bounded);
  }

  /** Asks for the shown image once more, after it failed. */
  async retry(index: number): Promise<void> {
    forget([this.#ids[index] ?? '']);
    this.#ids = register(this.#images);
    await this.#viewport.setStack(this.#ids, index);
    this.#prefetchFrom(index);
  }

  scrollBy(delta: number): Promise<void> {
    return this.scrollTo(this.#viewport.getTargetImageIdIndex() + delta);
  }

  setTool(tool: Tool): void {
    this.#tool = tool;
    choose(tool);
  }

  setWindow({ center, width }: Window): void {
    this.#viewport.setProperties({ voiRange: utilities.windowLevel.toLowHighRange(width, center) });
    this.#viewport.render();
  }

  invert(): void {
    this.#viewport.setProperties({ invert: this.#viewport.getProperties().invert !== true });
    this.#viewport.render();
  }

  flip(): void {
    const { flipHorizontal = false } = this.#viewport.getViewPresentation();
    this.#viewport.setViewPresentation({ flipHorizontal: !flipHorizontal });
    this.#viewport.render();
  }

  rotate(): void {
    const { rotation = 0 } = this.#viewport.getViewPresentation();
    this.#viewport.setViewPresentation({ rotation: (rotation + 90) % 360 });
    this.#viewport.render();
  }

  /** The whole image in the middle of the viewport; window, flips and rotation stay. */
  fit(): void {
    this.#viewport.resetCamera({ resetPan: true, resetZoom: true, resetToCenter: true });
    this.#viewport.render();
  }

  /** Everything as at first. */
  reset(): void {
    const viewport = this.#viewport;
    const own = storedWindows(this.#attributes)[0]?.window;
    const voiRange = own ? utilities.windowLevel.toLowHighRange(own.width, own.center) : this.#firstRange;
    viewport.setViewPresentation({ rotation: 0, flipHorizontal: false, flipVertical: false });
    viewport.setProperties({ invert: this.#bornInverted, ...(voiRange ? { voiRange } : {}) });
    viewport.resetCamera();
    viewport.render();
  }

  close(): void {
    this.#closed = true;
    stopPrefetch();
    abortExcept(new Set());
    onRefused(undefined);
    this.#resizes.disconnect();
    eventTarget.removeEventListener(Events.IMAGE_LOAD_ERROR, this.#failed);
    detachTools(viewportId, this.#engine.id);
    this.#engine.destroy();
    forget(this.#ids);
  }

  get #viewport(): Types.IStackViewport {
    return this.#engine.getViewport(viewportId) as Types.IStackViewport;
  }

  /** A viewport as new. */
  #enable(): void {
    if (this.#engine.getViewport(viewportId)) {
      detachTools(viewportId, this.#engine.id);
      this.#engine.disableElement(viewportId);
    }
    this.#engine.enableElement({ viewportId, type: ViewportType.STACK, element: this.#element, defaultOptions: { background: [0, 0, 0] } });
    attachTools(viewportId, this.#engine.id, this.#tool);
  }

  get #attributes(): DataSet {
    return this.#images[this.#shown]?.attributes ?? {};
  }

  /** MONOCHROME1: the lowest value is white (PS3.3 C.7.6.3.1.2), which the engine draws by inverting. */
  get #bornInverted(): boolean {
    return text(this.#attributes, tag.PhotometricInterpretation) === 'MONOCHROME1';
  }

  #prefetchFrom(index: number): void {
    const attributes = this.#images[index]?.attributes ?? {};
    const ids = this.#ids;
    prefetch(ids, index, decodedBytes(attributes), (id) => {
      if (ids !== this.#ids || this.#closed) return;
      this.#loaded.add(id);
      this.#listener.loaded(this.#loaded.size);
    });
  }

  /** Reported in the turn that drew it, so that the words beside an image never lag behind its pixels. */
  readonly #rendered = (): void => {
    if (!this.#closed && this.#shown !== none) this.#listener.shown(this.#view());
  };

  readonly #asked = (event: Event): void => {
    const { imageIdIndex } = (event as CustomEvent<{ readonly imageIdIndex: number }>).detail;
    this.#listener.asked(imageIdIndex);
    // Without its colour table the loader neither answers nor fails.
    const attributes = this.#images[imageIdIndex]?.attributes ?? {};
    if (needsPalette(attributes) && !hasPalette(attributes)) this.#listener.failed(imageIdIndex);
  };

  /** The engine's own index runs ahead of the pixels; this one tells what is on the screen. */
  readonly #arrived = (event: Event): void => {
    this.#shown = (event as CustomEvent<{ readonly imageIdIndex: number }>).detail.imageIdIndex;
  };

  /** A fetch that failed names its image; an image that could not be drawn comes without a name. */
  readonly #failed = (event: Event): void => {
    if (this.#closed || this.#ids.length === 0) return;
    const { imageIdIndex = this.#viewport.getTargetImageIdIndex() } = (event as CustomEvent<{ readonly imageIdIndex?: number }>).detail;
    this.#listener.failed(Math.max(0, imageIdIndex));
  };

  #view(): View {
    const viewport = this.#viewport;
    const { voiRange, invert = false } = viewport.getProperties();
    const image = viewport.getCornerstoneImage();
    const window = voiRange ? utilities.windowLevel.toWindowLevel(voiRange.lower, voiRange.upper) : undefined;
    return {
      index: this.#shown,
      window: window && { center: window.windowCenter, width: window.windowWidth },
      inverted: invert !== this.#bornInverted,
      zoom: this.#screenPixels(viewport),
      edges: this.#edges(viewport),
      range: image ? [image.minPixelValue, image.maxPixelValue] : undefined,
    };
  }

  /** Screen pixels for one column of the image. */
  #screenPixels(viewport: Types.IStackViewport): number {
    const spacing = viewport.getImageData()?.spacing[0];
    if (!spacing) return 1;
    const [left, right] = [viewport.canvasToWorld([0, 0]), viewport.canvasToWorld([100, 0])];
    const length = Math.hypot(right[0] - left[0], right[1] - left[1], right[2] - left[2]);
    return length > 0 ? (100 * spacing) / length : 1;
  }

  #edges(viewport: Types.IStackViewport): EdgeLetters | undefined {
    const attributes = this.#attributes;
    if (numbers(attributes, tag.ImageOrientationPatient).length !== 6 || number(attributes, tag.Rows) === undefined) return undefined;
    const direction = (to: Types.Point2): [number, number, number] => {
      const [a, b] = [viewport.canvasToWorld([0, 0]), viewport.canvasToWorld(to)];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]) || 1;
      return [(b[0] - a[0]) / length, (b[1] - a[1]) / length, (b[2] - a[2]) / length];
    };
    return edgeLetters(direction([100, 0]), direction([0, 100]));
  }
}
