/** One viewport: the series in it, and how it is looked at. */
import type { ColourMap } from '../dicom/colours';
import type { Frame } from '../dicom/frames';
import { number, tag } from '../dicom/json';
import type { Series } from '../dicom/study';
import { isScale } from '../dicom/suv';
import type { Stance } from '../hanging/protocol';
import { keyed, presets, type Preset } from '../dicom/windows';
import type { Image, Painter, Screen, Stack, View } from '../engine/screen';
import { shown, type Shown } from './failure';
import { isThere } from './next-study';
import { session } from './session.svelte';
import { settings } from './settings.svelte';
import { StandIn } from './stand-in.svelte';

const defaultFramesPerSecond = 15;

/** A series and what of it is to be drawn. */
export interface Stacked {
  readonly frames: readonly Frame[];
  readonly images: readonly Image[];
}

export class Pane {
  readonly key: number;
  study = $state('');
  series = $state.raw<Series | undefined>(undefined);
  frames = $state.raw<readonly Frame[]>([]);
  view = $state.raw<View | undefined>(undefined);
  loaded = $state(0);
  loading = $state(false);
  failedImages = $state.raw<ReadonlySet<number>>(new Set());
  /** The image that was asked for last: the one on the screen unless it is still coming or failed. */
  target = $state(0);
  playing = $state(false);
  /** How a hanging protocol wants the image to stand; none: as it comes. */
  stance: Stance | undefined;
  /** Of which viewports it moves with, where a hanging protocol says so. */
  group = '';
  element: HTMLDivElement | undefined;
  /** What stands here until the engine draws. */
  readonly standIn = new StandIn();
  /** Resolves when something stands here for the first time, or it is known that nothing will. */
  readonly pictured: Promise<void>;
  error = $state.raw<Shown | undefined>(undefined);
  /** Is told when another image stands, or how it stands changed. */
  readonly #changed: (pane: Pane) => void;
  #stack: Promise<Stack> | undefined;
  #running = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  #hasPicture: () => void = () => undefined;

