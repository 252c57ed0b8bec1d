/** QIDO-RS searches (PS3.18 §10.6): studies for the worklist, series and instances of one study. */
import { inReadingOrder, series, study, type Series, type Study } from '../dicom/study';
import type { DataSet } from '../dicom/json';
import { request } from './http';

export const dicomWeb = '/dicom-web';

export interface Filter {
  /** Free text: a name, a patient id or an accession number. */
  readonly text: string;
  /** Modality codes; none means any. */
  readonly modalities: readonly string[];
  /** DA range `from-to`, or empty. */
  readonly dates: string;
}

export interface Page {
  readonly studies: Study[];
  readonly more: boolean;
}

/** Attributes asked for besides those that every answer brings. */
const included = ['StudyDescription', 'InstitutionName', 'PatientAge', 'NumberOfStudyRelatedInstances', 'NumberOfStudyRelatedSeries', 'ModalitiesInStudy'];

/**
 * The searches behind one search box. A study UID is looked up; text with digits is tried as patient id and as
 * accession number; anything else is a name, its words in the order given.
 */
export function matchingKeys(words: string): Record<string, string>[] {
  const typed = words.replace(/[*?\\]/g, '').trim();
  if (typed === '') return [{}];
  if (/^\d+(\.\d+){5,}$/.test(typed)) return [{ StudyInstanceUID: typed }];
  if (/\d/.test(typed)) return [{ PatientID: `*${typed}*` }, { AccessionNumber: `*${typed}*` }];
  return [{ PatientName: `*${typed.split(/[\s^=,\uff0c·]+/).filter(Boolean).join('*')}*` }];
}

export async function searchStudies(filter: Filter, limit: number, offset: number, signal: AbortSignal): Promise<Page> {
  const modalities = filter.modalities.length > 0 ? filter.modalities : [''];
  const searches = matchingKeys(filter.text).flatMap((keys) =>
    modalities.map((modality) => ({
      ...keys,
      ...(modality ? { ModalitiesInStudy: modality } : {}),
      ...(filter.dates ? { StudyDate: filter.dates } : {}),
    })),
  );
  const answers = await Promise.all(searches.map((keys) => search('/studies', keys, { limit: limit + 1, offset, signal })));
  const found = new Map<string, Study>();
  for (const set of answers.flatMap((answer) => answer.slice(0, limit))) {
    const item = study(set);
    if (item.uid) found.set(item.uid, item);
  }
  const studies = [...found.values()];
  if (searches.length > 1) studies.sort((a, b) => (b.date + b.time).localeCompare(a.date + a.time));
  return { studies, more: answers.some((answer) => answer.length > limit) };
}

export async function listSeries(studyUid: string, signal: AbortSignal): Promise<Series[]> {
  const answer = await search(`/studies/${studyUid}/series`, {}, { signal, include: ['SeriesDescription', 'BodyPartExamined', 'NumberOfSeriesRelatedInstances'] });
  const found = new Map(answer.map(series).map((item) => [item.uid, item]));
  found.delete('');
  return inReadingOrder([...found.values()]);
}

interface Paging {
  readonly limit?: number;
  readonly offset?: number;
  readonly include?: readonly string[];
  readonly signal: AbortSignal;
}

async function search(path: string, keys: Record<string, string>, paging: Paging): Promise<DataSet[]> {
  const query = new URLSearchParams(keys);
  if (paging.limit !== undefined) query.set('limit', String(paging.limit));
  if (paging.offset) query.set('offset', String(paging.offset));
  for (const field of paging.include ?? (path === '/studies' ? included : [])) query.append('includefield', field);
  const response = await request(`${dicomWeb}${path}?${query}`, {
    headers: { Accept: 'application/dicom+json' },
    signal: paging.signal,
  });
  if (response.status === 204) return [];
  const answer: unknown = await response.json();
  return Array.isArray(answer) ? (answer as DataSet[]) : [];
}
