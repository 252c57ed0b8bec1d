/** STOW-RS (PS3.18 §10.5): sending files, with how far it is. */
import { items, number, tag, text, type DataSet } from '../dicom/json';
import { ApiError, failureOf } from './http';
import { dicomWeb } from './qido';

export interface Refusal {
  /** SOP Instance UID, as far as the server saw it. */
  readonly sop: string;
  /** Failure Reason (0008,1197). */
  readonly code: number;
}

export interface StoreAnswer {
  /** SOP Instance UIDs. */
  readonly stored: readonly string[];
  readonly refused: readonly Refusal[];
}

/** Stores Part 10 files in one request. `sent` is told the part that has left, 0 … 1. An `ApiError` where none was looked at. */
export function store(files: readonly Blob[], sent: (part: number) => void, signal: AbortSignal): Promise<StoreAnswer> {
  const boundary = `yingyun-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  const head = `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
  const body = new Blob([...files.flatMap((file) => [head, file, '\r\n']), `--${boundary}--\r\n`]);
  return new Promise((resolve, reject) => {
    // fetch does not tell how far a body has gone.
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    request.open('POST', `${dicomWeb}/studies`);
    request.setRequestHeader('Content-Type', `multipart/related; type="application/dicom"; boundary=${boundary}`);
    request.setRequestHeader('Accept', 'application/dicom+json');
    request.upload.onprogress = ({ loaded, total }) => sent(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const answer = answerOf(request.responseText);
      if (answer) resolve(answer);
      else reject(new ApiError(failureOf(request.status), request.status, request.statusText, Number(request.getResponseHeader('Retry-After') ?? NaN) || undefined));
    };
    request.onerror = () => reject(new ApiError('offline', 0, 'the server did not answer'));
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    request.onloadend = () => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) request.onabort(new ProgressEvent('abort'));
    else request.send(body);
  });
}

/** What an answer says of each object; nothing where it is no answer of a store (PS3.18 Table I.1-1). */
export function answerOf(body: string): StoreAnswer | undefined {
  let set: DataSet;
  try {
    set = JSON.parse(body) as DataSet;
  } catch {
    return undefined;
  }
  const named = [tag.FailedSOPSequence, tag.ReferencedSOPSequence, tag.OtherFailuresSequence];
  if (!named.some((key) => set[key])) return undefined;
  const refused = [...items(set, tag.FailedSOPSequence), ...items(set, tag.OtherFailuresSequence)];
  return {
    stored: items(set, tag.ReferencedSOPSequence).map((item) => text(item, tag.ReferencedSOPInstanceUID)),
    refused: refused.map((item) => ({ sop: text(item, tag.ReferencedSOPInstanceUID), code: number(item, tag.FailureReason) ?? 0 })),
  };
}
