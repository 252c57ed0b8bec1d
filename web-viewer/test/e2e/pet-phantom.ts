/**
 * A PET over a CT in one frame of reference, on other grids, whose every value can be told by hand. It shares no code with
 * the viewer or the server.
 */
import { randomInt } from 'node:crypto';
import { ctImageStorage, element, explicitLittleEndian, u16, u32, type Study } from './phantom';

type Place = readonly [number, number, number];

/** Middles of the first voxels and millimetres between them. */
interface Grid {
  readonly size: Place;
  readonly origin: Place;
  readonly spacing: Place;
  readonly cosines?: string;
}

export const ct = { size: [64, 64, 12], origin: [-63, -63, 0], spacing: [2, 2, 3] } as const satisfies Grid;
export const pet = { size: [32, 32, 8], origin: [-62, -62, 1], spacing: [4, 4, 4.5] } as const satisfies Grid;
/** One image across the others: columns from right to left, rows from head to feet. */
export const coronal = { size: [64, 32, 1], origin: [-63, 9, 60], spacing: [2, 3, 3], cosines: '1\\0\\0\\0\\0\\-1' } as const satisfies Grid;

/**
 * 80 kg, 400 MBq given at 10:00:00, a half-life of 6000 s, images of 11:40:00: 200 MBq are left, and 1 Bq/ml is
 * 80 000 g / 200 000 000 Bq.
 */
export const suvOfBecquerel = 80_000 / 200_000_000;

export const background = 1;
/** Standardized uptake values of boxes of voxels: first and last column, row and slice. */
export const hot = { suv: 8, from: [20, 8, 2], to: [23, 11, 5] } as const;
export const warm = { suv: 2.5, from: [8, 20, 0], to: [11, 23, 7] } as const;

/** A stored value that is odd, where the lowest and the highest of its slices are even: half a becquerel between whole ones. */
export const half = { becquerel: 3000.5, from: [2, 2, 2], to: [5, 5, 5] } as const;

/** Hounsfield units of the CT: the left half of the picture, and the right one. */
export const halves = [-100, 100] as const;
export const ctWindow = { center: 0, width: 400 };
const intercept = -1024;

/** The middle of a box, in the patient. */
export function middleOf({ from, to }: { readonly from: Place; readonly to: Place }): Place {
  const at = (axis: 0 | 1 | 2): number => pet.origin[axis] + (pet.spacing[axis] * (from[axis] + to[axis])) / 2;
  return [at(0), at(1), at(2)];
}

/** Where a place is on a picture of the grid, as parts of its width and height. */
export function onPicture({ size, origin, spacing }: Grid, [x, y]: readonly [number, number, ...number[]]): readonly [number, number] {
  return [((x - origin[0]) / spacing[0] + 0.5) / size[0], ((y - origin[1]) / spacing[1] + 0.5) / size[1]];
}

export interface PetStudy extends Study {
  readonly ct: string;
  readonly pet: string;
  readonly coronal: string;
}

/** `weight` empty: the scanner did not tell it. UIDs are new each time. */
export function makePetStudy({ weight = '80', isAcross = false }: { readonly weight?: string; readonly isAcross?: boolean } = {}): PetStudy {
  const uid = `2.25.${randomInt(2 ** 47)}${randomInt(2 ** 47)}.1`;
  const number = String(randomInt(1_000_000, 9_999_999));
  const files = [...Array.from({ length: ct.size[2] }, (_, slice) => ctFile(uid, number, slice)), ...Array.from({ length: pet.size[2] }, (_, slice) => petFile(uid, number, slice, weight))];
  if (isAcross) files.push(ctFile(uid, number, 0, 3, coronal));
  return { uid, patientId: `E2E${number}`, accession: `ACC${number}`, files, ct: `${uid}.1`, pet: `${uid}.2`, coronal: `${uid}.3` };
}

function ctFile(study: string, number: string, slice: number, series = 1, grid: Grid = ct): Buffer {
  const stored = words(grid.size, (column) => (halves[column < grid.size[0] / 2 ? 0 : 1]) - intercept);
  return file({ study, number, series, slice, sopClass: ctImageStorage, modality: 'CT', grid }, [
    element(0x0028, 0x1050, 'DS', String(ctWindow.center)),
    element(0x0028, 0x1051, 'DS', String(ctWindow.width)),
    element(0x0028, 0x1052, 'DS', String(intercept)),
    element(0x0028, 0x1053, 'DS', '1'),
  ], stored);
}

