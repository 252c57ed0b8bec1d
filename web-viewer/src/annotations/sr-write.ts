/** Measurements as a Comprehensive SR by TID 1500, Measurement Report (PS3.16 Annex A, PS3.3 A.35.3). */
import { tag, type DataSet } from '../dicom/json';
import { byUser, code, coded, dcm, el, hierarchy, item, quantities, reference, sr, type Code } from './content';
import { graphicOf, toolNames, type Measurement, type Value } from './measurement';

export const comprehensiveSr = '1.2.840.10008.5.1.4.1.1.88.33';

/** Readers that go by the tool's name look for this before it. */
const tracker = 'Cornerstone3DTools@^0.1.0';

export interface Report {
  readonly measurements: readonly Measurement[];
  /** Attributes of an image of the study: patient and study are taken from it. */
  readonly of: DataSet;
  /** Who measured. */
  readonly observer: string;
  /** Reports that this one takes the place of. */
  readonly predecessors: readonly Document[];
  readonly now: Date;
  /** New UIDs (PS3.5 B.2). */
  readonly uid: () => string;
}

export interface Document {
  readonly study: string;
  readonly series: string;
  readonly sopClass: string;
  readonly instance: string;
}

/** Patient and General Study modules. */
const inherited = [
  tag.StudyDate, tag.StudyTime, tag.AccessionNumber, '00080090', tag.StudyDescription, tag.PatientName, tag.PatientID, '00100021', tag.PatientBirthDate,
  tag.PatientSex, tag.StudyInstanceUID, '00200010',
] as const;

/** Type 2 attributes stand there even when they are empty. */
const emptyVr: Readonly<Record<string, string>> = {
  [tag.StudyDate]: 'DA', [tag.StudyTime]: 'TM', [tag.AccessionNumber]: 'SH', '00080090': 'PN', [tag.PatientName]: 'PN', [tag.PatientID]: 'LO',
  [tag.PatientBirthDate]: 'DA', [tag.PatientSex]: 'CS', '00200010': 'SH',
};

/** What a document of the viewer has besides its content: patient, study, a new series, equipment, date. */
export function documentHead(of: DataSet, sopClass: string, modality: string, description: string, now: Date, uid: () => string): DataSet {
  const date = day(now);
  const time = clock(now);
  const head: Record<string, DataSet[string]> = {
    [tag.SpecificCharacterSet]: el('CS', 'ISO_IR 192'),
    [tag.SOPClassUID]: el('UI', sopClass),
    [tag.SOPInstanceUID]: el('UI', uid()),
    [tag.SeriesInstanceUID]: el('UI', uid()),
    [tag.SeriesNumber]: el('IS', 9000),
    [tag.InstanceNumber]: el('IS', 1),
    [tag.Modality]: el('CS', modality),
    [tag.Manufacturer]: el('LO', 'Yingyun'),
    [tag.SeriesDescription]: el('LO', description),
    '00080023': el('DA', date),
    '00080033': el('TM', time),
    '00081111': el('SQ'),
    [sr.ValueType]: el('CS', 'CONTAINER'),
    '0040A050': el('CS', 'SEPARATE'),
  };
  for (const key of inherited) {
    const vr = emptyVr[key];
    if (of[key]?.Value || vr) head[key] = of[key] ?? el(vr ?? 'LO');
  }
  return head;
}

/** The report as a data set in the DICOM JSON model. */
export function writeReport({ measurements, of, observer, predecessors, now, uid }: Report): DataSet {
  const images = measurements.map(({ image }) => image);
  return {
    ...documentHead(of, comprehensiveSr, 'SR', 'Measurements', now, uid),
    '00080012': el('DA', day(now)),
    '00080013': el('TM', clock(now)),
    '00081090': el('LO', 'Yingyun web viewer'),
    '00181000': el('LO', '1'),
    '00181020': el('LO', '1'),
    '0040A372': el('SQ'),
    ...(images.length > 0 ? { '0040A375': el('SQ', ...hierarchy(images)) } : {}),
    ...(predecessors.length > 0 ? { [sr.Predecessors]: el('SQ', ...hierarchy(predecessors)) } : {}),
    '0040A491': el('CS', 'PARTIAL'),
    '0040A493': el('CS', 'UNVERIFIED'),
    [sr.ConceptName]: el('SQ', coded(code.report)),
    '0040A504': template('1500'),
    [sr.Content]: el('SQ', ...root(measurements, observer)),
  };
}

