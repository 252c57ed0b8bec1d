/** Where one image cuts through the plane of another (PS3.3 C.7.6.2.1.1); millimetres in the patient. */
import { sliceNormal } from './frames';
import { placeOfImage } from './fusion';
import { dot, type Point } from './geometry';
import { numbers, tag, text, type DataSet } from './json';

/** Planes are parallel when their normals differ by less than this angle: its cosine, of five degrees. */
const parallel = Math.cos(Math.PI / 36);

/**
 * The ends of the line on which the pixels of `image` lie in the plane of `on`. None where they have no frame of reference in
 * common, are parallel, or the image does not reach the plane.
 */
export function referenceLine(image: DataSet, on: DataSet): readonly [Point, Point] | undefined {
  const reference = text(image, tag.FrameOfReferenceUID);
  if (reference === '' || reference !== text(on, tag.FrameOfReferenceUID)) return undefined;
  const [normal, own] = [sliceNormal(on), sliceNormal(image)];
  const place = numbers(on, tag.ImagePositionPatient);
  const corners = cornersOf(image);
  if (!normal || !own || place.length !== 3 || !corners || Math.abs(dot(normal, own)) > parallel) return undefined;
  const at = dot(place as unknown as Point, normal);
  const ends: Point[] = [];
  for (const [index, corner] of corners.entries()) {
    const next = corners[(index + 1) % corners.length] as Point;
    const [here, there] = [dot(corner, normal) - at, dot(next, normal) - at];
    if (here < 0 === there < 0) continue;
    ends.push(between(corner, next, here / (here - there)));
  }
  const [first, second] = ends;
  return first && second ? [first, second] : undefined;
}

/** The outer corners of the pixels, all the way round. */
function cornersOf(image: DataSet): readonly Point[] | undefined {
  const place = placeOfImage(image);
  if (!place) return undefined;
  const { corner, across, down } = place;
  const moved = ([x, y, z]: Point, by: Point): Point => [x + by[0], y + by[1], z + by[2]];
  return [corner, moved(corner, across), moved(moved(corner, across), down), moved(corner, down)];
}

function between(a: Point, b: Point, part: number): Point {
  return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
}