/** Rescaled values are becquerels a millilitre, stored in halves. */
function petFile(study: string, number: string, slice: number, weight: string): Buffer {
  const stored = words(pet.size, (column, row) => {
    const within = ({ from, to }: { readonly from: Place; readonly to: Place }): boolean => [column, row, slice].every((at, axis) => at >= (from[axis] ?? 0) && at <= (to[axis] ?? 0));
    if (within(half)) return half.becquerel * 2;
    const suv = within(hot) ? hot.suv : within(warm) ? warm.suv : background;
    return Math.round(suv / suvOfBecquerel) * 2;
  });
  const drug = Buffer.concat([
    element(0x0018, 0x1072, 'TM', '100000'),
    element(0x0018, 0x1074, 'DS', '400000000'),
    element(0x0018, 0x1075, 'DS', '6000'),
  ]);
  return file({ study, number, series: 2, slice, sopClass: '1.2.840.10008.5.1.4.1.1.128', modality: 'PT', grid: pet, weight }, [
    element(0x0028, 0x0051, 'CS', 'DECY\\ATTN\\SCAT'),
    element(0x0028, 0x1052, 'DS', '0'),
    element(0x0028, 0x1053, 'DS', '0.5'),
    sequence(0x0054, 0x0016, drug),
    element(0x0054, 0x1001, 'CS', 'BQML'),
    element(0x0054, 0x1102, 'CS', 'START'),
  ], stored);
}

interface Identity {
  readonly study: string;
  readonly number: string;
  readonly series: number;
  readonly slice: number;
  readonly sopClass: string;
  readonly modality: string;
  readonly grid: Grid;
  readonly weight?: string;
}

function file({ study, number, series, slice, sopClass, modality, grid, weight }: Identity, own: readonly Buffer[], stored: Buffer): Buffer {
  const sop = `${study}.${series}.${slice + 1}`;
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', sopClass),
    element(0x0002, 0x0003, 'UI', sop),
    element(0x0002, 0x0010, 'UI', explicitLittleEndian),
    element(0x0002, 0x0012, 'UI', '2.25.1'),
  ]);
  const { origin, spacing, size, cosines = '1\\0\\0\\0\\1\\0' } = grid;
  const pixel = [
    element(0x0028, 0x0002, 'US', u16(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', u16(size[1])),
    element(0x0028, 0x0011, 'US', u16(size[0])),
    element(0x0028, 0x0030, 'DS', `${spacing[1]}\\${spacing[0]}`),
    element(0x0028, 0x0100, 'US', u16(16)),
    element(0x0028, 0x0101, 'US', u16(16)),
    element(0x0028, 0x0102, 'US', u16(15)),
    element(0x0028, 0x0103, 'US', u16(0)),
  ];
  const body = [...pixel, ...own].sort((a, b) => tagOf(a) - tagOf(b));
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', u32(meta.length)),
    meta,
    element(0x0008, 0x0016, 'UI', sopClass),
    element(0x0008, 0x0018, 'UI', sop),
    element(0x0008, 0x0020, 'DA', '20240229'),
    element(0x0008, 0x0021, 'DA', '20240229'),
    element(0x0008, 0x0022, 'DA', '20240229'),
    element(0x0008, 0x0030, 'TM', '114000'),
    element(0x0008, 0x0031, 'TM', '114000'),
    element(0x0008, 0x0032, 'TM', '114000'),
    element(0x0008, 0x0050, 'SH', `ACC${number}`),
    element(0x0008, 0x0060, 'CS', modality),
    element(0x0008, 0x103e, 'LO', modality === 'CT' ? 'CT LOW DOSE' : 'PET AC'),
    element(0x0010, 0x0010, 'PN', 'Phantom^Uptake'),
    element(0x0010, 0x0020, 'LO', `E2E${number}`),
    ...(weight ? [element(0x0010, 0x1030, 'DS', weight)] : []),
    element(0x0018, 0x0050, 'DS', String(spacing[2])),
    element(0x0020, 0x000d, 'UI', study),
    element(0x0020, 0x000e, 'UI', `${study}.${series}`),
    element(0x0020, 0x0010, 'SH', '1'),
    element(0x0020, 0x0011, 'IS', String(series)),
    element(0x0020, 0x0013, 'IS', String(slice + 1)),
    element(0x0020, 0x0032, 'DS', `${origin[0]}\\${origin[1]}\\${origin[2] + slice * spacing[2]}`),
    element(0x0020, 0x0037, 'DS', cosines),
    element(0x0020, 0x0052, 'UI', `${study}.9`),
    ...body,
    element(0x7fe0, 0x0010, 'OW', stored),
  ]);
}

function words([columns, rows]: Place, value: (column: number, row: number) => number): Buffer {
  const bytes = Buffer.alloc(rows * columns * 2);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) bytes.writeUInt16LE(value(column, row), (row * columns + column) * 2);
  }
  return bytes;
}

/** A sequence of one item (PS3.5 §7.5). */
function sequence(group: number, number: number, content: Buffer): Buffer {
  const item = Buffer.concat([u16(0xfffe), u16(0xe000), u32(content.length), content]);
  return Buffer.concat([u16(group), u16(number), Buffer.from('SQ'), u16(0), u32(item.length), item]);
}

function tagOf(bytes: Buffer): number {
  return bytes.readUInt16LE(0) * 0x10000 + bytes.readUInt16LE(2);
}
