/** Instances as a whole, and values that the metadata only refers to. */
import { number, text, type Attribute, type DataSet } from '../dicom/json';
import { request } from './http';
import { firstPart } from './multipart';
import { value } from './palette';
import { instanceUrl } from './wado';

/** The bytes of a value, little endian. */
export async function bulkData(attribute: Attribute | undefined, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await value(attribute, signal);
  return bytes ? new Uint8Array(bytes) : new Uint8Array();
}

/** How files of a media type end (PS3.3 C.24.2). */
const endings: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf', 'text/xml': 'xml', 'model/stl': 'stl', 'model/obj': 'obj', 'model/mtl': 'mtl',
};

/** The document that an object wraps, without the byte that pads it. */
export async function encapsulated(set: DataSet, signal: AbortSignal): Promise<{ readonly file: Blob; readonly ending: string }> {
  const bytes = await bulkData(set['00420011'], signal);
  const type = text(set, '00420012').toLowerCase();
  const length = number(set, '00420015') ?? bytes.length;
  return { file: new Blob([bytes.subarray(0, length)], { type: type || 'application/octet-stream' }), ending: endings[type] ?? 'bin' };
}

/** A DICOM file as the archive holds it (PS3.18 §10.4.1.1.3). */
export async function wholeObject(study: string, series: string, instance: string, signal: AbortSignal): Promise<Blob> {
  const response = await request(instanceUrl(study, series, instance), {
    headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
    signal,
  });
  const bytes = firstPart(response.headers.get('Content-Type') ?? '', new Uint8Array(await response.arrayBuffer()));
  return new Blob([new Uint8Array(bytes)], { type: 'application/dicom' });
}

/** Hands a file to the browser's downloads. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download has its own hold on the data once it began.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
