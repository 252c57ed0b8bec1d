/** Objects that are no images, over the CT of `makeStudy`: a report, a PDF, an ECG, a segmentation. Explicit VR Little Endian. */
import { element, explicitLittleEndian, u16, u32, type Study } from './phantom';

/** Group, element, VR, value: text, bytes, or the items of a sequence. */
export type Part = readonly [number, number, string, string | Buffer | readonly (readonly Part[])[]];

const wide = new Set(['OB', 'OW', 'SQ', 'UT', 'UC', 'UN']);

function encode([group, number, vr, value]: Part): Buffer {
  if (!wide.has(vr)) return element(group, number, vr, value as Buffer | string);
  const raw = Array.isArray(value) ? Buffer.concat((value as readonly (readonly Part[])[]).map(item)) : Buffer.from(value as Buffer | string);
  const bytes = raw.length % 2 === 0 ? raw : Buffer.concat([raw, Buffer.from(vr === 'UT' ? ' ' : '\0')]);
  return Buffer.concat([u16(group), u16(number), Buffer.from(vr), u16(0), u32(bytes.length), bytes]);
}

function item(parts: readonly Part[]): Buffer {
  const bytes = encodeAll(parts);
  return Buffer.concat([u16(0xfffe), u16(0xe000), u32(bytes.length), bytes]);
}

function encodeAll(parts: readonly Part[]): Buffer {
  return Buffer.concat([...parts].sort(([a, b], [c, d]) => a - c || b - d).map(encode));
}

/** A Part 10 file of series `number` of the study. */
export function object(study: Study, number: number, sopClass: string, modality: string, description: string, own: readonly Part[]): Buffer {
  const sop = `${study.uid}.${number}.1`;
  const meta = encodeAll([[2, 1, 'OB', Buffer.from([0, 1])], [2, 2, 'UI', sopClass], [2, 3, 'UI', sop], [2, 16, 'UI', explicitLittleEndian], [2, 18, 'UI', '2.25.1']]);
  const head: Part[] = [
    [0x0008, 0x0005, 'CS', 'ISO_IR 192'], [0x0008, 0x0016, 'UI', sopClass], [0x0008, 0x0018, 'UI', sop], [0x0008, 0x0020, 'DA', '20240229'],
    [0x0008, 0x0030, 'TM', '101500'], [0x0008, 0x0050, 'SH', study.accession], [0x0008, 0x0060, 'CS', modality], [0x0008, 0x103e, 'LO', description],
    [0x0010, 0x0010, 'PN', 'Zhang^Xiaoming'], [0x0010, 0x0020, 'LO', study.patientId], [0x0010, 0x0030, 'DA', '19790226'], [0x0010, 0x0040, 'CS', 'F'],
    [0x0020, 0x000d, 'UI', study.uid], [0x0020, 0x000e, 'UI', `${study.uid}.${number}`], [0x0020, 0x0010, 'SH', '1'], [0x0020, 0x0011, 'IS', String(number)],
    [0x0020, 0x0013, 'IS', '1'],
  ];
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(2, 0, 'UL', u32(meta.length)), meta, encodeAll([...head, ...own])]);
}

const root = '1.2.840.10008.5.1.4.1.1.';
const code = (value: string, scheme: string, meaning: string): Part[] => [[8, 0x100, 'SH', value], [8, 0x102, 'SH', scheme], [8, 0x104, 'LO', meaning]];
const content = (type: string, name: Part[] | undefined, own: Part[]): Part[] => [
  [0x40, 0xa010, 'CS', 'CONTAINS'], [0x40, 0xa040, 'CS', type], ...(name ? [[0x40, 0xa043, 'SQ', [name]] as Part] : []), ...own,
];
const ct = '1.2.840.10008.5.1.4.1.1.2';

