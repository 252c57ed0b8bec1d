/**
 * A CT volume of unequal spacing whose every value tells its column, row and slice: linear along columns and rows,
 * a table along the slices. It shares no code with the viewer or the server.
 */
import { randomInt } from 'node:crypto';
import { ctImageStorage, element, explicitLittleEndian, u16, u32, type Study } from './phantom';

export const columns = 48;
export const rows = 64;
export const slices = 20;
/** Millimetres between columns, rows and slices, and where the first voxel lies. */
export const spacing = [0.8, 1.2, 3] as const;
export const origin = [-20, -30, 10] as const;
export const window = { center: 500, width: 1200 };
const intercept = -1024;

/** Up and down between 0 and 500, so that no two neighbours are alike and no step is too steep for a screen pixel. */
const table = Array.from({ length: slices }, (_, slice) => 500 - Math.abs(500 - ((slice * 120) % 1000)));

/** Hounsfield units of a voxel. */
export function voxel(column: number, row: number, slice: number): number {
  return (table[slice] ?? NaN) + 4 * column + 3 * row;
}

/** Hounsfield units at a place in the patient: linear between the middles of the voxels. */
export function valueAt([x, y, z]: readonly [number, number, number]): number {
  const at = (z - origin[2]) / spacing[2];
  const low = Math.max(0, Math.min(slices - 2, Math.floor(at)));
  const between = (table[low] ?? NaN) * (1 - at + low) + (table[low + 1] ?? NaN) * (at - low);
  return between + (4 * (x - origin[0])) / spacing[0] + (3 * (y - origin[1])) / spacing[1];
}

/** Series 1 is the volume; of series 2 one slice is missing. UIDs are new each time. */
export function makeVolumeStudy(): Study {
  const uid = `2.25.${randomInt(2 ** 47)}${randomInt(2 ** 47)}.1`;
  const number = String(randomInt(1_000_000, 9_999_999));
  const whole = Array.from({ length: slices }, (_, slice) => file(uid, number, 1, slice));
  const broken = [0, 1, 2, 4, 5].map((slice) => file(uid, number, 2, slice));
  return { uid, patientId: `E2E${number}`, accession: `ACC${number}`, files: [...whole, ...broken] };
}

function pixels(slice: number): Buffer {
  const bytes = Buffer.alloc(rows * columns * 2);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) bytes.writeUInt16LE(voxel(column, row, slice) - intercept, (row * columns + column) * 2);
  }
  return bytes;
}

function file(study: string, number: string, series: number, slice: number): Buffer {
  const sop = `${study}.${series}.${slice + 1}`;
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', ctImageStorage),
    element(0x0002, 0x0003, 'UI', sop),
    element(0x0002, 0x0010, 'UI', explicitLittleEndian),
    element(0x0002, 0x0012, 'UI', '2.25.1'),
  ]);
  const place = (origin[2] + slice * spacing[2]).toFixed(1);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', u32(meta.length)),
    meta,
    element(0x0008, 0x0008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x0008, 0x0016, 'UI', ctImageStorage),
    element(0x0008, 0x0018, 'UI', sop),
    element(0x0008, 0x0020, 'DA', '20240229'),
    element(0x0008, 0x0030, 'TM', '101500'),
    element(0x0008, 0x0050, 'SH', `ACC${number}`),
    element(0x0008, 0x0060, 'CS', 'CT'),
    element(0x0008, 0x103e, 'LO', series === 1 ? 'VOLUME' : 'VOLUME WITH A GAP'),
    element(0x0010, 0x0010, 'PN', 'Phantom^Volume'),
    element(0x0010, 0x0020, 'LO', `E2E${number}`),
    element(0x0018, 0x0050, 'DS', String(spacing[2])),
    element(0x0020, 0x000d, 'UI', study),
    element(0x0020, 0x000e, 'UI', `${study}.${series}`),
    element(0x0020, 0x0010, 'SH', '1'),
    element(0x0020, 0x0011, 'IS', String(series)),
    element(0x0020, 0x0013, 'IS', String(slice + 1)),
    element(0x0020, 0x0032, 'DS', `${origin[0]}\\${origin[1]}\\${place}`),
    element(0x0020, 0x0037, 'DS', '1\\0\\0\\0\\1\\0'),
    element(0x0020, 0x0052, 'UI', `${study}.9`),
    element(0x0028, 0x0002, 'US', u16(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', u16(rows)),
    element(0x0028, 0x0011, 'US', u16(columns)),
    element(0x0028, 0x0030, 'DS', `${spacing[1]}\\${spacing[0]}`),
    element(0x0028, 0x0100, 'US', u16(16)),
    element(0x0028, 0x0101, 'US', u16(16)),
    element(0x0028, 0x0102, 'US', u16(15)),
    element(0x0028, 0x0103, 'US', u16(0)),
    element(0x0028, 0x1050, 'DS', String(window.center)),
    element(0x0028, 0x1051, 'DS', String(window.width)),
    element(0x0028, 0x1052, 'DS', String(intercept)),
    element(0x0028, 0x1053, 'DS', '1'),
    element(0x7fe0, 0x0010, 'OW', pixels(slice)),
  ]);
}