  constructor(key: number, changed: (pane: Pane) => void) {
    this.key = key;
    this.#changed = changed;
    this.pictured = new Promise((resolve) => (this.#hasPicture = resolve));
  }

  /** The frame on the screen, whose data the overlay tells. */
  get frame(): Frame | undefined {
    return this.frames[this.view?.index ?? 0];
  }

  get presets(): Preset[] {
    const frame = this.frame;
    return frame ? keyed(presets(this.series?.modality ?? '', frame.attributes, this.view?.range, isScale(frame.suv) ? frame.suv.factor : undefined, settings.windows[this.series?.modality ?? ''])) : [];
  }

  get failed(): boolean {
    return this.failedImages.has(this.target);
  }

  get ready(): boolean {
    return this.view !== undefined && !this.loading && !this.failed;
  }

  /** Takes a place on the page; the engine may still be on its way. */
  attach(element: HTMLDivElement, screen: Promise<Screen>): void {
    this.element = element;
    this.#stack = screen.then((engine) => engine.stack(element, this.#listener));
    this.#stack.catch((cause: unknown) => this.#report(cause));
  }

  /** Its size, screen pixels. */
  get box(): readonly [number, number] {
    return [this.element?.clientWidth ?? 0, this.element?.clientHeight ?? 0];
  }

  /** Shows a series from the image at `index`: what is to be drawn comes from `source`. */
  async show(study: string, series: Series, index: number, source: (signal: AbortSignal) => Promise<Stacked>, stance?: Stance): Promise<void> {
    this.stop();
    this.stance = stance;
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.study = study;
    this.series = series;
    this.error = undefined;
    this.loading = true;
    this.view = undefined;
    this.frames = [];
    this.failedImages = new Set();
    this.target = index;
    this.standIn.drop();
    try {
      const { frames, images } = await source(signal);
      if (signal.aborted) return;
      this.frames = frames;
      this.target = Math.max(0, Math.min(frames.length - 1, index));
      const first = frames[this.target];
      if (!first) {
        this.loading = false;
        this.#hasPicture();
        return;
      }
      if (isThere(images[this.target]?.url ?? '')) this.#hasPicture();
      else void this.standIn.fetch(study, series.uid, first, signal).then(this.#hasPicture);
      const stack = await this.#stack;
      if (!signal.aborted) await stack?.show(images, this.target);
      if (!signal.aborted && stack && this.stance) this.#stand(stack);
    } catch (cause) {
      if (!signal.aborted) this.#report(cause);
    }
  }

  scrollTo(index: number): void {
    if (this.frames.length === 0) return;
    this.target = Math.max(0, Math.min(this.frames.length - 1, index));
    this.#do((stack) => stack.scrollTo(this.target));
  }

  scrollBy(delta: number): void {
    this.scrollTo(this.target + delta);
  }

  usePreset(index: number): void {
    const preset = this.presets[index];
    if (preset) this.#do((stack) => stack.setWindow(preset.window));
  }

  setColours(map: ColourMap): void {
    this.#do((stack) => stack.setColours(map));
  }

  invert(): void {
    this.#do((stack) => stack.invert());
  }

  flip(): void {
    this.#do((stack) => stack.flip());
  }

  rotate(): void {
    this.#do((stack) => stack.rotate());
  }

  /** The whole image, at the edge and scale that a hanging protocol gave it. */
  fit(): void {
    this.#do((stack) => (this.stance ? stack.stand(this.stance) : stack.fit()));
  }

  reset(): void {
    this.#do((stack) => {
      stack.reset();
      if (this.stance) this.#stand(stack);
    });
  }

  /** Stands as a hanging protocol wants it, unless somebody moved it. */
  hang(stance: Stance): void {
    this.stance = stance;
    this.#do((stack) => {
      if (stack.isUntouched) stack.stand(stance);
    });
  }

  /** All that a stance says: the window too, and whether a film plays. */
  #stand(stack: Stack): void {
    const { stance } = this;
    if (!stance) return;
    stack.stand(stance);
    const { window: asked } = stance;
    const named = typeof asked === 'string' ? presets(this.series?.modality ?? '', {}, undefined).find(({ name }) => name === asked)?.window : asked;
    if (named) stack.setWindow(named);
    if (stance.cine && !this.playing && (this.frames[this.target]?.frames ?? 1) > 1) this.play();
  }

  /** Stands as another viewport does: zoom and place of its image, and its window where `window` says so. */
  follow(view: Pick<View, 'camera' | 'window'>, window: boolean): void {
    if (!this.ready) return;
    this.#do((stack) => {
      stack.setCamera(view.camera);
      if (window && view.window) stack.setWindow(view.window);
    });
  }

  /** Draws over its images what `painter` tells; nothing more for none. */
  paint(painter: Painter | undefined): void {
    this.#do((stack) => stack.setPainter(painter));
  }

  /** Its images are fetched before those of other viewports. */
  prefer(): void {
    this.#do((stack) => stack.prefer());
  }

  retryImage(): void {
    this.failedImages = new Set();
    this.#do((stack) => stack.retry(this.target));
  }

  play(): void {
    if (this.playing) return this.stop();
    if (this.frames.length < 2) return;
    this.playing = true;
    const interval = number(this.frame?.attributes ?? {}, tag.FrameTime) ?? 1000 / defaultFramesPerSecond;
    this.#timer = setInterval(() => this.scrollTo((this.target + 1) % this.frames.length), Math.max(16, interval));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.playing = false;
  }

  /** Leaves the page. */
  detach(): void {
    this.stop();
    this.#running.abort();
    this.standIn.drop();
    this.#hasPicture();
    this.#do((stack) => stack.close());
    this.#stack = undefined;
  }

  /** Waits for the viewport; a failure there was reported when it was made. */
  #do(command: (stack: Stack) => unknown): void {
    this.#stack?.then(command).catch(() => undefined);
  }

  readonly #listener = {
    asked: (index: number): void => {
      this.target = index;
    },
    shown: (view: View): void => {
      this.view = view;
      this.loading = false;
      this.standIn.drop();
      this.#changed(this);
    },
    failed: (index: number): void => {
      this.failedImages = new Set([...this.failedImages, index]);
      this.loading = false;
      this.standIn.drop();
    },
    again: (index: number): void => {
      this.failedImages = new Set([...this.failedImages].filter((failed) => failed !== index));
      this.loading = true;
    },
    loaded: (count: number): void => {
      this.loaded = count;
    },
  };

  #report(cause: unknown): void {
    this.#hasPicture();
    const failure = shown(cause);
    if (!failure) return;
    if (failure.failure === 'signed-out') session.expired();
    this.error = failure;
    this.loading = false;
  }
}
