/** Pixels as they are stored without compression, drawn as an image display must: no engine is needed for the first one. */
import { number, numbers, tag, text, type DataSet } from './json';
import { fullRange, storedWindows } from './windows';

/** Grey values of an image, one byte a pixel, row by row from the top left. */
export interface Greys {
  readonly rows: number;
  readonly columns: number;
  readonly values: Uint8ClampedArray;
}

/** Tables that come before or in place of rescale and window (PS3.3 C.11.1, C.11.2, C.12.1.1.4). */
const tables = ['00283000', '00283010', '20500020'];

/**
 * Little endian samples of a monochrome image through rescale and the first stored window, else the one
 * that holds all values, function LINEAR (PS3.3 C.11.1.1.2, C.11.2.1.2.1). Nothing where that is not all there is to it: another kind of
 * image, another function, a table, pixels that are not square, less data than the attributes say.
 */
export function drawNative(samples: Uint8Array, attributes: DataSet): Greys | undefined {
  const rows = number(attributes, tag.Rows) ?? 0;
  const columns = number(attributes, tag.Columns) ?? 0;
  const bits = number(attributes, tag.BitsAllocated);
  const inverted = text(attributes, tag.PhotometricInterpretation) === 'MONOCHROME1';
  if (rows === 0 || columns === 0 || (bits !== 8 && bits !== 16) || !isPlain(attributes, inverted)) return undefined;
  const count = rows * columns;
  if (samples.byteLength < (count * bits) / 8) return undefined;
  const read = reader(samples, bits, attributes);
  const slope = number(attributes, tag.RescaleSlope) ?? 1;
  const intercept = number(attributes, tag.RescaleIntercept) ?? 0;
  const window = storedWindows(attributes)[0]?.window ?? fullRange(range(count, (at) => read(at) * slope + intercept));
  const lowest = window.center - 0.5 - (window.width - 1) / 2;
  const scale = 255 / Math.max(window.width - 1, 1e-6);
  const values = new Uint8ClampedArray(count);
  for (let at = 0; at < count; at += 1) {
    const grey = (read(at) * slope + intercept - lowest) * scale;
    values[at] = inverted ? 255 - grey : grey;
  }
  return { rows, columns, values };
}

/** Lowest and highest of the values. */
function range(count: number, value: (at: number) => number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < count; at += 1) {
    const found = value(at);
    if (found < low) low = found;
    if (found > high) high = found;
  }
  return [low, high];
}

function isPlain(attributes: DataSet, inverted: boolean): boolean {
  const [down = 1, across = 1] = numbers(attributes, tag.PixelSpacing);
  const func = text(attributes, tag.VOILUTFunction);
  return (
    (inverted || text(attributes, tag.PhotometricInterpretation) === 'MONOCHROME2') &&
    (func === '' || func === 'LINEAR') &&
    Math.abs(down - across) <= 1e-3 * down &&
    attributes[pixelAspectRatio] === undefined &&
    // What a PET image means is told by more than its window.
    text(attributes, tag.Modality) !== 'PT' &&
    tables.every((table) => attributes[table] === undefined)
  );
}

const pixelAspectRatio = '00280034';

/** Stored values: so many low bits, with or without a sign (PS3.5 §8.1.1). */
function reader(samples: Uint8Array, bits: number, attributes: DataSet): (at: number) => number {
  const stored = Math.min(bits, number(attributes, tag.BitsStored) ?? bits);
  const signed = number(attributes, tag.PixelRepresentation) === 1;
  // The bits above the stored ones may hold anything, an overlay for one.
  const above = 32 - stored;
  const value = signed ? (raw: number): number => (raw << above) >> above : (raw: number): number => (raw << above) >>> above;
  if (bits === 8) return (at) => value(samples[at] as number);
  const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength);
  return (at) => value(view.getUint16(at * 2, true));
}
