/** How large an image stands in a viewport; millimetres and screen pixels. */
import { number, tag, type DataSet } from '../dicom/json';
import { spacingOf } from '../dicom/spacing';
import { chestWall } from './shots';
import type { Viewport } from './protocol';

export type Box = readonly [width: number, height: number];

/** Width and height of an image, millimetres; pixels where it tells no spacing. */
export function extent(attributes: DataSet): Box {
  const { row, column } = spacingOf(attributes) ?? { row: 1, column: 1 };
  return [(number(attributes, tag.Columns) ?? 0) * column, (number(attributes, tag.Rows) ?? 0) * row];
}

/** Millimetres for one screen pixel at which an image just fits into a viewport; 0 where either has no size. */
export function fitting(attributes: DataSet, [width, height]: Box): number {
  const [across, down] = extent(attributes);
  return width > 0 && height > 0 ? Math.max(across / width, down / height) : 0;
}

/** Whether the image is to be mirrored. */
export function isFlipped({ flip, align }: Viewport, attributes: DataSet): boolean {
  if (flip !== 'chestWall') return flip === 'horizontal';
  const wall = chestWall(attributes);
  return wall !== undefined && align !== undefined && wall !== align;
}
