/** WADO-RS addresses and metadata (PS3.18 §10.4). Pixel data is fetched by the engine from these addresses. */
import type { Frame } from '../dicom/frames';
import { tag, text, withAbsoluteBulkData, type DataSet } from '../dicom/json';
import { once, request } from './http';
import { firstPart } from './multipart';
import { dicomWeb } from './qido';

export function instanceUrl(study: string, series: string, instance: string): string {
  return `${dicomWeb}/studies/${study}/series/${series}/instances/${instance}`;
}

export function frameUrl(study: string, series: string, instance: string, frame: number): string {
  return new URL(`${instanceUrl(study, series, instance)}/frames/${frame}`, location.origin).href;
}

/** As stored, whatever the transfer syntax is (PS3.18 §8.7.3.3). */
export const asStored = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

/**
 * A frame as it is stored and the UID of its transfer syntax. Asked once: the engine asks the same, finds it in the
 * browser's cache, and knows what to do about a busy server.
 */
export async function storedFrame(url: string, signal: AbortSignal): Promise<{ readonly syntax: string; readonly bytes: Uint8Array }> {
  const response = await once(url, { headers: { Accept: asStored }, signal });
  const body = new Uint8Array(await response.arrayBuffer());
  const head = new TextDecoder().decode(body.subarray(0, 1024));
  return { syntax: /transfer-syntax="?([\d.]+)/i.exec(head)?.[1] ?? '', bytes: firstPart(response.headers.get('Content-Type') ?? '', body) };
}

/** A JPEG of at most `size` × `size` pixels, drawn by the server (PS3.18 §8.7.4, rendered media types). */
export async function rendered(study: string, series: string, of: Frame, size: number, signal: AbortSignal): Promise<Blob> {
  const base = instanceUrl(study, series, of.instance);
  const path = of.frames > 1 ? `${base}/frames/${of.frame}` : base;
  const response = await request(`${path}/rendered?viewport=${size},${size}`, { headers: { Accept: 'image/jpeg' }, signal });
  return response.blob();
}

/** The middle image of a series, at most `size` × `size` pixels (PS3.18 §10.4.1.1.5). */
export async function thumbnail(study: string, series: string, size: number, signal: AbortSignal): Promise<Blob> {
  const path = `${dicomWeb}/studies/${study}/series/${series}/thumbnail?viewport=${size},${size}`;
  const response = await request(path, { headers: { Accept: 'image/jpeg' }, signal });
  return response.blob();
}

/** Metadata of all instances of a series, bulk data references made absolute. */
export async function seriesMetadata(study: string, series: string, signal: AbortSignal): Promise<DataSet[]> {
  const response = await request(`${dicomWeb}/studies/${study}/series/${series}/metadata`, {
    headers: { Accept: 'application/dicom+json' },
    signal,
  });
  if (response.status === 204) return [];
  return withAddresses(study, series, await response.json());
}

/** Data sets of a series, bulk data references made absolute. */
export function withAddresses(study: string, series: string, answer: unknown): DataSet[] {
  if (!Array.isArray(answer)) return [];
  return (answer as DataSet[]).map((set) => {
    const base = `${instanceUrl(study, series, text(set, tag.SOPInstanceUID))}/`;
    return withAbsoluteBulkData(set, new URL(base, location.origin).href);
  });
}
