/** Any structured report as a tree (PS3.3 C.17.3), whatever its template is: names, values, what they refer to. */
import { items, number, numbers, personName, tag, text, type DataSet, type PersonName } from './json';

export interface Coded {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

/** An instance that an item refers to, and the frame where one is named. */
export interface Reference {
  readonly sopClass: string;
  readonly instance: string;
  readonly frame: number | undefined;
}

export type Value =
  | { readonly type: 'none' }
  | { readonly type: 'text' | 'uid'; readonly text: string }
  | { readonly type: 'date' | 'time' | 'datetime'; readonly text: string }
  | { readonly type: 'person'; readonly name: PersonName }
  | { readonly type: 'code'; readonly code: Coded }
  /** `text` is the number as it was written; none where the report says why there is none. */
  | { readonly type: 'number'; readonly text: string; readonly unit: Coded; readonly missing: string }
  | { readonly type: 'reference'; readonly to: readonly Reference[] }
  | { readonly type: 'graphic'; readonly shape: string; readonly points: number }
  /** Another item of the same report, by its place: 1.2.3 (PS3.3 C.17.3.2.5). */
  | { readonly type: 'item'; readonly place: string };

export interface Item {
  readonly relationship: string;
  readonly valueType: string;
  readonly name: Coded;
  readonly value: Value;
  readonly children: readonly Item[];
}

export interface Tree {
  readonly root: Item;
  /** Completion Flag and Verification Flag, as the report states them. */
  readonly completion: string;
  readonly verification: string;
  /** Series Instance UID by SOP Instance UID, of what the report names as its evidence. */
  readonly seriesOf: ReadonlyMap<string, string>;
}

const sr = {
  CodeValue: '00080100', CodingSchemeDesignator: '00080102', CodeMeaning: '00080104', LongCodeValue: '00080119', URNCodeValue: '00080120',
  ReferencedSOPClassUID: '00081150', ReferencedSOPSequence: '00081199', ReferencedFrameNumber: '00081160', ReferencedSeries: '00081115',
  RelationshipType: '0040A010', ValueType: '0040A040', ConceptName: '0040A043', DateTime: '0040A120', Date: '0040A121', Time: '0040A122',
  PersonName: '0040A123', UID: '0040A124', TemporalRangeType: '0040A130', TextValue: '0040A160', ConceptCode: '0040A168',
  MeasuredValue: '0040A300', Qualifier: '0040A301', NumericValue: '0040A30A', FloatingPointValue: '0040A161', Units: '004008EA',
  CurrentEvidence: '0040A375', OtherEvidence: '0040A385', CompletionFlag: '0040A491', VerificationFlag: '0040A493',
  Content: '0040A730', ReferencedContentItem: '0040DB73', GraphicType: '00700023', GraphicData: '00700022',
} as const;

/** Deeper than any template goes; what lies below is left out. */
const deepest = 40;

export function readTree(set: DataSet): Tree {
  return {
    root: readItem(set, 0),
    completion: text(set, sr.CompletionFlag),
    verification: text(set, sr.VerificationFlag),
    seriesOf: evidence(set),
  };
}

function readItem(set: DataSet, depth: number): Item {
  const valueType = text(set, sr.ValueType);
  return {
    relationship: text(set, sr.RelationshipType),
    valueType,
    name: coded(items(set, sr.ConceptName)[0]),
    value: readValue(set, valueType),
    children: depth < deepest ? items(set, sr.Content).map((child) => readItem(child, depth + 1)) : [],
  };
}

/** By the value type, and by what is there where that is missing or unknown. */
function readValue(set: DataSet, valueType: string): Value {
  const place = numbers(set, sr.ReferencedContentItem);
  if (place.length > 0) return { type: 'item', place: place.join('.') };
  switch (valueType) {
    case 'CONTAINER': return { type: 'none' };
    case 'NUM': return readNumber(set);
    case 'CODE': return { type: 'code', code: coded(items(set, sr.ConceptCode)[0]) };
    case 'PNAME': return { type: 'person', name: personName(set, sr.PersonName) };
    case 'DATE': return { type: 'date', text: text(set, sr.Date) };
    case 'TIME': return { type: 'time', text: text(set, sr.Time) };
    case 'DATETIME': return { type: 'datetime', text: text(set, sr.DateTime) };
    case 'UIDREF': return { type: 'uid', text: text(set, sr.UID) };
    case 'SCOORD': return { type: 'graphic', shape: text(set, sr.GraphicType), points: Math.floor(numbers(set, sr.GraphicData).length / 2) };
    case 'SCOORD3D': return { type: 'graphic', shape: text(set, sr.GraphicType), points: Math.floor(numbers(set, sr.GraphicData).length / 3) };
    case 'TCOORD': return { type: 'text', text: text(set, sr.TemporalRangeType) };
    default: {
      const to = references(set);
      if (to.length > 0) return { type: 'reference', to };
      const words = text(set, sr.TextValue);
      return words === '' ? { type: 'none' } : { type: 'text', text: words };
    }
  }
}

function readNumber(set: DataSet): Value {
  const measured = items(set, sr.MeasuredValue)[0] ?? {};
  const missing = coded(items(set, sr.Qualifier)[0]).meaning;
  return { type: 'number', text: text(measured, sr.NumericValue) || text(measured, sr.FloatingPointValue), unit: coded(items(measured, sr.Units)[0]), missing };
}

function references(set: DataSet): Reference[] {
  return items(set, sr.ReferencedSOPSequence)
    .map((one) => ({
      sopClass: text(one, sr.ReferencedSOPClassUID),
      instance: text(one, tag.ReferencedSOPInstanceUID),
      frame: number(one, sr.ReferencedFrameNumber),
    }))
    .filter(({ instance }) => instance !== '');
}

/** A code by its short, long or URN value (PS3.3 Table 8.8-1). */
export function coded(set: DataSet = {}): Coded {
  const value = text(set, sr.CodeValue) || text(set, sr.LongCodeValue) || text(set, sr.URNCodeValue);
  return { value, scheme: text(set, sr.CodingSchemeDesignator), meaning: text(set, sr.CodeMeaning) };
}

/** The unit as people write it: what UCUM calls `mm2` and `[hnsf'U]`. */
export function unitText({ value, scheme, meaning }: Coded): string {
  if (value === '1' || value === '') return value === '1' ? '' : meaning;
  const known = units[value];
  if (known !== undefined) return known;
  return scheme === 'UCUM' && !/[{}[\]]/.test(value) ? value : meaning || value;
}

const units: Readonly<Record<string, string>> = { mm2: 'mm²', mm3: 'mm³', cm2: 'cm²', cm3: 'cm³', "[hnsf'U]": 'HU', deg: '°', Cel: '°C', um: 'µm', uV: 'µV', '{ratio}': '' };

/** Series by instance, from the evidence of the report (PS3.3 C.17.2.3). */
function evidence(set: DataSet): Map<string, string> {
  const found = new Map<string, string>();
  for (const study of [...items(set, sr.CurrentEvidence), ...items(set, sr.OtherEvidence)]) {
    for (const series of items(study, sr.ReferencedSeries)) {
      for (const one of items(series, sr.ReferencedSOPSequence)) found.set(text(one, tag.ReferencedSOPInstanceUID), text(series, tag.SeriesInstanceUID));
    }
  }
  return found;
}
