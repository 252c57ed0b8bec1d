/** Measurements out of reports by TID 1500, ours and other viewers'. */
import { items, number, numbers, tag, text, type DataSet } from '../dicom/json';
import { byUser, children, code, codeOf, conceptOf, isNamed, quantities, referenceOf, sr } from './content';
import { kindOf, pointsOf, type Graphic, type Kind, type Measurement, type Point, type Quantity, type Value } from './measurement';
import type { Document } from './sr-write';

export interface ReadReport {
  readonly document: Document;
  readonly measurements: readonly Measurement[];
  /** Whether nothing that the report holds was left unread: only such a report may be taken the place of. */
  readonly isWhole: boolean;
  /** SOP instances that this report took the place of. */
  readonly replaces: readonly string[];
}

/** What a data set tells as a measurement report; none where it is no such report. */
export function readReport(set: DataSet): ReadReport | undefined {
  if (!isNamed(set, code.report)) return undefined;
  const study = text(set, tag.StudyInstanceUID);
  const seriesOf = evidence(set);
  const groups = children(set).filter((child) => isNamed(child, code.measurements)).flatMap(children);
  const measurements = groups.flatMap((group) => readGroup(group, study, seriesOf) ?? []);
  return {
    document: { study, series: text(set, tag.SeriesInstanceUID), sopClass: text(set, tag.SOPClassUID), instance: text(set, tag.SOPInstanceUID) },
    measurements,
    isWhole: measurements.length === groups.length,
    replaces: instances(set, sr.Predecessors),
  };
}

/** The measurements that hold: those of reports that no other took the place of, each but once. */
export function currentMeasurements(reports: readonly ReadReport[]): Measurement[] {
  const replaced = new Set(reports.flatMap(({ replaces }) => replaces));
  const found = new Map<string, Measurement>();
  for (const report of reports) {
    if (replaced.has(report.document.instance)) continue;
    for (const measurement of report.measurements) found.set(measurement.uid, measurement);
  }
  return [...found.values()];
}

function readGroup(group: DataSet, study: string, seriesOf: ReadonlyMap<string, string>): Measurement | undefined {
  const parts = children(group);
  const nums = parts.filter((part) => text(part, sr.ValueType) === 'NUM');
  const [first] = graphics(nums[0] ? children(nums[0]) : parts);
  if (!first) return undefined;
  const named = (wanted: (typeof code)[keyof typeof code]): DataSet => parts.find((part) => isNamed(part, wanted)) ?? {};
  const kind = kindOf(text(named(code.trackingIdentifier), sr.TextValue), first);
  const at = referenceOf(first.image);
  if (!kind || !at) return undefined;
  const values = nums.flatMap((num) => readValue(num, kind) ?? []);
  const axis = (wanted: Quantity): Graphic | undefined => {
    const num = nums.find((candidate) => isNamed(candidate, quantities[wanted]));
    return num && graphics(children(num))[0];
  };
  const points = pointsOf(kind, (kind === 'bidirectional' ? axis('long') : undefined) ?? first, axis('short'));
  const uid = text(named(code.trackingUid), sr.UID);
  if (!points || uid === '') return undefined;
  const image = { study, series: seriesOf.get(at.instance) ?? '', ...at };
  return { uid, kind, image, points, label: text(named(code.comment), sr.TextValue), values };
}

/** SCOORD items with the image they were selected from. */
function graphics(parts: readonly DataSet[]): (Graphic & { readonly image: DataSet })[] {
  return parts
    .filter((part) => text(part, sr.ValueType) === 'SCOORD' && conceptOf(part).scheme !== '99CS3D')
    .map((part) => {
      const flat = numbers(part, sr.GraphicData);
      const points = Array.from({ length: Math.floor(flat.length / 2) }, (_, index): Point => [flat[2 * index] ?? 0, flat[2 * index + 1] ?? 0]);
      return { type: text(part, sr.GraphicType), points, image: children(part)[0] ?? {} };
    });
}

/** Values whose meaning is told by no code we know are left out, but for the first of a tool that has one value. */
function readValue(num: DataSet, kind: Kind): Value | undefined {
  const measured = items(num, sr.MeasuredValue)[0];
  const value = measured && (number(measured, sr.FloatingPointValue) ?? number(measured, sr.NumericValue));
  if (!measured || value === undefined) return undefined;
  const only: Partial<Record<Kind, Quantity>> = { length: 'length', angle: 'angle', cobb: 'angle', probe: 'intensity' };
  const quantity = (Object.keys(quantities) as Quantity[]).find((candidate) => isNamed(num, quantities[candidate])) ?? only[kind];
  const isCalibrated = children(num).some((part) => isNamed(part, code.method) && codeOf(items(part, sr.ConceptCode)[0] ?? {}).value === byUser.value);
  return quantity && { quantity, value, unit: codeOf(items(measured, sr.Units)[0] ?? {}).value, ...(isCalibrated ? { isCalibrated } : {}) };
}

/** SOP Instance UID → Series Instance UID of what the report was made from. */
function evidence(set: DataSet): Map<string, string> {
  const found = new Map<string, string>();
  for (const study of items(set, '0040A375')) {
    for (const series of items(study, sr.ReferencedSeries)) {
      for (const one of items(series, sr.ReferencedSOPSequence)) found.set(text(one, sr.ReferencedSOPInstanceUID), text(series, tag.SeriesInstanceUID));
    }
  }
  return found;
}

function instances(set: DataSet, key: string): string[] {
  return items(set, key).flatMap((study) =>
    items(study, sr.ReferencedSeries).flatMap((series) => items(series, sr.ReferencedSOPSequence).map((one) => text(one, sr.ReferencedSOPInstanceUID))),
  );
}
