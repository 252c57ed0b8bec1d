/** All that opening a study takes, in one request. */
import type { DataSet } from '../dicom/json';
import { inReadingOrder, series, study, type Series, type Study } from '../dicom/study';
import { request } from './http';
import { withAddresses } from './wado';

export interface Opened {
  readonly study: Study;
  readonly series: Series[];
  /** The series to show first. */
  readonly first: Series | undefined;
  /** Its metadata; none where it is too long to come along. */
  readonly metadata: DataSet[] | undefined;
}

/** A study, its series, and the metadata of the one to show first: `wanted`, or else the first that has images. */
export async function openStudy(uid: string, wanted: string | undefined, signal: AbortSignal): Promise<Opened> {
  const asked = wanted && /^[\d.]{1,64}$/.test(wanted) ? `?series=${wanted}` : '';
  const response = await request(`/api/studies/${uid}/bootstrap${asked}`, { headers: { Accept: 'application/json' }, signal });
  const answer = (await response.json()) as { study: DataSet; series: DataSet[]; shown: string; metadata: DataSet[] | null };
  const list = inReadingOrder(answer.series.map(series));
  return {
    study: study(answer.study),
    series: list,
    first: list.find((item) => item.uid === answer.shown),
    metadata: answer.metadata ? withAddresses(uid, answer.shown, answer.metadata) : undefined,
  };
}
