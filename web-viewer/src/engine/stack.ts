/** A viewport that shows one image of a stack. */
import { Enums, eventTarget, type Types } from '@cornerstonejs/core';
import type { ColourMap } from '../dicom/colours';
import { hasPalette, needsPalette } from '../dicom/palette';
import { tag, text, type DataSet } from '../dicom/json';
import { storedWindows, type Window } from '../dicom/windows';
import type { Stance } from '../hanging/protocol';
import { canColour, colour } from './colours';
import { near } from './order';
import { decodedBytes, forget, register, type Image } from './images';
import { Overlay, type Painter } from './overlay';
import type { Screen } from './screen';
import { adopt, hang, viewOf, type Camera, type View } from './view';
import { rangeOf, type VoiRange } from './voi';

export interface Listener {
  /** The image at `index` was asked for, by key, wheel or drag; it may still be on its way. */
  asked(index: number): void;
  /** An image stands on the screen, or how it stands there changed. */
  shown(view: View): void;
  /** The image at `index` could not be fetched or decoded; what is on the screen is not that image. */
  failed(index: number): void;
  /** The image at `index`, which had failed, is asked for again. */
  again(index: number): void;
  /** Images of the stack that are in memory. */
  loaded(count: number): void;
}

const none = -1;
const { Events } = Enums;

export class Stack {
  readonly id: string;
  readonly #screen: Screen;
  readonly #element: HTMLDivElement;
  readonly #listener: Listener;
  #images: readonly Image[] = [];
  #ids: string[] = [];
  #loaded = new Set<string>();
  /** Index of the image that stands on the screen. */
  #shown = none;
  #firstRange: VoiRange | undefined;
  #colours: ColourMap = 'grey';
  /** Index of the first image, until it stands: others are fetched after it. */
  #awaited: number | undefined;
  /** Index round which others are fetched. */
  #from = 0;
  #closed = false;
  /** Where the image stood when a hanging protocol had put it there. */
  #hung: Types.ViewPresentation | undefined;
  readonly #overlay: Overlay;
  #painter: Painter | undefined;
  /** Index of the image that the network or a busy server did not give. */
  #lostAt = none;