/** A report with a finding of 12.5 mm that shows slice 7, and another image that its evidence does not name: slice 2. */
export function report(study: Study): Buffer {
  const image = (slice: number): Part[] => content('IMAGE', undefined, [[8, 0x1199, 'SQ', [[[8, 0x1150, 'UI', ct], [8, 0x1155, 'UI', `${study.uid}.1.${slice + 1}`]]]]]);
  const evidence: Part[] = [[0x20, 0xd, 'UI', study.uid], [8, 0x1115, 'SQ', [[[0x20, 0xe, 'UI', `${study.uid}.1`], [8, 0x1199, 'SQ', [[[8, 0x1150, 'UI', ct], [8, 0x1155, 'UI', `${study.uid}.1.8`]]]]]]]];
  const millimetres = code('mm', 'UCUM', 'millimeter');
  return object(study, 3, `${root}88.33`, 'SR', 'Findings', [
    [0x40, 0xa040, 'CS', 'CONTAINER'], [0x40, 0xa043, 'SQ', [code('18748-4', 'LN', 'Diagnostic Imaging Report')]], [0x40, 0xa050, 'CS', 'SEPARATE'],
    [0x40, 0xa375, 'SQ', [evidence]], [0x40, 0xa491, 'CS', 'COMPLETE'], [0x40, 0xa493, 'CS', 'VERIFIED'],
    [0x40, 0xa730, 'SQ', [
      content('CONTAINER', code('121070', 'DCM', 'Findings'), [[0x40, 0xa050, 'CS', 'SEPARATE'], [0x40, 0xa730, 'SQ', [
        content('TEXT', code('121071', 'DCM', 'Finding'), [[0x40, 0xa160, 'UT', '右肺上叶结节']]),
        content('NUM', code('410668003', 'SCT', 'Length'), [[0x40, 0xa300, 'SQ', [[[0x40, 0xa30a, 'DS', '12.50'], [0x40, 0x8ea, 'SQ', [millimetres]]]]]]),
        image(7),
      ]]]),
      image(2),
    ]],
  ]);
}

