/** Small studies with any name, id and date: rows of a list. One 8 × 8 image each, Explicit VR Little Endian. */
import { randomInt } from 'node:crypto';
import { ctImageStorage, element, explicitLittleEndian, u16, u32, type Study } from './phantom';

export interface Row {
  /** PN in UTF-8, component groups and all. */
  readonly name?: string;
  readonly patientId?: string;
  readonly issuer?: string;
  readonly accession?: string;
  /** DA and TM. */
  readonly date?: string;
  readonly time?: string;
  readonly modality?: string;
  readonly description?: string;
  readonly institution?: string;
  readonly images?: number;
}

/** A study of its own each time. */
export function makeRow(row: Row = {}): Study {
  const uid = `2.25.${randomInt(2 ** 47)}${randomInt(2 ** 47)}`;
  const patientId = row.patientId ?? `R${randomInt(1_000_000, 9_999_999)}`;
  const accession = row.accession ?? `A${randomInt(1_000_000, 9_999_999)}`;
  const files = Array.from({ length: row.images ?? 1 }, (_, index) => file({ ...row, patientId, accession }, uid, index + 1));
  return { uid, patientId, accession, files };
}

/** The same study with one image more. */
export function moreOf(study: Study, row: Row): Study {
  return { ...study, files: [file({ ...row, patientId: study.patientId, accession: study.accession }, study.uid, study.files.length + 1)] };
}

function file(row: Row, study: string, instance: number): Buffer {
  const sop = `${study}.1.${instance}`;
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', ctImageStorage),
    element(0x0002, 0x0003, 'UI', sop),
    element(0x0002, 0x0010, 'UI', explicitLittleEndian),
    element(0x0002, 0x0012, 'UI', '2.25.1'),
  ]);
  const text = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'utf8');
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x0002, 0x0000, 'UL', u32(meta.length)),
    meta,
    element(0x0008, 0x0005, 'CS', 'ISO_IR 192'),
    element(0x0008, 0x0016, 'UI', ctImageStorage),
    element(0x0008, 0x0018, 'UI', sop),
    element(0x0008, 0x0020, 'DA', row.date ?? '20200101'),
    element(0x0008, 0x0030, 'TM', row.time ?? '120000'),
    element(0x0008, 0x0050, 'SH', row.accession ?? ''),
    element(0x0008, 0x0060, 'CS', row.modality ?? 'CT'),
    element(0x0008, 0x0080, 'LO', text(row.institution)),
    element(0x0008, 0x1030, 'LO', text(row.description)),
    element(0x0010, 0x0010, 'PN', text(row.name ?? 'Row^Of')),
    element(0x0010, 0x0020, 'LO', row.patientId ?? ''),
    ...(row.issuer === undefined ? [] : [element(0x0010, 0x0021, 'LO', row.issuer)]),
    element(0x0020, 0x000d, 'UI', study),
    element(0x0020, 0x000e, 'UI', `${study}.1`),
    element(0x0020, 0x0011, 'IS', '1'),
    element(0x0020, 0x0013, 'IS', String(instance)),
    element(0x0028, 0x0002, 'US', u16(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', u16(8)),
    element(0x0028, 0x0011, 'US', u16(8)),
    element(0x0028, 0x0100, 'US', u16(8)),
    element(0x0028, 0x0101, 'US', u16(8)),
    element(0x0028, 0x0102, 'US', u16(7)),
    element(0x0028, 0x0103, 'US', u16(0)),
    element(0x7fe0, 0x0010, 'OB', Buffer.alloc(64, instance)),
  ]);
}
