/** How an image stands in its viewport, in the terms of the patient and of the screen. */
import type { Types } from '@cornerstonejs/core';
import type { ColourMap } from '../dicom/colours';
import { edgeLetters, type EdgeLetters } from '../dicom/orientation';
import { number, numbers, tag, type DataSet } from '../dicom/json';
import type { Window } from '../dicom/windows';
import type { Stance } from '../hanging/protocol';
import { extent, fitting } from '../hanging/stance';
import { spacingOf } from '../dicom/spacing';
import { windowOf } from './voi';

/** What a viewport shows at the moment. */
export interface View {
  readonly index: number;
  readonly window: Window | undefined;
  readonly inverted: boolean;
  /** Screen pixels for one image pixel. */
  readonly zoom: number;
  readonly edges: EdgeLetters | undefined;
  /** Whether values are SUV. */
  readonly isSuv: boolean;
  readonly colours: ColourMap;
  /** Lowest and highest value in the shown image, modality units. */
  readonly range: readonly [number, number] | undefined;
  /** What a linked viewport takes over. */
  readonly camera: Camera;
}

/** Zoom and place of an image, free of its own size. */
export interface Camera {
  /** Millimetres (pixels, where the image has no spacing) for one screen pixel. */
  readonly scale: number;
  /** From the middle of the image to the middle of the viewport, screen pixels. */
  readonly pan: readonly [number, number];
}

export function viewOf(viewport: Types.IStackViewport, index: number, attributes: DataSet, bornInverted: boolean, isSuv: boolean, colours: ColourMap): View {
  const { voiRange, invert = false } = viewport.getProperties();
  const image = viewport.getCornerstoneImage();
  const scale = millimetres(viewport);
  return {
    index,
    window: voiRange && windowOf(voiRange, isSuv),
    isSuv,
    colours,
    inverted: invert !== bornInverted,
    zoom: (viewport.getImageData()?.spacing[0] ?? scale) / scale,
    edges: edges(viewport, attributes),
    range: image ? [image.minPixelValue, image.maxPixelValue] : undefined,
    camera: { scale, pan: viewport.getPan() },
  };
}

/** Makes a viewport stand as another one does. */
export function adopt(viewport: Types.IStackViewport, { scale, pan }: Camera): void {
  const { parallelScale } = viewport.getCamera();
  if (parallelScale !== undefined) viewport.setCamera({ parallelScale: (parallelScale * scale) / millimetres(viewport) });
  viewport.setPan([pan[0], pan[1]]);
}

/** Puts an image where a hanging protocol says: at an edge, at a scale in millimetres of the patient, from top to bottom in the middle. */
export function hang(viewport: Types.IStackViewport, { scale, align }: Stance, attributes: DataSet): void {
  const { clientWidth, clientHeight } = viewport.element;
  const wanted = scale ?? fitting(attributes, [clientWidth, clientHeight]);
  const image = viewport.getImageData();
  const [columns, rows] = image?.dimensions ?? [0, 0];
  const middle = image?.imageData.indexToWorld?.([(columns - 1) / 2, (rows - 1) / 2, 0]);
  if (!image || !middle || !(wanted > 0)) return;
  const { parallelScale } = viewport.getCamera();
  // The engine may know another spacing than that in the patient, or none.
  const own = (image.spacing[0] ?? 1) / (spacingOf(attributes)?.column ?? 1);
  if (parallelScale !== undefined) viewport.setCamera({ parallelScale: (parallelScale * wanted * own) / millimetres(viewport) });
  const free = (clientWidth - extent(attributes)[0] / wanted) / 2;
  const [x, y] = viewport.worldToCanvas(middle as Types.Point3);
  const [panX, panY] = viewport.getPan();
  viewport.setPan([panX + clientWidth / 2 + (align === 'right' ? free : align === 'left' ? -free : 0) - x, panY + clientHeight / 2 - y]);
}

/** Millimetres for one screen pixel. */
function millimetres(viewport: Types.IStackViewport): number {
  const length = Math.hypot(...along(viewport, [100, 0]));
  return length > 0 ? length / 100 : 1;
}

/** From the viewport's corner to a place on the screen, in the patient. */
function along(viewport: Types.IStackViewport, to: Types.Point2): [number, number, number] {
  const [a, b] = [viewport.canvasToWorld([0, 0]), viewport.canvasToWorld(to)];
  return [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
}

function edges(viewport: Types.IStackViewport, attributes: DataSet): EdgeLetters | undefined {
  if (numbers(attributes, tag.ImageOrientationPatient).length !== 6 || number(attributes, tag.Rows) === undefined) return undefined;
  const direction = (to: Types.Point2): [number, number, number] => {
    const [x, y, z] = along(viewport, to);
    const length = Math.hypot(x, y, z) || 1;
    return [x / length, y / length, z / length];
  };
  return edgeLetters(direction([100, 0]), direction([0, 100]));
}
