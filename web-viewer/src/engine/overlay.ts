/** What lies over an image: pictures of segments and outlines, by the geometry of the patient. */
import type { Types } from '@cornerstonejs/core';
import type { Image } from './images';

type Point = readonly [number, number, number];

/** A picture over the pixels of the image, or over the parallelogram that `place` tells in the patient. */
export interface Picture {
  readonly source: HTMLCanvasElement;
  readonly place: { readonly corner: Point; readonly across: Point; readonly down: Point } | undefined;
  /** 0 … 1 */
  readonly opacity: number;
  /** Whether values between its pixels are drawn. */
  readonly isSmooth?: boolean;
}

export interface Outline {
  readonly points: readonly Point[];
  readonly isClosed: boolean;
  readonly colour: string;
}

export interface Drawing {
  readonly pictures: readonly Picture[];
  readonly outlines: readonly Outline[];
}

/** What lies over an image; nothing where it has none. */
export type Painter = (image: Image) => Drawing | undefined;

type Viewport = Types.IStackViewport | Types.IVolumeViewport;

/** Screen pixels across an outline. */
const lineWidth = 1.5;

export class Overlay {
  readonly #element: HTMLElement;
  readonly #canvas = document.createElement('canvas');

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#canvas.dataset['overlay'] = 'regions';
    this.#canvas.style.cssText = 'position:absolute;inset:0;width:100%;height:100%;pointer-events:none';
  }

  clear(): void {
    this.#canvas.remove();
  }

  /** Draws as the image or the plane now stands in its viewport. */
  draw(viewport: Viewport, drawing: Drawing | undefined): void {
    const context = drawing && this.#prepared(viewport);
    if (!drawing || !context) return this.clear();
    const { devicePixelRatio: ratio } = window;
    for (const { source, place, opacity, isSmooth = false } of drawing.pictures) {
      const corners = place ? fromPatient(viewport, place) : fromPixels(viewport);
      if (!corners) continue;
      const [corner, right, below] = corners;
      const { width, height } = source;
      context.globalAlpha = opacity;
      context.imageSmoothingEnabled = isSmooth;
      context.setTransform(
        (ratio * (right[0] - corner[0])) / width, (ratio * (right[1] - corner[1])) / width,
        (ratio * (below[0] - corner[0])) / height, (ratio * (below[1] - corner[1])) / height,
        ratio * corner[0], ratio * corner[1],
      );
      context.drawImage(source, 0, 0);
    }
    context.globalAlpha = 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.lineWidth = lineWidth;
    context.lineJoin = 'round';
    for (const { points, isClosed, colour } of drawing.outlines) {
      context.strokeStyle = colour;
      context.beginPath();
      for (const point of points) context.lineTo(...viewport.worldToCanvas([...point]));
      if (isClosed) context.closePath();
      context.stroke();
    }
  }

  /** The canvas, empty, between the image and what is measured on it. */
  #prepared(viewport: Viewport): CanvasRenderingContext2D | null {
    const below = viewport.getCanvas();
    if (this.#canvas.previousSibling !== below) below.after(this.#canvas);
    this.#canvas.width = Math.round(this.#element.clientWidth * window.devicePixelRatio);
    this.#canvas.height = Math.round(this.#element.clientHeight * window.devicePixelRatio);
    return this.#canvas.getContext('2d');
  }
}

type Corners = readonly [Types.Point2, Types.Point2, Types.Point2];

/** Where the first corner, the end of the first row and the end of the first column are on the screen, CSS pixels. */
function fromPatient(viewport: Viewport, { corner, across, down }: NonNullable<Picture['place']>): Corners {
  const moved = (by: Point): Types.Point3 => [corner[0] + by[0], corner[1] + by[1], corner[2] + by[2]];
  return [viewport.worldToCanvas([...corner]), viewport.worldToCanvas(moved(across)), viewport.worldToCanvas(moved(down))];
}

/** A whole number names the middle of a pixel. */
function fromPixels(viewport: Viewport): Corners | undefined {
  const { dimensions, imageData } = viewport.getImageData() ?? {};
  const toWorld = imageData?.indexToWorld;
  if (!dimensions || !toWorld) return undefined;
  const [columns, rows] = dimensions;
  const on = (column: number, row: number): Types.Point2 => viewport.worldToCanvas([...toWorld([column - 0.5, row - 0.5, 0])] as Types.Point3);
  return [on(0, 0), on(columns, 0), on(0, rows)];
}
