/** One series over the images of another: its values in their plane, and the picture of them. */
import { cross, dot, type Point } from './geometry';
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

/** A slab about a plane: how thick it is from face to face, and which of the values through it are shown. */
export interface Depth {
  readonly of: 'highest' | 'lowest' | 'mean';
  readonly millimetres: number;
}

/** Values in a plane, or in a slab about it, row by row, linear between the middles of the voxels; NaN outside of them. */
export function resample(grid: Grid, slices: Slices, place: Place, [columns, rows]: readonly [number, number], depth?: Depth): Float32Array {
  const values = new Float32Array(columns * rows);
  const valueAt = between(grid, slices);
  const corner = voxelAt(grid, place.corner);
  const [across, down] = [inVoxels(grid, place.across), inVoxels(grid, place.down)];
  const layers = layersOf(grid, place, depth);
  for (let row = 0; row < rows; row += 1) {
    const v = (row + 0.5) / rows;
    for (let column = 0; column < columns; column += 1) {
      const u = (column + 0.5) / columns;
      const x = corner[0] + across[0] * u + down[0] * v;
      const y = corner[1] + across[1] * u + down[1] * v;
      const z = corner[2] + across[2] * u + down[2] * v;
      let count = 0;
      let shown = NaN;
      for (const layer of layers) {
        const value = valueAt(x + layer[0], y + layer[1], z + layer[2]);
        if (Number.isNaN(value)) continue;
        if (count === 0) shown = value;
        else if (depth?.of === 'mean') shown += value;
        else shown = depth?.of === 'lowest' ? Math.min(shown, value) : Math.max(shown, value);
        count += 1;
      }
      values[row * columns + column] = depth?.of === 'mean' ? shown / count : shown;
    }
  }
  return values;
}

/** The value at a place in the patient; NaN outside. */
export function valueIn(grid: Grid, slices: Slices, place: Point): number {
  return between(grid, slices)(...voxelAt(grid, place));
}

/** A way in the patient, counted in columns, rows and slices. */
function inVoxels({ axes, spacing }: Grid, way: Point): Point {
  return [dot(way, axes[0]) / spacing[0], dot(way, axes[1]) / spacing[1], dot(way, axes[2]) / spacing[2]];
}

/** How far beside the plane values are taken, in voxels: from face to face of the slab, two steps for the shortest side of a voxel. */
function layersOf(grid: Grid, { across, down }: Place, depth: Depth | undefined): Point[] {
  const normal = cross(across, down);
  const length = Math.sqrt(dot(normal, normal));
  if (!depth || length === 0) return [[0, 0, 0]];
  const steps = Math.max(1, Math.ceil(depth.millimetres / (Math.min(...grid.spacing) / 2)));
  return Array.from({ length: steps + 1 }, (_, step) => {
    const off = (depth.millimetres * (step / steps - 0.5)) / length;
    return inVoxels(grid, [normal[0] * off, normal[1] * off, normal[2] * off]);
  });
}

/** What lies at a column, row and slice, and between them. Half a voxel at the rim has the value of its middle. */
function between({ size: [columns, rows, depth] }: Grid, slices: Slices): (x: number, y: number, z: number) => number {
  const bounded = (at: number, size: number): number => Math.max(0, Math.min(size - 1, at));
  return (x, y, z) => {
    if (!(x >= -0.5 && x <= columns - 0.5 && y >= -0.5 && y <= rows - 0.5 && z >= -0.5 && z <= depth - 0.5)) return NaN;
    // No arrays in here: this runs some hundred thousand times for a picture.
    const atX = bounded(x, columns);
    const atY = bounded(y, rows);
    const atZ = bounded(z, depth);
    const i = Math.floor(atX);
    const j = Math.floor(atY);
    const k = Math.floor(atZ);
    let sum = 0;
    for (let corner = 0; corner < 8; corner += 1) {
      const right = corner & 1;
      const below = (corner >> 1) & 1;
      const behind = corner >> 2;
      const weight = (right ? atX - i : 1 - atX + i) * (below ? atY - j : 1 - atY + j) * (behind ? atZ - k : 1 - atZ + k);
      if (weight > 0) sum += weight * (slices[k + behind]?.[(j + below) * columns + i + right] ?? NaN);
    }
    return sum;
  };
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
