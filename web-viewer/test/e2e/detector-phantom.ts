/** A radiograph (CR) of one grey, with or without the spacing of its detector. */
import { randomInt } from 'node:crypto';
import { element, explicitLittleEndian, size, u16, u32, type Study } from './phantom';

const crImageStorage = '1.2.840.10008.5.1.4.1.1.1';

/** `imager`: Imager Pixel Spacing, rows before columns. */
export function makeDetector(imager?: readonly [number, number]): Study {
  const uid = `2.25.${randomInt(2 ** 47)}${randomInt(2 ** 47)}`;
  const number = String(randomInt(1_000_000, 9_999_999));
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', crImageStorage),
    element(0x0002, 0x0003, 'UI', `${uid}.1.1`),
    element(0x0002, 0x0010, 'UI', explicitLittleEndian),
    element(0x0002, 0x0012, 'UI', '2.25.1'),
  ]);
  const file = Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', u32(meta.length)),
    meta,
    element(0x0008, 0x0016, 'UI', crImageStorage),
    element(0x0008, 0x0018, 'UI', `${uid}.1.1`),
    element(0x0008, 0x0020, 'DA', '20240229'),
    element(0x0008, 0x0030, 'TM', '101500'),
    element(0x0008, 0x0050, 'SH', `D${number}`),
    element(0x0008, 0x0060, 'CS', 'CR'),
    element(0x0010, 0x0010, 'PN', 'Detector^Plane'),
    element(0x0010, 0x0020, 'LO', `D${number}`),
    ...(imager ? [element(0x0018, 0x1164, 'DS', imager.join('\\'))] : []),
    element(0x0020, 0x000d, 'UI', uid),
    element(0x0020, 0x000e, 'UI', `${uid}.1`),
    element(0x0020, 0x0011, 'IS', '1'),
    element(0x0020, 0x0013, 'IS', '1'),
    element(0x0028, 0x0002, 'US', u16(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', u16(size)),
    element(0x0028, 0x0011, 'US', u16(size)),
    element(0x0028, 0x0100, 'US', u16(16)),
    element(0x0028, 0x0101, 'US', u16(12)),
    element(0x0028, 0x0102, 'US', u16(11)),
    element(0x0028, 0x0103, 'US', u16(0)),
    element(0x7fe0, 0x0010, 'OW', Buffer.alloc(size * size * 2, 4)),
  ]);
  return { uid, patientId: `D${number}`, accession: `D${number}`, files: [file] };
}
