/** DICOM JSON model (PS3.18 Annex F): reading attributes without trusting what a server sent. */

export interface PersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

export interface Attribute {
  readonly vr?: string;
  readonly Value?: readonly unknown[];
  readonly BulkDataURI?: string;
  readonly InlineBinary?: string;
}

/** One data set: eight hexadecimal digits → attribute. */
export type DataSet = Readonly<Record<string, Attribute | undefined>>;

/** Attributes the viewer reads, by the keyword of PS3.6. */
export const tag = {
  SpecificCharacterSet: '00080005',
  SOPClassUID: '00080016',
  SOPInstanceUID: '00080018',
  StudyDate: '00080020',
  StudyTime: '00080030',
  AccessionNumber: '00080050',
  Modality: '00080060',
  ModalitiesInStudy: '00080061',
  Manufacturer: '00080070',
  InstitutionName: '00080080',
  StudyDescription: '00081030',
  SeriesDescription: '0008103E',
  ReferencedSOPInstanceUID: '00081155',
  FailureReason: '00081197',
  FailedSOPSequence: '00081198',
  ReferencedSOPSequence: '00081199',
  OtherFailuresSequence: '0008119A',
  PatientName: '00100010',
  PatientID: '00100020',
  IssuerOfPatientID: '00100021',
  PatientBirthDate: '00100030',
  PatientSex: '00100040',
  PatientAge: '00101010',
  BodyPartExamined: '00180015',
  SliceThickness: '00180050',
  FrameTime: '00181063',
  EstimatedRadiographicMagnificationFactor: '00181114',
  ImagerPixelSpacing: '00181164',
  StudyInstanceUID: '0020000D',
  SeriesInstanceUID: '0020000E',
  SeriesNumber: '00200011',
  InstanceNumber: '00200013',
  ImagePositionPatient: '00200032',
  ImageOrientationPatient: '00200037',
  FrameOfReferenceUID: '00200052',
  SliceLocation: '00201041',
  NumberOfStudyRelatedSeries: '00201206',
  NumberOfStudyRelatedInstances: '00201208',
  NumberOfSeriesRelatedInstances: '00201209',
  PhotometricInterpretation: '00280004',
  NumberOfFrames: '00280008',
  Rows: '00280010',
  Columns: '00280011',
  PixelSpacing: '00280030',
  PixelSpacingCalibrationType: '00280A02',
  BitsAllocated: '00280100',
  BitsStored: '00280101',
  PixelRepresentation: '00280103',
  WindowCenter: '00281050',
  WindowWidth: '00281051',
  RescaleIntercept: '00281052',
  RescaleSlope: '00281053',
  WindowCenterWidthExplanation: '00281055',
  VOILUTFunction: '00281056',
  LossyImageCompression: '00282110',
  SharedFunctionalGroups: '52009229',
  PerFrameFunctionalGroups: '52009230',
} as const;

/** All values as trimmed text; numbers become decimal text, names and sequences are left out. */
export function texts(set: DataSet, key: string): string[] {
  const values = set[key]?.Value;
  if (!Array.isArray(values)) return [];
  return values
    .filter((value): value is string | number => typeof value === 'string' || typeof value === 'number')
    .map((value) => String(value).trim());
}

export function text(set: DataSet, key: string): string {
  return texts(set, key)[0] ?? '';
}

/** All values as finite numbers (IS and DS may come as text, PS3.18 F.2.3). */
export function numbers(set: DataSet, key: string): number[] {
  return texts(set, key)
    .filter((value) => value !== '')
    .map(Number)
    .filter(Number.isFinite);
}

export function number(set: DataSet, key: string): number | undefined {
  return numbers(set, key)[0];
}

export function personName(set: DataSet, key: string): PersonName {
  const value = set[key]?.Value?.[0];
  if (typeof value === 'string') return { Alphabetic: value };
  return typeof value === 'object' && value !== null ? (value as PersonName) : {};
}

export function items(set: DataSet, key: string): DataSet[] {
  const values = set[key]?.Value;
  if (!Array.isArray(values)) return [];
  return values.filter((value): value is DataSet => typeof value === 'object' && value !== null);
}

/** Makes every relative BulkDataURI absolute against `base`, also inside sequences; the input is left as it was. */
export function withAbsoluteBulkData(set: DataSet, base: string): DataSet {
  const out: Record<string, Attribute | undefined> = {};
  for (const [key, attribute] of Object.entries(set)) {
    if (attribute?.BulkDataURI !== undefined) {
      out[key] = { ...attribute, BulkDataURI: new URL(attribute.BulkDataURI, base).href };
    } else if (attribute?.vr === 'SQ' && attribute.Value) {
      out[key] = { ...attribute, Value: items(set, key).map((item) => withAbsoluteBulkData(item, base)) };
    } else {
      out[key] = attribute;
    }
  }
  return out;
}
