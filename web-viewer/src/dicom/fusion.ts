/** One series over the images of another: its values in their plane, and the picture of them. */
import { dot, type Point } from './geometry';
import { number, numbers, tag, type DataSet } from './json';
import { voxelAt, type Grid } from './volume';

/** Voxels by slice; each slice row by row. */
export type Slices = readonly ArrayLike<number>[];

/** A parallelogram in the patient, from the corner of its first sample. */
export interface Place {
  readonly corner: Point;
  readonly across: Point;
  readonly down: Point;
}

/** The rectangle that the pixels of an image cover; none where it does not tell. */
export function placeOfImage(image: DataSet): Place | undefined {
  const position = numbers(image, tag.ImagePositionPatient);
  const cosines = numbers(image, tag.ImageOrientationPatient);
  const [down, across] = numbers(image, tag.PixelSpacing);
  const [rows, columns] = [number(image, tag.Rows), number(image, tag.Columns)];
  if (position.length !== 3 || cosines.length !== 6 || !down || !across || !rows || !columns) return undefined;
  const direction = (from: number, by: number): Point => [(cosines[from] ?? 0) * by, (cosines[from + 1] ?? 0) * by, (cosines[from + 2] ?? 0) * by];
  const [x, y, z] = position as [number, number, number];
  const [a, b] = [direction(0, across / 2), direction(3, down / 2)];
  return { corner: [x - a[0] - b[0], y - a[1] - b[1], z - a[2] - b[2]], across: direction(0, across * columns), down: direction(3, down * rows) };
}

/** Samples that a picture of `place` needs to keep every voxel, two for the shortest side of one; `most` at most. */
export function samplesFor({ across, down }: Place, { spacing }: Grid, most = 384): readonly [number, number] {
  const finest = Math.min(...spacing) / 2;
  const along = (side: Point): number => Math.max(1, Math.min(most, Math.ceil(Math.sqrt(dot(side, side)) / finest)));
  return [along(across), along(down)];
}

/** Values in a plane, row by row, linear between the middles of the voxels; NaN outside of them. */
export function resample(grid: Grid, slices: Slices, { corner, across, down }: Place, [columns, rows]: readonly [number, number]): Float32Array {
  const values = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [u, v] = [(column + 0.5) / columns, (row + 0.5) / rows];
      const at = (axis: 0 | 1 | 2): number => corner[axis] + across[axis] * u + down[axis] * v;
      values[row * columns + column] = valueAt(grid, slices, [at(0), at(1), at(2)]);
    }
  }
  return values;
}

/** Half a voxel at the rim has the value of its middle. */
function valueAt(grid: Grid, slices: Slices, place: Point): number {
  const [columns] = grid.size;
  const voxel = voxelAt(grid, place);
  if (voxel.some((at, axis) => at < -0.5 || at > (grid.size[axis] ?? 0) - 0.5)) return NaN;
  const ends = voxel.map((at, axis) => {
    const bounded = Math.max(0, Math.min((grid.size[axis] ?? 1) - 1, at));
    const low = Math.min(Math.floor(bounded), Math.max(0, (grid.size[axis] ?? 1) - 2));
    return { low, part: bounded - low };
  });
  const [x, y, z] = ends as [(typeof ends)[0], (typeof ends)[0], (typeof ends)[0]];
  let sum = 0;
  for (let corner = 0; corner < 8; corner += 1) {
    const [i, j, k] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (i ? x.part : 1 - x.part) * (j ? y.part : 1 - y.part) * (k ? z.part : 1 - z.part);
    if (weight > 0) sum += weight * (slices[z.low + k]?.[(y.low + j) * columns + x.low + i] ?? NaN);
  }
  return sum;
}

/** Red, green, blue and alpha: what is 0 or outside lets all of the image through, `white` and above nothing. */
export function painted(values: Float32Array, white: number, table: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (const [index, value] of values.entries()) {
    if (!(value > 0)) continue;
    const part = Math.min(1, value / white);
    const entry = Math.round(part * 255) * 3;
    pixels.set([table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0, part * 255], index * 4);
  }
  return pixels;
}
