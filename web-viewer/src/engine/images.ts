/** Frames under the names the engine knows them by, with their metadata handed to it. */
import { cache, metaData } from '@cornerstonejs/core';
import { wadors } from '@cornerstonejs/dicom-image-loader';
import { number, tag, text, type DataSet } from '../dicom/json';
import { forgetSpacing, tellSpacing } from './calibration';

export interface Image {
  /** Absolute WADO-RS address of one frame. */
  readonly url: string;
  /** The attributes that hold for this frame. */
  readonly attributes: DataSet;
  /** Standardized uptake value for one unit of the rescaled value; the engine then knows the image in SUV alone. */
  readonly suv?: number;
}

const suvFactors = new Map<string, number>();

/** The factor that the values of an image were multiplied by to be SUV. */
export function suvFactor(id: string): number | undefined {
  return suvFactors.get(id);
}

/**
 * The loader keeps an image in whole numbers when both ends of its rescaled span are whole, and cuts off what the values between have
 * behind the point. Made larger by a quarter of a millionth of a thousandth, far less than a float tells apart, neither end is whole.
 */
const hair = 1 + 2 ** -32;

/** Before the loader's own provider, which knows no SUV. */
const priority = 20_000;
metaData.addProvider((type: string, id: string) => {
  const suvbw = type === 'scalingModule' ? suvFactors.get(id) : undefined;
  return suvbw === undefined ? undefined : { suvbw: suvbw * hair };
}, priority);

type Metadata = Parameters<typeof wadors.metaDataManager.add>[1];

/** Registers metadata and answers the image ids, in the same order. */
export function register(images: readonly Image[]): string[] {
  return images.map((image) => {
    const id = `wadors:${image.url}`;
    wadors.metaDataManager.add(id, forLoader(image.attributes) as Metadata);
    if (image.suv !== undefined) suvFactors.set(id, image.suv);
    tellSpacing(id, image.attributes);
    return id;
  });
}

/** Functions the engine can draw (PS3.3 C.11.2.1.3). */
const voiFunctions = new Set(['LINEAR', 'LINEAR_EXACT', 'SIGMOID']);

const samplesPerPixel = '00280002';
const pixelRepresentation = '00280103';

/**
 * The loader takes the first letter of the VOI LUT Function where it means the first value, and then fails the image:
 * a list within the list gives it what it looks for. A function it does not know is left out. What an image does not tell
 * of itself is what nearly all have.
 */
export function forLoader(attributes: DataSet): DataSet {
  const name = text(attributes, tag.VOILUTFunction);
  const copy = { ...attributes };
  if (voiFunctions.has(name)) copy[tag.VOILUTFunction] = { vr: 'CS', Value: [[name]] };
  else delete copy[tag.VOILUTFunction];
  // Without these the loader neither answers nor fails.
  const isMono = /^(MONOCHROME|PALETTE)/.test(text(attributes, tag.PhotometricInterpretation));
  copy[samplesPerPixel] ??= { vr: 'US', Value: [isMono ? 1 : 3] };
  copy[tag.Modality] ??= { vr: 'CS', Value: ['OT'] };
  copy[pixelRepresentation] ??= { vr: 'US', Value: [0] };
  const slope = number(attributes, tag.RescaleSlope) ?? 1;
  if (!Number.isInteger(slope)) copy[tag.RescaleSlope] = { vr: 'DS', Value: [slope * hair] };
  return copy;
}

/** Room for the headers and boundaries of a multipart answer. */
const envelope = 2048;

/**
 * Uncompressed YBR_FULL_422 (PS3.3 C.7.6.3.1.2): two bytes a pixel, which the loader takes for three and draws black.
 * Compressed frames of that kind it decodes well, so only the size of the answer tells.
 */
export function cannotDraw(imageId: string, answerBytes: number): boolean {
  const attributes = wadors.metaDataManager.get(imageId) as unknown as DataSet | undefined;
  if (!attributes || text(attributes, tag.PhotometricInterpretation) !== 'YBR_FULL_422') return false;
  const native = (number(attributes, tag.Rows) ?? 0) * (number(attributes, tag.Columns) ?? 0) * 2;
  return answerBytes >= native && answerBytes <= native + envelope;
}

/** Forgets metadata and decoded pixels. */
export function forget(ids: readonly string[]): void {
  for (const id of ids) {
    if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id, { force: true });
    wadors.metaDataManager.remove(id);
    suvFactors.delete(id);
    forgetSpacing(id);
  }
}

/** Bytes a decoded frame takes in memory, at most: samples as 32-bit floats, or four bytes a colour pixel. */
export function decodedBytes(attributes: DataSet): number {
  return (number(attributes, tag.Rows) ?? 512) * (number(attributes, tag.Columns) ?? 512) * 4;
}
