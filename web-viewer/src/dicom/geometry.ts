/** Where frames lie in the patient (PS3.3 C.7.6.2.1.1); millimetres. */
import { sliceNormal } from './frames';
import { numbers, tag, type DataSet } from './json';

export type Point = readonly [number, number, number];

export function dot(a: Point, b: Point): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** How far a frame lies along a direction, from the origin of its frame of reference. */
export function along(attributes: DataSet, normal: Point): number | undefined {
  const position = numbers(attributes, tag.ImagePositionPatient);
  return position.length === 3 ? dot(position as unknown as Point, normal) : undefined;
}

/** Planes that differ by less than this angle are parallel: its cosine, of ten degrees. */
const parallel = Math.cos(Math.PI / 18);

/**
 * The frame of a stack that lies nearest to another stack's frame, `offset` millimetres further along the normal of that;
 * none where one of them does not tell where it lies or their planes are not parallel.
 */
export function nearest(stack: readonly { readonly attributes: DataSet }[], to: DataSet, offset: number): number | undefined {
  const normal = sliceNormal(to);
  const at = normal && along(to, normal);
  if (!normal || at === undefined) return undefined;
  let [best, least]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const [index, { attributes }] of stack.entries()) {
    const own = sliceNormal(attributes);
    const place = along(attributes, normal);
    if (!own || place === undefined || Math.abs(dot(own, normal)) < parallel) return undefined;
    const distance = Math.abs(place - at - offset);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

/** Millimetres from one frame to another along the first one's normal; none where that is not told. */
export function distance(from: DataSet, to: DataSet): number | undefined {
  const normal = sliceNormal(from);
  const [a, b] = normal ? [along(from, normal), along(to, normal)] : [];
  return a === undefined || b === undefined ? undefined : b - a;
}
