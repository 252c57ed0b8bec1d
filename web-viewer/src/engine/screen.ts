/** What the pages use Cornerstone3D through: all viewports of a page, what they load, what the mouse does in them. */
import { Enums, RenderingEngine, StackViewport } from '@cornerstonejs/core';
import { dropAhead, fetchAhead } from './ahead';
import type { Image } from './images';
import { Loading } from './loading';
import type { Trouble } from './lost';
import { Measurements } from './measurements';
import { onRefused } from './requests';
import { start } from './setup';
import { Stack, type Listener } from './stack';
import { Tools, type Bindings, type Tool } from './tools';

export type { Bindings, Listener, Tool, Trouble };
export type { Image } from './images';
export type { Drawing, Painter, Picture } from './overlay';
export type { View } from './view';
export type { Stack };

let screens = 0;
/** One for as long as the page lives: what it takes of the graphics process is not given back when it is destroyed. */
let engine: RenderingEngine | undefined;

export class Screen {
  readonly engine: RenderingEngine;
  readonly loading: Loading;
  readonly tools: Tools;
  readonly measurements: Measurements;
  readonly #name: string;
  readonly #resizes: ResizeObserver;
  #viewports = 0;

  /**
   * `refused` is told the status of every frame request that the server refused, `waiting` when frames are waited for
   * because of the network or a busy server.
   */
  constructor(refused: (status: number) => void, waiting: (trouble: Trouble | undefined) => void) {
    start();
    this.loading = new Loading(waiting);
    screens += 1;
    this.#name = `screen-${screens}`;
    engine ??= new RenderingEngine('page');
    this.engine = engine;
    this.tools = new Tools(this.#name, engine.id);
    this.measurements = new Measurements(this.engine);
    this.#resizes = new ResizeObserver(() => this.resize());
    onRefused(refused);
  }

  /** A viewport in `element` for one stack after the other. */
  stack(element: HTMLDivElement, listener: Listener): Stack {
    this.#viewports += 1;
    return new Stack(this, `${this.#name}-${this.#viewports}`, element, listener);
  }

  /**
   * Draws as large as the elements are now. A stack keeps its zoom against what would show all of the image, so that an image seen
   * whole is seen whole again; a volume keeps its camera.
   */
  resize(): void {
    const stacks = this.engine.getViewports().filter((viewport) => viewport instanceof StackViewport).filter(hasImage);
    const before = stacks.map((stack) => ({ stack, presentation: stack.getViewPresentation() }));
    this.engine.resize(true, true);
    for (const { stack, presentation } of before) {
      stack.resetCamera();
      stack.setViewPresentation(presentation);
      stack.render();
    }
  }

  /** Fetches an image that is perhaps shown next, by this screen or the one after it: whether it came. */
  ahead(image: Image): Promise<boolean> {
    return fetchAhead(image);
  }

  /** Forgets what was fetched ahead. */
  dropAhead(): void {
    dropAhead();
  }

  setTool(tool: Tool): void {
    this.tools.choose(tool);
  }

  setBindings(bindings: Bindings): void {
    this.tools.bind(bindings);
  }

  /** Makes `element` a viewport as new. */
  enable(viewportId: string, element: HTMLDivElement): void {
    this.disable(viewportId);
    const defaultOptions = { background: [0, 0, 0] as [number, number, number] };
    this.engine.enableElement({ viewportId, type: Enums.ViewportType.STACK, element, defaultOptions });
    this.tools.attach(viewportId);
    this.#resizes.observe(element);
  }

  disable(viewportId: string): void {
    const viewport = this.engine.getViewport(viewportId);
    if (!viewport) return;
    this.#resizes.unobserve(viewport.element);
    this.tools.detach(viewportId);
    this.engine.disableElement(viewportId);
  }

  close(): void {
    onRefused(undefined);
    this.loading.close();
    this.#resizes.disconnect();
    this.measurements.close();
    this.tools.close();
  }
}

/** The engine's own type knows no stack before its first image. */
function hasImage(stack: StackViewport): boolean {
  return (stack.getCornerstoneImage() as unknown) !== undefined;
}
