/**
 * A small CT whose every grey value can be told by hand, written as Part 10 files (PS3.10 §7, Explicit VR Little
 * Endian) with a name in GB18030. It shares no code with the viewer or the server.
 */
import { randomInt } from 'node:crypto';

export const size = 256;
export const slices = 12;

/** 张^晓明 and 头颅平扫 in GB18030: what a Chinese device sends. */
const nameBytes = Buffer.from('5a68616e675e5869616f6d696e673dd5c55ecffec3f7', 'hex');
const descriptionBytes = Buffer.from('cdb7c2adc6bdc9a8', 'hex');

export const person = { ideographic: '张晓明', alphabetic: 'Zhang Xiaoming', description: '头颅平扫' };

/** Hounsfield units of the middle patch: it tells the slice. */
export function middle(slice: number): number {
  return -100 + 20 * slice;
}

/** Patches that are the same in every slice; `x` and `y` are parts of the width and height. */
export const patches = [
  { x: 0.2, y: 0.2, hu: 0 },
  { x: 0.8, y: 0.2, hu: 120 },
  { x: 0.2, y: 0.8, hu: -60 },
  { x: 0.8, y: 0.8, hu: 400 },
] as const;

export const background = -1000;
export const window = { center: 40, width: 400 };
const intercept = -1024;

export interface Study {
  readonly uid: string;
  readonly patientId: string;
  readonly accession: string;
  /** Part 10 files. */
  readonly files: readonly Buffer[];
}

/** What may differ from one phantom to another. */
interface Variant {
  /** Whether the images say VOI LUT Function LINEAR, which is meant without it too (PS3.3 §C.11.2.1.2). */
  readonly voiLutFunction?: boolean;
  /** Of whose patient it is; another one each time. */
  readonly patientId?: string;
  readonly date?: string;
  /** Where slice 0 lies, and how far each is from the next: millimetres. */
  readonly first?: number;
  readonly spacing?: number;
  readonly slices?: number;
}

/** A CT series, and one MONOCHROME1 image in a second series. UIDs are new each time (PS3.5 Annex B.2 form). */
export function makeStudy(variant: Variant = {}): Study {
  const root = `2.25.${randomInt(2 ** 47)}${randomInt(2 ** 47)}`;
  const study = `${root}.1`;
  const number = String(randomInt(1_000_000, 9_999_999));
  const { voiLutFunction = true, patientId = `E2E${number}`, date = '20240229', first = 5, spacing = 5 } = variant;
  const common = { study, patientId, accession: `ACC${number}`, voiLutFunction, date, first, spacing };
  const files = Array.from({ length: variant.slices ?? slices }, (_, index) =>
    file({ ...common, series: `${study}.1`, seriesNumber: 1, sop: `${study}.1.${index + 1}`, instance: index + 1, photometric: 'MONOCHROME2' }, pixels(index)),
  );
  files.push(file({ ...common, series: `${study}.2`, seriesNumber: 2, sop: `${study}.2.1`, instance: 1, photometric: 'MONOCHROME1' }, pixels(0)));
  return { uid: study, patientId: common.patientId, accession: common.accession, files };
}

/** Stored values, rows × columns, unsigned 16 bits, little endian. */
function pixels(slice: number): Buffer {
  const bytes = Buffer.alloc(size * size * 2);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      bytes.writeUInt16LE(huAt(column / size, row / size, slice) - intercept, (row * size + column) * 2);
    }
  }
  return bytes;
}

function huAt(x: number, y: number, slice: number): number {
  const within = (cx: number, cy: number): boolean => Math.abs(x - cx) < 0.1 && Math.abs(y - cy) < 0.1;
  if (within(0.5, 0.5)) return middle(slice);
  return patches.find((patch) => within(patch.x, patch.y))?.hu ?? background;
}

interface Identity {
  readonly study: string;
  readonly series: string;
  readonly seriesNumber: number;
  readonly sop: string;
  readonly instance: number;
  readonly patientId: string;
  readonly accession: string;
  readonly photometric: string;
  readonly voiLutFunction: boolean;
  readonly date: string;
  readonly first: number;
  readonly spacing: number;
}

export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';
export const explicitLittleEndian = '1.2.840.10008.1.2.1';

