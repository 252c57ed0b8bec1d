/** QIDO-RS searches (PS3.18 §10.6): studies for the worklist, series of one study. */
import { inReadingOrder, series, study, type Series, type Study } from '../dicom/study';
import { tag, text, type DataSet } from '../dicom/json';
import { request } from './http';

export const dicomWeb = '/dicom-web';

/** Matching keys: attribute and value. The same attribute may stand twice: both must match. */
export type Keys = readonly (readonly [attribute: string, value: string])[];

export interface Page {
  readonly studies: Study[];
  /** What the next page is asked for with; none: this was the last. */
  readonly next: string | undefined;
}

/** Attributes asked for besides those that every answer brings. */
const included = ['StudyDescription', 'PatientAge', 'IssuerOfPatientID'];

/**
 * One page of a search, newest first. Names match by the beginnings of their words and by pinyin. A page begins
 * behind the place that the page before named, so that one far down costs what the first does.
 */
export async function searchStudies(keys: Keys, limit: number, after: string | undefined, signal: AbortSignal): Promise<Page> {
  const query = new URLSearchParams(keys.map(([attribute, value]) => [attribute, value]));
  query.set('limit', String(limit));
  if (after !== undefined) query.set('after', after);
  if (query.has('PatientName')) query.set('fuzzymatching', 'true');
  const { sets, next } = await search('/studies', query, included, signal);
  return { studies: sets.map(study).filter(({ uid }) => uid !== ''), next };
}

export interface Contents {
  readonly series: Series[];
  /** Where the series were made: equipment is of a series, not of the study (PS3.3 §A.1.2). */
  readonly institutions: readonly string[];
}

export async function contentsOf(studyUid: string, signal: AbortSignal): Promise<Contents> {
  const include = ['SeriesDescription', 'BodyPartExamined', 'NumberOfSeriesRelatedInstances', 'InstitutionName'];
  const { sets } = await search(`/studies/${studyUid}/series`, new URLSearchParams(), include, signal);
  const found = new Map(sets.map(series).map((item) => [item.uid, item]));
  found.delete('');
  const institutions = new Set(sets.map((set) => text(set, tag.InstitutionName)));
  institutions.delete('');
  return { series: inReadingOrder([...found.values()]), institutions: [...institutions] };
}

async function search(path: string, query: URLSearchParams, include: readonly string[], signal: AbortSignal): Promise<{ sets: DataSet[]; next: string | undefined }> {
  for (const field of include) query.append('includefield', field);
  const response = await request(`${dicomWeb}${path}?${query}`, { headers: { Accept: 'application/dicom+json' }, signal });
  if (response.status === 204) return { sets: [], next: undefined };
  const answer: unknown = await response.json();
  return { sets: Array.isArray(answer) ? (answer as DataSet[]) : [], next: nextPage(response.headers.get('Link')) };
}

/** The place that a `Link` with `rel="next"` goes on from (RFC 8288). */
export function nextPage(link: string | null): string | undefined {
  const target = /<([^>]*)>[^,<]*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  const query = target?.split('?')[1];
  return query === undefined ? undefined : (new URLSearchParams(query).get('after') ?? undefined);
}
