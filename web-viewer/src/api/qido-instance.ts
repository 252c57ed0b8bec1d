/** Where an instance lies (QIDO-RS, PS3.18 §10.6). */
import { tag, text, type DataSet } from '../dicom/json';
import { request } from './http';
import { dicomWeb } from './qido';

/** Series Instance UID of an instance of a study; none where the study has no such instance. */
export async function instanceSeries(study: string, instance: string): Promise<string | undefined> {
  const response = await request(`${dicomWeb}/studies/${study}/instances?SOPInstanceUID=${instance}`, { headers: { Accept: 'application/dicom+json' } });
  if (response.status === 204) return undefined;
  const [found] = (await response.json()) as DataSet[];
  return (found && text(found, tag.SeriesInstanceUID)) || undefined;
}
