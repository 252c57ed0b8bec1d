/** Palette colour lookup tables (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9.2). */
import { numbers, tag, text, type DataSet } from './json';

/** Descriptor, data and segmented data of red, green and blue. */
export const channels = [
  { descriptor: '00281101', data: '00281201', segmented: '00281221' },
  { descriptor: '00281102', data: '00281202', segmented: '00281222' },
  { descriptor: '00281103', data: '00281203', segmented: '00281223' },
] as const;

export function needsPalette(set: DataSet): boolean {
  return text(set, tag.PhotometricInterpretation) === 'PALETTE COLOR';
}

export function hasPalette(set: DataSet): boolean {
  return channels.every(({ descriptor, data }) => numbers(set, descriptor).length === 3 && numbers(set, data).length > 0);
}

/** Entries as the descriptor counts them: 0 stands for 65,536. */
function entries(descriptor: readonly number[]): number {
  return descriptor[0] || 65_536;
}

/**
 * Table entries from their bytes (little endian). Entries of 8 bits come one a byte, or, as older devices write
 * them, one a word.
 */
export function paletteEntries(bytes: Uint8Array, descriptor: readonly number[]): number[] {
  const count = entries(descriptor);
  if (descriptor[2] === 8 && bytes.length < count * 2) return Array.from(bytes.subarray(0, count));
  return words(bytes).slice(0, count);
}

/** A segmented table written out; undefined where it is malformed. */
export function segmentedEntries(bytes: Uint8Array, descriptor: readonly number[]): number[] | undefined {
  const source = descriptor[2] === 8 ? Array.from(bytes) : words(bytes);
  const out: number[] = [];
  const read = (from: number, segments: number, nested: boolean): boolean => {
    let at = from;
    for (let done = 0; done < segments && at < source.length - 1 && out.length < entries(descriptor); done += 1) {
      const [code, length] = [source[at] as number, source[at + 1] as number];
      if (code === 0) {
        out.push(...source.slice(at + 2, at + 2 + length));
        at += 2 + length;
      } else if (code === 1) {
        const [start, end] = [out.at(-1), source[at + 2]];
        if (start === undefined || end === undefined) return false;
        for (let step = 1; step <= length; step += 1) out.push(Math.round(start + ((end - start) * step) / length));
        at += 3;
      } else if (code === 2 && !nested) {
        const offset = (source[at + 2] ?? 0) + (source[at + 3] ?? 0) * (descriptor[2] === 8 ? 256 : 65_536);
        if (!read(offset, length, true)) return false;
        at += 4;
      } else {
        return false;
      }
    }
    return true;
  };
  return read(0, Number.MAX_SAFE_INTEGER, false) && out.length >= entries(descriptor) ? out.slice(0, entries(descriptor)) : undefined;
}

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) => view.getUint16(index * 2, true));
}