  constructor(screen: Screen, id: string, element: HTMLDivElement, listener: Listener) {
    this.id = id;
    this.#screen = screen;
    this.#element = element;
    this.#listener = listener;
    this.#overlay = new Overlay(element);
    screen.enable(id, element);
    element.addEventListener(Events.IMAGE_RENDERED, this.#rendered);
    element.addEventListener(Events.PRE_STACK_NEW_IMAGE, this.#asked);
    element.addEventListener(Events.STACK_NEW_IMAGE, this.#arrived);
    eventTarget.addEventListener(Events.IMAGE_LOAD_ERROR, this.#failed);
    screen.loading.onAgain(this, this.#resume);
  }

  /** Shows `images`, first the one at `index`, then fetches the others. */
  async show(images: readonly Image[], index: number): Promise<void> {
    this.#images = images;
    const ids = register(images);
    this.#ids = ids;
    this.#loaded = new Set();
    this.#shown = none;
    this.#hung = undefined;
    this.#colours = 'grey';
    this.#screen.loading.hold(this, ids);
    this.#listener.loaded(0);
    // A used viewport carries window and inversion of the last stack over, and its own reset forgets the inversion.
    this.#screen.enable(this.id, this.#element);
    this.#awaited = index;
    await this.#viewport.setStack(ids, index);
    if (this.#closed || ids !== this.#ids) return;
    this.#screen.measurements.know(ids);
    this.#firstRange = this.#viewport.getProperties().voiRange ?? undefined;
  }

  async scrollTo(index: number): Promise<void> {
    const bounded = Math.max(0, Math.min(this.#ids.length - 1, index));
    if (this.#ids.length > 0 && bounded !== this.#viewport.getTargetImageIdIndex()) await this.#viewport.setImageIdIndex(bounded);
  }

  /** Asks for the shown image once more, after it failed. */
  async retry(index: number): Promise<void> {
    forget([this.#ids[index] ?? '']);
    this.#ids = register(this.#images);
    this.#screen.loading.hold(this, this.#ids);
    this.#awaited = index;
    await this.#viewport.setStack(this.#ids, index);
  }

  /** Images of this viewport come before those of others. */
  prefer(): void {
    this.#screen.loading.prefer(this);
  }

  /** What lies over the images from now on. */
  setPainter(painter: Painter | undefined): void {
    this.#painter = painter;
    this.#paint();
  }

  setWindow(window: Window): void {
    this.#viewport.setProperties({ voiRange: rangeOf(window, this.#isSuv) });
    this.#viewport.render();
  }

  /** Of monochrome images; all of the series from now on. */
  setColours(map: ColourMap): void {
    if (!canColour() || this.#shown === none || !text(this.#attributes, tag.PhotometricInterpretation).startsWith('MONOCHROME')) return;
    this.#colours = map;
    colour(this.#viewport, map);
  }

  setCamera(camera: Camera): void {
    if (this.#shown === none) return;
    adopt(this.#viewport, camera);
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

  /** At the scale and edge that a hanging protocol says. */
  stand(stance: Stance): void {
    if (this.#closed || this.#shown === none) return;
    const viewport = this.#viewport;
    viewport.setViewPresentation({ rotation: 0, flipHorizontal: false, flipVertical: false });
    viewport.resetCamera({ resetPan: true, resetZoom: true, resetToCenter: true });
    viewport.setViewPresentation({ flipHorizontal: stance.flip });
    hang(viewport, stance, this.#attributes);
    viewport.render();
    this.#hung = viewport.getViewPresentation();
  }

  /** Whether nobody moved or scaled the image since a hanging protocol put it there. */
  get isUntouched(): boolean {
    if (!this.#hung) return this.#shown === none;
    const { zoom = 0, pan = [0, 0] } = this.#viewport.getViewPresentation();
    const { zoom: before = 0, pan: [x, y] = [0, 0] } = this.#hung;
    return Math.abs(zoom - before) < before * 1e-3 && Math.hypot(pan[0] - x, pan[1] - y) < 0.5;
  }

  /** Everything as at first. */
  reset(): void {
    const viewport = this.#viewport;
    const own = this.#isSuv ? undefined : storedWindows(this.#attributes)[0]?.window;
    const voiRange = own ? rangeOf(own, false) : this.#firstRange;
    viewport.setViewPresentation({ rotation: 0, flipHorizontal: false, flipVertical: false });
    viewport.setProperties({ invert: this.#bornInverted, ...(voiRange ? { voiRange } : {}) });
    viewport.resetCamera();
    if (this.#colours !== 'grey') this.setColours('grey');
    viewport.render();
  }

  close(): void {
    this.#closed = true;
    eventTarget.removeEventListener(Events.IMAGE_LOAD_ERROR, this.#failed);
    this.#element.removeEventListener(Events.IMAGE_RENDERED, this.#rendered);
    this.#element.removeEventListener(Events.PRE_STACK_NEW_IMAGE, this.#asked);
    this.#element.removeEventListener(Events.STACK_NEW_IMAGE, this.#arrived);
    this.#screen.disable(this.id);
    this.#screen.loading.drop(this);
  }

  get #viewport(): Types.IStackViewport {
    return this.#screen.engine.getViewport(this.id) as Types.IStackViewport;
  }

  get #attributes(): DataSet {
    return this.#images[this.#shown]?.attributes ?? {};
  }

  get #isSuv(): boolean {
    return this.#images[this.#shown]?.suv !== undefined;
  }

  /** MONOCHROME1: the lowest value is white (PS3.3 C.7.6.3.1.2), which the engine draws by inverting. */
  get #bornInverted(): boolean {
    return text(this.#attributes, tag.PhotometricInterpretation) === 'MONOCHROME1';
  }

  /** The first image stands, or never will: when that is on the screen the others may come. */
  #goOn(): void {
    const from = this.#awaited;
    if (from === undefined) return;
    this.#awaited = undefined;
    setTimeout(() => this.#fetchFrom(from));
  }

  #paint(): void {
    const image = this.#images[this.#shown];
    if (image && this.#painter && !this.#closed) this.#overlay.draw(this.#viewport, this.#painter(image));
    else this.#overlay.clear();
  }

  #fetchFrom(from: number): void {
    if (this.#closed || this.#ids.length === 0) return;
    this.#from = from;
    const ids = this.#ids;
    const bytesEach = decodedBytes(this.#images[from]?.attributes ?? {});
    this.#screen.loading.want(this, {
      ids,
      from,
      bytesEach,
      settled: (id) => {
        if (ids !== this.#ids || this.#closed || this.#loaded.has(id)) return;
        this.#loaded.add(id);
        this.#listener.loaded(this.#loaded.size);
      },
    });
  }

  /** Reported in the turn that drew it, so that the words beside an image never lag behind its pixels. */
  readonly #rendered = (): void => {
    if (!this.#closed && this.#shown !== none) {
      this.#listener.shown(viewOf(this.#viewport, this.#shown, this.#attributes, this.#bornInverted, this.#isSuv, this.#colours));
      this.#goOn();
      this.#paint();
    }
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
    const isFar = Math.abs(this.#shown - this.#from) > near;
    if (isFar && this.#awaited === undefined && this.#loaded.size < this.#ids.length) this.#fetchFrom(this.#shown);
    this.#screen.loading.answered();
    // An image whose values are of another type is drawn anew, in greys.
    if (this.#colours !== 'grey') colour(this.#viewport, this.#colours);
  };

  /** A fetch that failed names its image; an image that could not be drawn comes without a name, to whoever waits for one. */
  readonly #failed = (event: Event): void => {
    if (this.#closed || this.#ids.length === 0) return;
    const { imageId } = (event as CustomEvent<{ readonly imageId?: string }>).detail;
    const awaited = this.#viewport.getTargetImageIdIndex();
    const index = imageId === undefined ? awaited : this.#ids.indexOf(imageId);
    if (index < 0 || (imageId === undefined && awaited === this.#shown)) return;
    this.#listener.failed(index);
    this.#goOn();
    this.#lostAt = this.#screen.loading.lost(imageId ?? '') ? index : none;
  };

  /** Asks again for the image that was lost, unless one went on to another; what stands stays until it is there. */
  readonly #resume = async (): Promise<void> => {
    const [ids, index] = [this.#ids, this.#lostAt];
    const awaited = (): boolean => !this.#closed && ids === this.#ids && index === this.#viewport.getTargetImageIdIndex();
    if (index === none || !awaited() || !(await this.#screen.loading.ask(ids[index] ?? '')) || !awaited()) return;
    this.#lostAt = none;
    this.#listener.again(index);
    // The engine asks for nothing while it takes the lost image for the one on the screen.
    if (this.#shown === none) return this.retry(index);
    await this.#viewport.setImageIdIndex(this.#shown);
    await this.#viewport.setImageIdIndex(index);
  };
}
