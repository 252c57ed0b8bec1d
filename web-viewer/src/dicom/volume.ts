/** Whether the frames of a series make up a volume, and where its voxels lie (PS3.3 C.7.6.2.1.1); millimetres. */
import { sliceNormal, type Frame } from './frames';
import { dot, type Point } from './geometry';
import { number, numbers, tag, text } from './json';
import { isScale } from './suv';

/** Voxels in columns, rows and slices. */
export interface Grid {
  readonly size: readonly [number, number, number];
  readonly spacing: Point;
  /** Middle of the first voxel. */
  readonly origin: Point;
  /** In which direction columns, rows and slices follow one another. */
  readonly axes: readonly [Point, Point, Point];
  /** Which frame each slice is, along the third axis. */
  readonly order: readonly number[];
}

/** Why frames are no volume. */
export type NoVolume = 'few' | 'colour' | 'position' | 'size' | 'direction' | 'double' | 'gap' | 'spacing' | 'tilt';

export const fewest = 3;
/** Directions that differ by less than this are the same. */
const sameDirection = 1e-3;
/** By how much of a step the distance of two neighbours may differ from it. */
const tolerance = 0.05;
/** From this many steps on a distance is a gap: frames are missing. */
const gap = 1.5;
/** By how much of a pixel frames may lie beside one another. */
const beside = 0.5;

export function isVolume(found: Grid | NoVolume): found is Grid {
  return typeof found !== 'string';
}

/** The volume of these frames, in whatever order they come, or why they are none. */
export function volumeOf(frames: readonly Pick<Frame, 'attributes'>[]): Grid | NoVolume {
  const first = frames[0]?.attributes;
  if (!first || frames.length < fewest) return 'few';
  const monochrome = frames.every(({ attributes }) => text(attributes, tag.PhotometricInterpretation).startsWith('MONOCHROME'));
  if (!monochrome) return 'colour';
  const normal = sliceNormal(first);
  const [rowSpacing, columnSpacing] = numbers(first, tag.PixelSpacing);
  if (!normal || !rowSpacing || !columnSpacing || rowSpacing < 0 || columnSpacing < 0) return 'position';

  const placed: { readonly index: number; readonly at: number; readonly position: Point }[] = [];
  for (const [index, { attributes }] of frames.entries()) {
    const position = numbers(attributes, tag.ImagePositionPatient);
    if (position.length !== 3) return 'position';
    if (!isLike([tag.Rows, tag.Columns, tag.PixelSpacing], first, attributes, 1e-4)) return 'size';
    if (!isLike([tag.ImageOrientationPatient], first, attributes, sameDirection)) return 'direction';
    placed.push({ index, at: dot(position as unknown as Point, normal), position: position as unknown as Point });
  }
  placed.sort((a, b) => a.at - b.at);
  const [lowest, highest] = [placed[0] as (typeof placed)[0], placed.at(-1) as (typeof placed)[0]];
  const steps = placed.slice(1).map(({ at }, before) => at - (placed[before]?.at ?? 0));
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  if (Math.min(...steps) < 1e-3) return 'double';
  if (steps.some((step) => step > gap * usual)) return 'gap';
  if (steps.some((step) => Math.abs(step - usual) > tolerance * usual)) return 'spacing';
  const reach = beside * Math.min(rowSpacing, columnSpacing);
  if (placed.some(({ at, position }) => lateral(lowest.position, position, normal, at - lowest.at) > reach)) return 'tilt';

  const [a, b, c, d, e, f] = numbers(first, tag.ImageOrientationPatient) as [number, number, number, number, number, number];
  return {
    size: [number(first, tag.Columns) ?? 0, number(first, tag.Rows) ?? 0, frames.length],
    spacing: [columnSpacing, rowSpacing, (highest.at - lowest.at) / steps.length],
    origin: lowest.position,
    axes: [[a, b, c], [d, e, f], normal],
    order: placed.map(({ index }) => index),
  };
}

/** Whether numbers are the same in both. */
function isLike(keys: readonly string[], a: Frame['attributes'], b: Frame['attributes'], within: number): boolean {
  return keys.every((key) => {
    const [left, right] = [numbers(a, key), numbers(b, key)];
    return left.length === right.length && left.every((value, at) => Math.abs(value - (right[at] ?? 0)) <= within);
  });
}

/** How far a position lies beside the line along the normal: gantry tilt, or frames that were shifted. */
function lateral(from: Point, to: Point, normal: Point, distance: number): number {
  return Math.hypot(...[0, 1, 2].map((axis) => (to[axis] ?? 0) - (from[axis] ?? 0) - distance * (normal[axis] ?? 0)));
}

/** Column, row and slice of a place in the patient, parts of them included. */
export function voxelAt({ origin, spacing, axes }: Grid, place: Point): Point {
  const from: Point = [place[0] - origin[0], place[1] - origin[1], place[2] - origin[2]];
  return [dot(from, axes[0]) / spacing[0], dot(from, axes[1]) / spacing[1], dot(from, axes[2]) / spacing[2]];
}

/** The place of a voxel in the patient. */
export function placeOf({ origin, spacing, axes }: Grid, voxel: Point): Point {
  const at = (axis: 0 | 1 | 2): number =>
    origin[axis] + axes[0][axis] * spacing[0] * voxel[0] + axes[1][axis] * spacing[1] * voxel[1] + axes[2][axis] * spacing[2] * voxel[2];
  return [at(0), at(1), at(2)];
}

/** The frame whose slice lies nearest to a place. */
export function frameAt(grid: Grid, place: Point): number {
  const slice = Math.round(voxelAt(grid, place)[2]);
  return grid.order[Math.max(0, Math.min(grid.order.length - 1, slice))] ?? 0;
}

/** The middle of the volume, in the slice of one of its frames. */
export function middleOf(grid: Grid, frame: number): Point {
  const slice = Math.max(0, grid.order.indexOf(frame));
  return placeOf(grid, [(grid.size[0] - 1) / 2, (grid.size[1] - 1) / 2, slice]);
}

/** What a device can hold. */
export interface Limits {
  /** Bytes of decoded frames. */
  readonly frames: number;
  /** Bytes of frames and of their copy on the graphics card. */
  readonly all: number;
  /** Voxels along one side of a texture. */
  readonly side: number;
}

export interface Needs {
  readonly frames: number;
  readonly all: number;
}

/** Bytes of a voxel on the graphics card, where it has no 16-bit texture. */
const textureBytes = 4;

/** Bytes a volume takes; `sampleBytes` is what a decoded value takes in memory. */
export function needsOf({ size }: Grid, sampleBytes: number): Needs {
  const voxels = size[0] * size[1] * size[2];
  return { frames: voxels * sampleBytes, all: voxels * (sampleBytes + textureBytes) };
}

export function fits(grid: Grid, needs: Needs, limits: Limits): boolean {
  return needs.frames <= limits.frames && needs.all <= limits.all && Math.max(...grid.size) <= limits.side;
}

/** Bytes a decoded value takes: whole numbers of 16 bits, or floats where the rescale slope or intercept is no whole number, and for SUV. */
export function sampleBytes({ attributes, suv }: Pick<Frame, 'attributes' | 'suv'>): number {
  if (isScale(suv)) return 4;
  const whole = [tag.RescaleSlope, tag.RescaleIntercept].every((key) => Number.isInteger(number(attributes, key) ?? 0));
  return whole && (number(attributes, tag.BitsAllocated) ?? 16) <= 16 ? 2 : 4;
}
