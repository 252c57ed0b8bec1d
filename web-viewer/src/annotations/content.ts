/** Parts of a structured report (PS3.3 C.17.3) in the DICOM JSON model: content items, codes, the codes of what is measured. */
import { items, number, tag, text, type Attribute, type DataSet } from '../dicom/json';
import type { Quantity } from './measurement';

export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

export const sr = {
  ReferencedSOPSequence: '00081199', ReferencedSOPClassUID: '00081150', ReferencedSOPInstanceUID: '00081155', ReferencedFrameNumber: '00081160',
  CodeValue: '00080100', CodingSchemeDesignator: '00080102', CodeMeaning: '00080104',
  RelationshipType: '0040A010', ValueType: '0040A040', ConceptName: '0040A043', MeasuredValue: '0040A300', NumericValue: '0040A30A', FloatingPointValue: '0040A161',
  Units: '004008EA', ConceptCode: '0040A168', TextValue: '0040A160', UID: '0040A124', PersonName: '0040A123', Content: '0040A730', GraphicType: '00700023', GraphicData: '00700022',
  Predecessors: '0040A360', ReferencedSeries: '00081115',
} as const;

export const dcm = (value: string, meaning: string): Code => ({ value, scheme: 'DCM', meaning });
const sct = (value: string, meaning: string): Code => ({ value, scheme: 'SCT', meaning });

export const code = {
  report: dcm('126000', 'Imaging Measurement Report'),
  measurements: dcm('126010', 'Imaging Measurements'),
  group: dcm('125007', 'Measurement Group'),
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUid: dcm('112040', 'Tracking Unique Identifier'),
  comment: dcm('121106', 'Comment'),
  region: dcm('111030', 'Image Region'),
  method: sct('370129005', 'Measurement Method'),
  source: dcm('111040', 'Original Source'),
} as const;

/** The method of a value whose millimetres are those of a calibration by the user. */
export const byUser: Code = { value: 'USERCALIBRATED', scheme: '99YINGYUN', meaning: 'Calibrated by user' };

/** Concepts of TID 300, as OHIF writes and reads them. */
export const quantities: Readonly<Record<Quantity, Code>> = {
  length: sct('410668003', 'Length'),
  long: sct('103339001', 'Long Axis'),
  short: sct('103340004', 'Short Axis'),
  angle: sct('1483009', 'Angle'),
  area: sct('42798000', 'Area'),
  perimeter: sct('131191004', 'Perimeter'),
  radius: sct('131190003', 'Radius'),
  mean: sct('373098007', 'Mean'),
  stdDev: sct('386136009', 'Standard Deviation'),
  min: sct('255605001', 'Minimum'),
  max: sct('56851009', 'Maximum'),
  intensity: dcm('112031', 'Attenuation Coefficient'),
};

export const el = (vr: string, ...Value: unknown[]): Attribute => ({ vr, Value });

export function coded({ value, scheme, meaning }: Code): DataSet {
  return { [sr.CodeValue]: el('SH', value), [sr.CodingSchemeDesignator]: el('SH', scheme), [sr.CodeMeaning]: el('LO', meaning) };
}

/** A content item; `own` holds the attributes of its value type. */
export function item(relationship: string, type: string, name: Code | undefined, own: DataSet, children: readonly DataSet[] = []): DataSet {
  return {
    [sr.RelationshipType]: el('CS', relationship),
    [sr.ValueType]: el('CS', type),
    ...(name ? { [sr.ConceptName]: el('SQ', coded(name)) } : {}),
    ...own,
    ...(children.length > 0 ? { [sr.Content]: el('SQ', ...children) } : {}),
  };
}

export function conceptOf(set: DataSet): Code {
  return codeOf(items(set, sr.ConceptName)[0] ?? {});
}

export function codeOf(set: DataSet): Code {
  return { value: text(set, sr.CodeValue), scheme: text(set, sr.CodingSchemeDesignator), meaning: text(set, sr.CodeMeaning) };
}

/** Whether an item is named by a code; by the same word too, for reports of older coding schemes. */
export function isNamed(set: DataSet, wanted: Code): boolean {
  const found = conceptOf(set);
  return (found.value === wanted.value && found.scheme === wanted.scheme) || found.meaning.toLowerCase() === wanted.meaning.toLowerCase();
}

export function children(set: DataSet): DataSet[] {
  return items(set, sr.Content);
}

/** The frame an item refers to; the first where none is named. */
export function referenceOf(set: DataSet): { readonly sopClass: string; readonly instance: string; readonly frame: number } | undefined {
  const found = items(set, sr.ReferencedSOPSequence)[0];
  const instance = found ? text(found, sr.ReferencedSOPInstanceUID) : '';
  return found && instance !== '' ? { sopClass: text(found, sr.ReferencedSOPClassUID), instance, frame: number(found, sr.ReferencedFrameNumber) ?? 1 } : undefined;
}

export function reference(sopClass: string, instance: string, frame?: number): DataSet {
  return {
    [sr.ReferencedSOPClassUID]: el('UI', sopClass),
    [sr.ReferencedSOPInstanceUID]: el('UI', instance),
    ...(frame === undefined ? {} : { [sr.ReferencedFrameNumber]: el('IS', frame) }),
  };
}

/** Instances by study and series, as evidence (0040,A375) and predecessors (0040,A360) name them. */
export function hierarchy(references: readonly { readonly study: string; readonly series: string; readonly sopClass: string; readonly instance: string }[]): DataSet[] {
  const studies = new Map<string, Map<string, Map<string, DataSet>>>();
  for (const { study, series, sopClass, instance } of references) {
    const inStudy = studies.get(study) ?? new Map<string, Map<string, DataSet>>();
    const inSeries = inStudy.get(series) ?? new Map<string, DataSet>();
    studies.set(study, inStudy.set(series, inSeries.set(instance, reference(sopClass, instance))));
  }
  return [...studies].map(([study, inStudy]) => ({
    [sr.ReferencedSeries]: el('SQ', ...[...inStudy].map(([series, instances]) => ({
      [sr.ReferencedSOPSequence]: el('SQ', ...instances.values()),
      [tag.SeriesInstanceUID]: el('UI', series),
    }))),
    [tag.StudyInstanceUID]: el('UI', study),
  }));
}
