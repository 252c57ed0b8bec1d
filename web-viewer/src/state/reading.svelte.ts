/** One open study: its series, the series in the viewport, and how it is looked at. */
import { openStudy } from '../api/bootstrap';
import { withPalettes } from '../api/palette';
import { frameUrl, rendered, seriesMetadata } from '../api/wado';
import { framesInOrder, type Frame } from '../dicom/frames';
import { number, tag, type DataSet } from '../dicom/json';
import type { Series, Study } from '../dicom/study';
import { presets, type Preset } from '../dicom/windows';
import type { Image, Stack, Tool, View } from '../engine/stack';
import { shown, type Shown } from './failure';
import { router } from './router.svelte';
import { session } from './session.svelte';

const defaultFramesPerSecond = 15;
/** Pixels across the picture that stands in for the first image while that is fetched. */
const previewSize = 512;

export class Reading {
  readonly uid: string;
  study = $state.raw<Study | undefined>(undefined);
  series = $state.raw<Series[]>([]);
  active = $state.raw<Series | undefined>(undefined);
  frames = $state.raw<Frame[]>([]);
  view = $state.raw<View | undefined>(undefined);
  tool = $state<Tool>('window');
  loaded = $state(0);
  loading = $state(true);
  failedImages = $state.raw<ReadonlySet<number>>(new Set());
  /** The image that was asked for last: the one on the screen unless it is still coming or failed. */
  target = $state(0);
  playing = $state(false);
  /** Address of a picture of the first image, drawn by the server, until its true pixels stand. */
  preview = $state<string | undefined>(undefined);
  error = $state.raw<Shown | undefined>(undefined);
  #stack: Stack | undefined;
  #running = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(uid: string) {
    this.uid = uid;
  }

  /** The frame whose data the overlay tells. */
  get frame(): Frame | undefined {
    return this.frames[this.view?.index ?? 0];
  }

  get presets(): Preset[] {
    const frame = this.frame;
    return frame ? presets(this.active?.modality ?? '', frame.attributes, this.view?.range) : [];
  }

  get failed(): boolean {
    return this.failedImages.has(this.target);
  }

  /** Fetches and shows the study; the engine is loaded beside the requests, not before them. */
  async open(element: HTMLDivElement, wantedSeries: string | undefined): Promise<void> {
    this.error = undefined;
    this.loading = true;
    try {
      const { signal } = this.#running;
      const engine = import('../engine/stack');
      engine.catch(() => undefined);
      const { study, series, first, metadata } = await openStudy(this.uid, wantedSeries, signal);
      this.study = study;
      this.series = series;
      if (!first) {
        this.loading = false;
        return;
      }
      const images = this.#prepare(first, metadata);
      images.catch(() => undefined);
      const { Stack } = await engine.catch((cause: unknown) => {
        throw new EngineError(cause);
      });
      if (signal.aborted) return;
      this.#stack = this.#createStack(Stack, element);
      await this.#draw(await images);
    } catch (cause) {
      this.#report(cause);
    }
  }

  async showSeries(item: Series): Promise<void> {
    if (item.uid === this.active?.uid) return;
    this.stop();
    this.#running.abort();
    this.#running = new AbortController();
    try {
      await this.#draw(await this.#prepare(item, undefined));
    } catch (cause) {
      this.#report(cause);
    }
  }

  nextSeries(step: 1 | -1): void {
    const at = this.series.findIndex((item) => item.uid === this.active?.uid);
    const next = this.series[at + step];
    if (next) void this.showSeries(next);
  }

  scrollTo(index: number): void {
    if (this.frames.length === 0) return;
    this.target = Math.max(0, Math.min(this.frames.length - 1, index));
    void this.#stack?.scrollTo(this.target);
  }

  scrollBy(delta: number): void {
    this.scrollTo(this.target + delta);
  }

  choose(tool: Tool): void {
    this.tool = tool;
    this.#stack?.setTool(tool);
  }

  usePreset(index: number): void {
    const preset = this.presets[index];
    if (preset) this.#stack?.setWindow(preset.window);
  }

  invert(): void {
    this.#stack?.invert();
  }

  flip(): void {
    this.#stack?.flip();
  }

  rotate(): void {
    this.#stack?.rotate();
  }

  fit(): void {
    this.#stack?.fit();
  }

  reset(): void {
    this.#stack?.reset();
  }

  retryImage(): void {
    this.failedImages = new Set();
    void this.#stack?.retry(this.target);
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

  close(): void {
    this.stop();
    this.#running.abort();
    this.#dropPreview();
    this.#stack?.close();
    this.#stack = undefined;
  }

  #createStack(Engine: typeof Stack, element: HTMLDivElement): Stack {
    return new Engine(
      element,
      {
        asked: (index) => (this.target = index),
        shown: (view) => {
          this.view = view;
          this.loading = false;
          this.#dropPreview();
        },
        failed: (index) => {
          this.failedImages = new Set([...this.failedImages, index]);
          this.loading = false;
          this.#dropPreview();
        },
        loaded: (count) => (this.loaded = count),
        refused: (status) => {
          if (status === 401) session.expired();
        },
      },
      this.tool,
    );
  }

  /** Fetches what is to be drawn of a series; none where it has no images or another one is wanted by now. */
  async #prepare(item: Series, metadata: DataSet[] | undefined): Promise<Image[] | undefined> {
    const { signal } = this.#running;
    this.active = item;
    this.error = undefined;
    this.loading = true;
    this.view = undefined;
    this.frames = [];
    this.failedImages = new Set();
    this.target = 0;
    this.#dropPreview();
    router.toSeries(this.uid, item.uid);
    const instances = metadata ?? (await seriesMetadata(this.uid, item.uid, signal));
    if (signal.aborted) return undefined;
    const frames = framesInOrder(await withPalettes(instances, signal));
    if (signal.aborted) return undefined;
    this.frames = frames;
    const [first] = frames;
    if (!first) {
      this.loading = false;
      return undefined;
    }
    void this.#fetchPreview(item, first, signal);
    return frames.map((frame) => ({ url: frameUrl(this.uid, item.uid, frame.instance, frame.frame), attributes: frame.attributes }));
  }

  async #draw(images: readonly Image[] | undefined): Promise<void> {
    if (images) await this.#stack?.show(images, 0);
  }

  /** Without one the page waits for the pixels as it would anyway. */
  async #fetchPreview(item: Series, first: Frame, signal: AbortSignal): Promise<void> {
    try {
      const picture = await rendered(this.uid, item.uid, first, previewSize, signal);
      if (signal.aborted || !this.loading || this.active !== item) return;
      this.#dropPreview();
      this.preview = URL.createObjectURL(picture);
    } catch {
      this.#dropPreview();
    }
  }

  #dropPreview(): void {
    if (this.preview) URL.revokeObjectURL(this.preview);
    this.preview = undefined;
  }

  #report(cause: unknown): void {
    const failure = cause instanceof EngineError ? { failure: 'engine' as const, detail: cause.message } : shown(cause);
    if (!failure) return;
    if (failure.failure === 'signed-out') session.expired();
    this.error = failure;
    this.loading = false;
  }
}

class EngineError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}
