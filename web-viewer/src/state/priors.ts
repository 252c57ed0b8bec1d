/** The studies of one patient, through time. */
import { searchStudies } from '../api/qido';
import type { Study } from '../dicom/study';
import { before } from './worklist-pages';

/** Studies of one patient that are shown at most. */
const most = 200;

/** A patient is the id and who gave it: the same id of another issuer is another person. */
export function isSamePatient(a: Study, b: Study): boolean {
  return a.patientId === b.patientId && a.issuer === b.issuer;
}

/** All studies of the patient of `study`, newest first; only this one where the patient has no id. */
export async function studiesOfPatient(study: Study, signal: AbortSignal): Promise<Study[]> {
  if (study.patientId === '') return [study];
  // A backslash would part values; wildcards match more than themselves, which the comparison takes out.
  const id = study.patientId.replaceAll('\\', '?');
  const issuer = study.issuer === '' ? [] : ([['IssuerOfPatientID', study.issuer.replaceAll('\\', '?')]] as const);
  const { studies } = await searchStudies([['PatientID', id], ...issuer], most, undefined, signal);
  const found = studies.filter((other) => isSamePatient(other, study) && other.uid !== study.uid);
  return [...found, study].sort(before);
}

/** How long `study` was before (negative) or after the other one. */
export interface Apart {
  readonly value: number;
  readonly unit: 'year' | 'month' | 'day';
}

export function apart(study: Study, from: Study): Apart | undefined {
  const [a, b] = [day(study.date), day(from.date)];
  if (a === undefined || b === undefined) return undefined;
  const days = Math.round((a - b) / 86_400_000);
  if (Math.abs(days) >= 730) return { value: Math.trunc(days / 365.25), unit: 'year' };
  if (Math.abs(days) >= 60) return { value: Math.trunc(days / 30.44), unit: 'month' };
  return { value: days, unit: 'day' };
}

function day(date: string): number | undefined {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date);
  return match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) : undefined;
}
