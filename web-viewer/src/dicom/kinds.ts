/** What an instance is to the viewer: an image, a document it shows beside the images, or what it does not show and why. */
import { number, tag, text, type DataSet } from './json';

/** What is shown, each in its own way. */
export type Shown = 'image' | 'report' | 'pdf' | 'waveform' | 'segmentation' | 'contours';

/** What is not shown; each has its reason in words. */
export type Unshown = 'video' | 'slide' | 'presentation' | 'plan' | 'spectroscopy' | 'model' | 'clinicalDocument' | 'document' | 'settings' | 'data' | 'unknown';

export type ObjectKind = Shown | Unshown;

const storage = '1.2.840.10008.5.1.4.1.1.';

/** SOP Classes (PS3.4 Table B.5-1) behind the common root, whole or as `…*` with all that follow. */
const classes: readonly (readonly [string, ObjectKind])[] = [
  ['88.*', 'report'],
  ['104.1', 'pdf'],
  ['104.2', 'clinicalDocument'],
  ['104.*', 'model'],
  ['66.4', 'segmentation'],
  ['66.7', 'segmentation'],
  ['66*', 'data'],
  ['67', 'data'],
  ['481.3', 'contours'],
  ['481.1', 'image'],
  ['481.2', 'image'],
  ['481.*', 'plan'],
  ['11.*', 'presentation'],
  ['4.2', 'spectroscopy'],
  ['9.*', 'waveform'],
  ['77.1.1.1', 'video'],
  ['77.1.2.1', 'video'],
  ['77.1.4.1', 'video'],
];

/** Hanging protocols and colour palettes belong to no patient. */
const settings = new Set(['1.2.840.10008.5.1.4.38.1', '1.2.840.10008.5.1.4.39.1', '1.2.840.10008.5.1.4.43.1', '1.2.840.10008.5.1.4.44.1', '1.2.840.10008.5.1.4.45.1']);
const slideStorage = `${storage}77.1.6`;
/** MPEG-2, MPEG-4 and HEVC (PS3.5 §10.8 – §10.12). */
const videoSyntax = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/;

const attribute = {
  AvailableTransferSyntaxUID: '00083002',
  ContentSequence: '0040A730',
  MIMETypeOfEncapsulatedDocument: '00420012',
  EncapsulatedDocument: '00420011',
  TotalPixelMatrixColumns: '00480006',
  WaveformSequence: '54000100',
} as const;

/** What to do with an instance: by its class, and where that is not known by what it holds. */
export function kindOf(set: DataSet): ObjectKind {
  const sopClass = text(set, tag.SOPClassUID);
  const pixels = (number(set, tag.Rows) ?? 0) > 0 && (number(set, tag.Columns) ?? 0) > 0;
  if (settings.has(sopClass)) return 'settings';
  if (pixels && videoSyntax.test(text(set, attribute.AvailableTransferSyntaxUID))) return 'video';
  if (sopClass === slideStorage && isTiled(set)) return 'slide';
  const named = sopClass.startsWith(storage) ? classes.find(([name]) => matches(name, sopClass.slice(storage.length)))?.[1] : undefined;
  if (named && !(named === 'waveform' && !set[attribute.WaveformSequence])) return named;
  if (set[attribute.WaveformSequence]) return 'waveform';
  if (set[attribute.EncapsulatedDocument]) return text(set, attribute.MIMETypeOfEncapsulatedDocument) === 'application/pdf' ? 'pdf' : 'document';
  if (set[attribute.ContentSequence] && !pixels) return 'report';
  return pixels ? 'image' : 'unknown';
}

function matches(name: string, sopClass: string): boolean {
  return name.endsWith('*') ? sopClass.startsWith(name.slice(0, -1)) : sopClass === name;
}

/** Whether a slide is cut into tiles: as a stack they would be shreds without their places. */
function isTiled(set: DataSet): boolean {
  return (number(set, tag.NumberOfFrames) ?? 1) > 1 && (number(set, attribute.TotalPixelMatrixColumns) ?? 0) > (number(set, tag.Columns) ?? 0);
}

export function isShown(kind: ObjectKind): kind is Shown {
  return (['image', 'report', 'pdf', 'waveform', 'segmentation', 'contours'] as readonly ObjectKind[]).includes(kind);
}
