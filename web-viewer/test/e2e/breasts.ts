/** A mammography of four views, each of its own grey, whose breasts lie at the chest wall; written by hand as Part 10 files. */
import { randomInt } from 'node:crypto';
import { element, explicitLittleEndian, u16, u32, type Study } from './phantom';

const forPresentation = '1.2.840.10008.5.1.4.1.1.1.2';

/** Width along the image and height of the breast, millimetres. */
export const breast = { width: 30, height: 40 };

/** What stands in the four viewports, row by row: `toLeft`, the chest wall lies at the left edge of the stored image. */
export const views = [
  { side: 'R', view: 'CC', grey: 60, spacing: 0.5, toLeft: false },
  { side: 'L', view: 'CC', grey: 110, spacing: 0.4, toLeft: true },
  { side: 'R', view: 'MLO', grey: 160, spacing: 0.5, toLeft: true },
  { side: 'L', view: 'MLO', grey: 210, spacing: 0.5, toLeft: true },
] as const;

/** Rows and columns of every image. */
const [rows, columns] = [200, 150];

/** Two series: the left views before the right ones, MLO before CC. */
export function makeBreasts(): Study {
  const uid = `2.25.${randomInt(2 ** 47)}${randomInt(2 ** 47)}.1`;
  const patientId = `MG${randomInt(1_000_000, 9_999_999)}`;
  return { uid, patientId, accession: '', files: [3, 2, 1, 0].map((at) => file(uid, patientId, at)) };
}

function file(study: string, patientId: string, at: number): Buffer {
  const { side, view, spacing, toLeft } = views[at] as (typeof views)[number];
  const series = side === 'L' ? 1 : 2;
  const sop = `${study}.${series}.${at + 1}`;
  const meta = Buffer.concat([
    element(2, 1, 'OB', Buffer.from([0, 1])), element(2, 2, 'UI', forPresentation), element(2, 3, 'UI', sop),
    element(2, 0x10, 'UI', explicitLittleEndian), element(2, 0x12, 'UI', '2.25.1'),
  ]);
  return Buffer.concat([
    Buffer.alloc(128), Buffer.from('DICM'), element(2, 0, 'UL', u32(meta.length)), meta,
    element(8, 0x16, 'UI', forPresentation), element(8, 0x18, 'UI', sop), element(8, 0x20, 'DA', '20240229'), element(8, 0x30, 'TM', '101500'),
    element(8, 0x50, 'SH', ''), element(8, 0x60, 'CS', 'MG'), element(8, 0x90, 'PN', ''), element(8, 0x103e, 'LO', 'Standard'),
    element(0x10, 0x10, 'PN', 'Hanging^Breasts'), element(0x10, 0x20, 'LO', patientId), element(0x10, 0x30, 'DA', ''), element(0x10, 0x40, 'CS', 'F'),
    element(0x18, 0x15, 'CS', 'BREAST'), element(0x18, 0x1164, 'DS', `${spacing}\\${spacing}`), element(0x18, 0x5101, 'CS', view),
    element(0x20, 0xd, 'UI', study), element(0x20, 0xe, 'UI', `${study}.${series}`), element(0x20, 0x10, 'SH', '1'), element(0x20, 0x11, 'IS', String(series)),
    element(0x20, 0x13, 'IS', String(4 - at)), element(0x20, 0x20, 'CS', toLeft ? 'A\\F' : 'P\\F'), element(0x20, 0x62, 'CS', side),
    element(0x28, 2, 'US', u16(1)), element(0x28, 4, 'CS', 'MONOCHROME2'), element(0x28, 0x10, 'US', u16(rows)), element(0x28, 0x11, 'US', u16(columns)),
    element(0x28, 0x100, 'US', u16(16)), element(0x28, 0x101, 'US', u16(16)), element(0x28, 0x102, 'US', u16(15)), element(0x28, 0x103, 'US', u16(0)),
    element(0x28, 0x1050, 'DS', '128'), element(0x28, 0x1051, 'DS', '256'), element(0x7fe0, 0x10, 'OW', pixels(at)),
  ]);
}

function pixels(at: number): Buffer {
  const { grey, spacing, toLeft } = views[at] as (typeof views)[number];
  const [wide, high] = [breast.width / spacing, breast.height / spacing];
  const bytes = Buffer.alloc(rows * columns * 2);
  for (let row = Math.round((rows - high) / 2); row < Math.round((rows + high) / 2); row += 1) {
    for (let step = 0; step < wide; step += 1) bytes.writeUInt16LE(grey, (row * columns + (toLeft ? step : columns - 1 - step)) * 2);
  }
  return bytes;
}