/** One page with nothing on it but a line of text. */
export function pdfBytes(): Buffer {
  const stream = 'BT /F1 24 Tf 60 700 Td (Yingyun report) Tj ET';
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>', '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${stream.length}>>stream\n${stream}\nendstream`, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((body, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj${body}endobj\n`;
    return at;
  });
  const table = text.length;
  text += `xref\n0 6\n0000000000 65535 f \n${places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

export function pdf(study: Study): Buffer {
  return object(study, 4, `${root}104.1`, 'DOC', 'Letter', [
    [0x42, 0x10, 'ST', 'Letter to the physician'], [0x42, 0x11, 'OB', pdfBytes()], [0x42, 0x12, 'LO', 'application/pdf'], [0x42, 0x15, 'UL', u32(pdfBytes().length)],
  ]);
}

/** Ten seconds of two leads, 500 Hz, 2.5 µV a step: I swings from 0 to 1 mV, II from -0.25 to 0.25 mV. */
export function ecg(study: Study): Buffer {
  const samples = 5000;
  const data = Buffer.alloc(samples * 4);
  for (let at = 0; at < samples; at += 1) {
    data.writeInt16LE(at % 500 < 50 ? 400 : 0, at * 4);
    data.writeInt16LE(at % 500 < 250 ? 100 : -100, at * 4 + 2);
  }
  const channel = (label: string): Part[] => [
    [0x3a, 0x203, 'SH', label], [0x3a, 0x210, 'DS', '2.5'], [0x3a, 0x211, 'SQ', [code('uV', 'UCUM', 'microvolt')]], [0x3a, 0x212, 'DS', '1'], [0x3a, 0x213, 'DS', '0'],
  ];
  return object(study, 5, `${root}9.1.1`, 'ECG', 'ECG', [
    [0x5400, 0x100, 'SQ', [[
      [0x3a, 5, 'US', u16(2)], [0x3a, 0x10, 'UL', u32(samples)], [0x3a, 0x1a, 'DS', '500'], [0x3a, 0x200, 'SQ', [channel('I'), channel('II')]],
      [0x5400, 0x1004, 'US', u16(16)], [0x5400, 0x1006, 'CS', 'SS'], [0x5400, 0x1010, 'OW', data],
    ]]],
  ]);
}

/** Pixels of 2 mm, 63 a row, whose first corner is 20 mm right of and 30 mm below the first corner of the CT. */
export const grid = { columns: 63, rows: 41, millimetres: 2, left: 20, top: 30 };

/** What each segment has, in pixels of the grid: first and last column, first and last row. */
export const boxes = [
  { number: 1, columns: [4, 20], rows: [3, 30] },
  { number: 2, columns: [40, 50], rows: [10, 12] },
] as const;

/** Red and green of sRGB as CIELab under D50. */
const lab = [[35585, 53485, 50858], [57543, 12508, 53711]];

/** Both segments on slice 3, the first on slice 4 too; another grid than the images have. */
export function segmentation(study: Study): Buffer {
  const frames = [{ slice: 3, box: boxes[0] }, { slice: 3, box: boxes[1] }, { slice: 4, box: boxes[0] }];
  const bits = Buffer.alloc(Math.ceil((frames.length * grid.rows * grid.columns) / 8));
  for (const [index, { box }] of frames.entries()) {
    for (let row = box.rows[0]; row <= box.rows[1]; row += 1) {
      for (let column = box.columns[0]; column <= box.columns[1]; column += 1) {
        const at = (index * grid.rows + row) * grid.columns + column;
        bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
      }
    }
  }
  // Positions name the middle of the first pixel; that of the CT is at -128, -128 and its pixels are 1 mm.
  const position = (slice: number): string => `${-128.5 + grid.left + grid.millimetres / 2}\\${-128.5 + grid.top + grid.millimetres / 2}\\${5 + 5 * slice}`;
  return object(study, 6, `${root}66.4`, 'SEG', 'Organs', [
    [8, 0x1115, 'SQ', [[[0x20, 0xe, 'UI', `${study.uid}.1`]]]], [0x20, 0x52, 'UI', `${study.uid}.9`],
    [0x28, 2, 'US', u16(1)], [0x28, 4, 'CS', 'MONOCHROME2'], [0x28, 8, 'IS', String(frames.length)], [0x28, 0x10, 'US', u16(grid.rows)], [0x28, 0x11, 'US', u16(grid.columns)],
    [0x28, 0x100, 'US', u16(1)], [0x28, 0x101, 'US', u16(1)], [0x28, 0x102, 'US', u16(0)], [0x28, 0x103, 'US', u16(0)],
    [0x62, 1, 'CS', 'BINARY'],
    [0x62, 2, 'SQ', boxes.map(({ number }, at) => [
      [0x62, 4, 'US', u16(number)], [0x62, 5, 'LO', number === 1 ? 'liver' : 'cyst'], [0x62, 8, 'CS', 'MANUAL'],
      [0x62, 0xd, 'US', Buffer.concat((lab[at] ?? []).map(u16))], [0x62, 0xf, 'SQ', [code('10200004', 'SCT', 'Liver')]],
    ] as Part[])],
    [0x5200, 0x9229, 'SQ', [[
      [0x20, 0x9116, 'SQ', [[[0x20, 0x37, 'DS', '1\\0\\0\\0\\1\\0']]]],
      [0x28, 0x9110, 'SQ', [[[0x18, 0x50, 'DS', '5'], [0x18, 0x88, 'DS', '5'], [0x28, 0x30, 'DS', `${grid.millimetres}\\${grid.millimetres}`]]]],
    ]]],
    [0x5200, 0x9230, 'SQ', frames.map(({ slice, box }) => [
      [0x20, 0x9113, 'SQ', [[[0x20, 0x32, 'DS', position(slice)]]]],
      [0x62, 0xa, 'SQ', [[[0x62, 0xb, 'US', u16(box.number)]]]],
    ] as Part[])],
    [0x7fe0, 0x10, 'OB', bits],
  ]);
}

/** A square on slice 3, first and last edge in pixels of the CT, drawn in blue. */
export const square = { left: 150, right: 180, top: 200, bottom: 220 };

/** A structure set with that square. */
export function structures(study: Study): Buffer {
  const { left, right, top, bottom } = square;
  const points = [[left, top], [right, top], [right, bottom], [left, bottom]].map(([x = 0, y = 0]) => `${x - 128.5}\\${y - 128.5}\\20`).join('\\');
  return object(study, 8, `${root}481.3`, 'RTSTRUCT', 'Structures', [
    [0x3006, 2, 'SH', 'TARGETS'], [0x3006, 8, 'DA', '20240229'], [0x3006, 9, 'TM', '101500'],
    [0x3006, 0x10, 'SQ', [[[0x20, 0x52, 'UI', `${study.uid}.9`]]]],
    [0x3006, 0x20, 'SQ', [[[0x3006, 0x22, 'IS', '1'], [0x3006, 0x24, 'UI', `${study.uid}.9`], [0x3006, 0x26, 'LO', 'PTV'], [0x3006, 0x36, 'CS', 'MANUAL']]]],
    [0x3006, 0x39, 'SQ', [[
      [0x3006, 0x2a, 'IS', '0\\0\\255'], [0x3006, 0x84, 'IS', '1'],
      [0x3006, 0x40, 'SQ', [[[0x3006, 0x42, 'CS', 'CLOSED_PLANAR'], [0x3006, 0x46, 'IS', '4'], [0x3006, 0x50, 'DS', points]]]],
    ]]],
  ]);
}

/** An RT plan without beams: nothing to see. */
export function plan(study: Study): Buffer {
  return object(study, 7, `${root}481.5`, 'RTPLAN', 'Plan', [[0x300a, 2, 'SH', 'PLAN'], [0x300a, 6, 'DA', '20240229'], [0x300a, 7, 'TM', '101500']]);
}
