/** Studies and series as the lists show them, read from QIDO-RS answers (PS3.18 §10.6.3). */
import { number, personName, tag, text, texts, type DataSet, type PersonName } from './json';

export interface Study {
  readonly uid: string;
  readonly name: PersonName;
  readonly patientId: string;
  /** Who gave the patient id. */
  readonly issuer: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly age: string;
  readonly date: string;
  readonly time: string;
  readonly accession: string;
  readonly modalities: readonly string[];
  readonly description: string;
  readonly series: number;
  readonly images: number;
}

export function study(set: DataSet): Study {
  return {
    uid: text(set, tag.StudyInstanceUID),
    name: personName(set, tag.PatientName),
    patientId: text(set, tag.PatientID),
    issuer: text(set, tag.IssuerOfPatientID),
    birthDate: text(set, tag.PatientBirthDate),
    sex: text(set, tag.PatientSex),
    age: text(set, tag.PatientAge),
    date: text(set, tag.StudyDate),
    time: text(set, tag.StudyTime),
    accession: text(set, tag.AccessionNumber),
    modalities: [...new Set(texts(set, tag.ModalitiesInStudy))].filter((modality) => modality !== ''),
    description: text(set, tag.StudyDescription),
    series: number(set, tag.NumberOfStudyRelatedSeries) ?? 0,
    images: number(set, tag.NumberOfStudyRelatedInstances) ?? 0,
  };
}

export interface Series {
  readonly uid: string;
  readonly number: number | undefined;
  readonly modality: string;
  readonly description: string;
  readonly bodyPart: string;
  readonly images: number;
}

export function series(set: DataSet): Series {
  return {
    uid: text(set, tag.SeriesInstanceUID),
    number: number(set, tag.SeriesNumber),
    modality: text(set, tag.Modality),
    description: text(set, tag.SeriesDescription),
    bodyPart: text(set, tag.BodyPartExamined),
    images: number(set, tag.NumberOfSeriesRelatedInstances) ?? 0,
  };
}

/** What is no picture: reports, presentation states, key objects, segmentations and the like. */
const withoutImages = new Set(['SR', 'PR', 'KO', 'SEG', 'REG', 'RTSTRUCT', 'RTPLAN', 'RTRECORD', 'FID', 'RWV', 'PLAN', 'DOC', 'AU', 'ECG', 'HD', 'EPS', 'RESP']);

export function hasImages(item: Series): boolean {
  return !withoutImages.has(item.modality);
}

/** Of a prior's series the one to be compared with `series`: of its modality, then by what it says of itself. */
export function likest(list: readonly Series[], series: Series): Series | undefined {
  const words = (item: Series): Set<string> => new Set(item.description.toLowerCase().split(/[\s_.,;:/()-]+/).filter(Boolean));
  const own = words(series);
  const likeness = (item: Series): number => {
    const shared = [...words(item)].filter((word) => own.has(word)).length;
    return (item.bodyPart !== '' && item.bodyPart === series.bodyPart ? 2 : 0) + (own.size > 0 ? shared / own.size : 0);
  };
  const alike = list.filter((item) => item.modality === series.modality && hasImages(item));
  return alike.reduce<Series | undefined>((best, item) => (best && likeness(best) >= likeness(item) ? best : item), undefined);
}

/** Series with images first, then by number; an unnumbered series stands last. */
export function inReadingOrder(list: readonly Series[]): Series[] {
  return [...list].sort(
    (a, b) =>
      Number(hasImages(b)) - Number(hasImages(a)) ||
      (a.number ?? Number.MAX_SAFE_INTEGER) - (b.number ?? Number.MAX_SAFE_INTEGER) ||
      (a.uid < b.uid ? -1 : 1),
  );
}