const template = (identifier: string): DataSet[string] => el('SQ', { '00080105': el('CS', 'DCMR'), '0040DB00': el('CS', identifier) });

function root(measurements: readonly Measurement[], observer: string): DataSet[] {
  const concept = (value: Code): DataSet => ({ [sr.ConceptCode]: el('SQ', coded(value)) });
  return [
    item('HAS CONCEPT MOD', 'CODE', dcm('121049', 'Language of Content Item and Descendants'), concept({ value: 'en', scheme: 'RFC5646', meaning: 'English' })),
    item('HAS OBS CONTEXT', 'CODE', dcm('121005', 'Observer Type'), concept(dcm('121006', 'Person'))),
    item('HAS OBS CONTEXT', 'PNAME', dcm('121008', 'Person Observer Name'), { [sr.PersonName]: el('PN', { Alphabetic: observer }) }),
    item('HAS CONCEPT MOD', 'CODE', dcm('121058', 'Procedure reported'), concept({ value: '363679005', scheme: 'SCT', meaning: 'Imaging procedure' })),
    item('CONTAINS', 'CONTAINER', code.measurements, { '0040A050': el('CS', 'SEPARATE') }, measurements.map(group)),
  ];
}

/** TID 1501: what it is called, then its values, each with what it was taken from. */
function group(measurement: Measurement): DataSet {
  const { kind, uid, label, values } = measurement;
  const parts = [
    item('HAS OBS CONTEXT', 'TEXT', code.trackingIdentifier, { [sr.TextValue]: el('UT', `${tracker}:${toolNames[kind]}`) }),
    item('HAS OBS CONTEXT', 'UIDREF', code.trackingUid, { [sr.UID]: el('UI', uid) }),
    ...(label ? [item('CONTAINS', 'TEXT', code.comment, { [sr.TextValue]: el('UT', label) })] : []),
    ...values.map((value) => numeric(measurement, value)),
    ...(values.length === 0 ? [scoord(measurement, undefined, 'CONTAINS')] : []),
  ];
  return item('CONTAINS', 'CONTAINER', code.group, { '0040A050': el('CS', 'SEPARATE'), '0040A504': template('1501') }, parts);
}

function numeric(measurement: Measurement, { quantity, value, unit, isCalibrated }: Value): DataSet {
  const hounsfield = quantity !== 'intensity' || unit === "[hnsf'U]";
  const name = hounsfield ? quantities[quantity] : { value: 'PIXELVALUE', scheme: '99YINGYUN', meaning: 'Pixel value' };
  const measured = {
    [sr.NumericValue]: el('DS', decimalString(value)),
    [sr.FloatingPointValue]: el('FD', value),
    [sr.Units]: el('SQ', coded({ value: unit, scheme: 'UCUM', meaning: unit })),
  };
  // TID 300, row 5: no code of the standard says who calibrated.
  const method = isCalibrated ? [item('HAS CONCEPT MOD', 'CODE', code.method, { [sr.ConceptCode]: el('SQ', coded(byUser)) })] : [];
  return item('CONTAINS', 'NUM', name, { [sr.MeasuredValue]: el('SQ', measured) }, [...method, scoord(measurement, quantity, 'INFERRED FROM')]);
}

function scoord(measurement: Measurement, quantity: Value['quantity'] | undefined, relationship: string): DataSet {
  const { sopClass, instance, frame } = measurement.image;
  const { type, points } = graphicOf(measurement, quantity);
  const image = item('SELECTED FROM', 'IMAGE', code.source, { [sr.ReferencedSOPSequence]: el('SQ', reference(sopClass, instance, frame > 1 ? frame : undefined)) });
  return item(relationship, 'SCOORD', code.region, { [sr.GraphicData]: el('FL', ...points.flat()), [sr.GraphicType]: el('CS', type) }, [image]);
}

/** DS: at most sixteen characters (PS3.5 6.2). */
export function decimalString(value: number): string {
  for (let digits = 15; digits > 0; digits -= 1) {
    const found = String(Number(value.toPrecision(digits)));
    if (found.length <= 16) return found;
  }
  return '0';
}

const two = (value: number): string => String(value).padStart(2, '0');

function day(now: Date): string {
  return `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
}

function clock(now: Date): string {
  return `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
