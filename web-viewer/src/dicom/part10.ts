/** The head of a DICOM file (PS3.10 §7.1): what it is, before it is sent. */

export interface FileHead {
  /** Media Storage SOP Class UID. */
  readonly sopClass: string;
  /** Media Storage SOP Instance UID; empty where the head does not tell. */
  readonly sop: string;
}

/** Bytes of a file that its head is read from. */
export const headLength = 2048;

export const mediaDirectory = '1.2.840.10008.1.3.10';

const prefixAt = 128;
const long = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'SQ', 'UN', 'UC', 'UR', 'UT']);

/** The head of a file that begins with `bytes`; nothing where these are of no DICOM file. */
export function fileHead(bytes: Uint8Array): FileHead | undefined {
  const text = (from: number, length: number): string => String.fromCharCode(...bytes.subarray(from, from + length));
  if (text(prefixAt, 4) !== 'DICM') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<number, string>();
  // Explicit VR Little Endian, group 0002 in ascending order.
  for (let at = prefixAt + 4; at + 12 <= bytes.length && view.getUint16(at, true) === 2; ) {
    const element = view.getUint16(at + 2, true);
    const isLong = long.has(text(at + 4, 2));
    const length = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const value = at + (isLong ? 12 : 8);
    if (value + length > bytes.length) break;
    if (element === 2 || element === 3) found.set(element, text(value, length).replace(/[\0 ]+$/, ''));
    at = value + length;
  }
  return { sopClass: found.get(2) ?? '', sop: found.get(3) ?? '' };
}
