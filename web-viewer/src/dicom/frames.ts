/** The frames of a series in reading order, each with the attributes that hold for it. */
import { items, number, numbers, tag, text, type Attribute, type DataSet } from './json';
import { kindOf } from './kinds';
import { suvOf, type Suv } from './suv';

export interface Frame {
  readonly instance: string;
  /** 1-based, as in the path of WADO-RS (PS3.18 §10.4). */
  readonly frame: number;
  readonly frames: number;
  readonly attributes: DataSet;
  /** Of PET. */
  readonly suv?: Suv;
}

type Vector = readonly [number, number, number];

/**
 * Attributes of one frame of a multi-frame object: its functional groups (PS3.3 C.7.6.16) laid over the object,
 * per-frame before shared. A single-frame object is its own answer.
 */
export function frameAttributes(instance: DataSet, frame: number): DataSet {
  const shared = items(instance, tag.SharedFunctionalGroups)[0];
  const own = items(instance, tag.PerFrameFunctionalGroups)[frame - 1];
  const frames = number(instance, tag.NumberOfFrames) ?? 1;
  if (!shared && !own && frames <= 1) return instance;
  const flat: Record<string, Attribute | undefined> = { ...instance };
  delete flat[tag.SharedFunctionalGroups];
  delete flat[tag.PerFrameFunctionalGroups];
  delete flat[tag.NumberOfFrames];
  for (const groups of [shared, own]) {
    for (const key of Object.keys(groups ?? {})) {
      Object.assign(flat, items(groups as DataSet, key)[0]);
    }
  }
  return flat;
}

/** Only what has pixels, rows and columns, and is no segmentation, video or the like. */
function isImage(instance: DataSet): boolean {
  return (number(instance, tag.Rows) ?? 0) > 0 && (number(instance, tag.Columns) ?? 0) > 0 && kindOf(instance) === 'image';
}

/**
 * Instances as a stack: along the slice normal when all lie in parallel planes at different places, else by
 * instance number. The same input in any order gives the same stack.
 */
export function framesInOrder(instances: readonly DataSet[]): Frame[] {
  const images = instances.filter(isImage);
  const byNumber = [...images].sort(
    (a, b) =>
      (number(a, tag.InstanceNumber) ?? 0) - (number(b, tag.InstanceNumber) ?? 0) ||
      (text(a, tag.SOPInstanceUID) < text(b, tag.SOPInstanceUID) ? -1 : 1),
  );
  const ordered = (alongNormal(byNumber) ?? byNumber).flatMap((instance) => {
    const frames = Math.max(1, number(instance, tag.NumberOfFrames) ?? 1);
    return Array.from({ length: frames }, (_, index) => ({
      instance: text(instance, tag.SOPInstanceUID),
      frame: index + 1,
      frames,
      attributes: frameAttributes(instance, index + 1),
    }));
  });
  const suv = suvOf(ordered.map(({ attributes }) => attributes));
  return ordered.map((frame, index) => ({ ...frame, ...(suv[index] ? { suv: suv[index] } : {}) }));
}

/** Sorted by place along the normal in the direction the numbers run, or undefined where geometry does not tell. */
function alongNormal(images: readonly DataSet[]): DataSet[] | undefined {
  if (images.length < 2) return undefined;
  const normal = sliceNormal(images[0] as DataSet);
  if (!normal) return undefined;
  const placed: { image: DataSet; at: number }[] = [];
  for (const image of images) {
    const own = sliceNormal(image);
    const position = numbers(image, tag.ImagePositionPatient);
    if (!own || position.length !== 3 || Math.abs(dot(own, normal)) < 0.99) return undefined;
    placed.push({ image, at: dot(position as unknown as Vector, normal) });
  }
  const first = placed[0]?.at ?? 0;
  const last = placed.at(-1)?.at ?? 0;
  const direction = last < first ? -1 : 1;
  const sorted = [...placed].sort((a, b) => direction * (a.at - b.at));
  const distinct = sorted.every((item, index) => index === 0 || Math.abs(item.at - (sorted[index - 1]?.at ?? 0)) > 1e-3);
  return distinct ? sorted.map((item) => item.image) : undefined;
}

/** Cross product of row and column direction cosines (PS3.3 C.7.6.2.1.1). */
export function sliceNormal(attributes: DataSet): Vector | undefined {
  const cosines = numbers(attributes, tag.ImageOrientationPatient);
  if (cosines.length !== 6) return undefined;
  const [a, b, c, d, e, f] = cosines as [number, number, number, number, number, number];
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