function file(id: Identity, pixelData: Buffer): Buffer {
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', ctImageStorage),
    element(0x0002, 0x0003, 'UI', id.sop),
    element(0x0002, 0x0010, 'UI', explicitLittleEndian),
    element(0x0002, 0x0012, 'UI', '2.25.1'),
  ]);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', u32(meta.length)),
    meta,
    element(0x0008, 0x0005, 'CS', 'GB18030'),
    element(0x0008, 0x0008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x0008, 0x0016, 'UI', ctImageStorage),
    element(0x0008, 0x0018, 'UI', id.sop),
    element(0x0008, 0x0020, 'DA', id.date),
    element(0x0008, 0x0030, 'TM', '101500'),
    element(0x0008, 0x0050, 'SH', id.accession),
    element(0x0008, 0x0060, 'CS', 'CT'),
    element(0x0008, 0x0070, 'LO', 'PHANTOM'),
    element(0x0008, 0x0090, 'PN', ''),
    element(0x0008, 0x1030, 'LO', descriptionBytes),
    element(0x0008, 0x103e, 'LO', `PATCHES ${id.photometric}`),
    element(0x0010, 0x0010, 'PN', nameBytes),
    element(0x0010, 0x0020, 'LO', id.patientId),
    element(0x0010, 0x0030, 'DA', '19790226'),
    element(0x0010, 0x0040, 'CS', 'F'),
    element(0x0018, 0x0050, 'DS', '5'),
    element(0x0018, 0x0060, 'DS', '120'),
    element(0x0020, 0x000d, 'UI', id.study),
    element(0x0020, 0x000e, 'UI', id.series),
    element(0x0020, 0x0010, 'SH', '1'),
    element(0x0020, 0x0011, 'IS', String(id.seriesNumber)),
    element(0x0020, 0x0012, 'IS', '1'),
    element(0x0020, 0x0013, 'IS', String(id.instance)),
    element(0x0020, 0x0032, 'DS', `-128\\-128\\${place(id)}`),
    element(0x0020, 0x0037, 'DS', '1\\0\\0\\0\\1\\0'),
    element(0x0020, 0x0052, 'UI', `${id.study}.9`),
    element(0x0020, 0x1041, 'DS', String(place(id))),
    element(0x0028, 0x0002, 'US', u16(1)),
    element(0x0028, 0x0004, 'CS', id.photometric),
    element(0x0028, 0x0010, 'US', u16(size)),
    element(0x0028, 0x0011, 'US', u16(size)),
    element(0x0028, 0x0030, 'DS', '1\\1'),
    element(0x0028, 0x0100, 'US', u16(16)),
    element(0x0028, 0x0101, 'US', u16(16)),
    element(0x0028, 0x0102, 'US', u16(15)),
    element(0x0028, 0x0103, 'US', u16(0)),
    element(0x0028, 0x1050, 'DS', String(window.center)),
    element(0x0028, 0x1051, 'DS', String(window.width)),
    element(0x0028, 0x1052, 'DS', String(intercept)),
    element(0x0028, 0x1053, 'DS', '1'),
    element(0x0028, 0x1054, 'LO', 'HU'),
    ...(id.voiLutFunction ? [element(0x0028, 0x1056, 'CS', 'LINEAR')] : []),
    element(0x7fe0, 0x0010, 'OW', pixelData),
  ]);
}

/** Millimetres along the patient. */
function place({ instance, first, spacing }: Identity): number {
  return first + (instance - 1) * spacing;
}

/** Explicit VR Little Endian (PS3.5 §7.1.2): 32-bit length for OB and OW, padded to even length. */
export function element(group: number, number: number, vr: string, value: Buffer | string): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const pad = raw.length % 2 === 0 ? Buffer.alloc(0) : Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ');
  const length = raw.length + pad.length;
  const head = Buffer.concat([u16(group), u16(number), Buffer.from(vr)]);
  const size = vr === 'OB' || vr === 'OW' ? Buffer.concat([u16(0), u32(length)]) : u16(length);
  return Buffer.concat([head, size, raw, pad]);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Grey of a value under a window by the LINEAR function (PS3.3 C.11.2.1.2.1), 0 … 255. */
export function grey(hu: number, { center, width }: { readonly center: number; readonly width: number }): number {
  const position = (hu - (center - 0.5)) / (width - 1) + 0.5;
  return Math.round(255 * Math.min(1, Math.max(0, position)));
}
