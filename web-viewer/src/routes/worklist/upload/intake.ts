/** From what was dropped to the files that can be sent: folders walked, zip archives unpacked, each file looked at. */
import { fileHead, headLength, mediaDirectory } from '../../../dicom/part10';
import type { Dropped } from './dropped';
import type { Reason } from './reasons';
import { unzip } from './unzip';

export interface Source {
  readonly path: string;
  /** Nothing where the browser cannot read it. */
  readonly file: File | undefined;
}

/** A file to be sent, or one that is not. `weight` is its part of the bytes that were chosen. */
export type Found = Sendable | Skipped;

export interface Skipped {
  readonly path: string;
  readonly weight: number;
  readonly problem: Reason;
}

export interface Sendable {
  readonly path: string;
  readonly weight: number;
  readonly content: Blob;
  readonly sop: string;
}

/** All files, those in folders too. */
export async function* sources({ entries, files }: Dropped): AsyncGenerator<Source> {
  for (const file of files) yield { path: file.webkitRelativePath || file.name, file };
  for (const entry of entries) yield* walk(entry);
}

async function* walk(entry: FileSystemEntry): AsyncGenerator<Source> {
  const path = entry.fullPath.replace(/^\//, '');
  try {
    if (entry.isFile) {
      yield { path, file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)) };
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // A folder is read some hundred names at a time.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const inner of some) yield* walk(inner);
    }
  } catch {
    yield { path, file: undefined };
  }
}

/** Looks at one chosen file; a zip archive gives each of its files. */
export async function* looked({ path, file }: Source): AsyncGenerator<Found> {
  if (!file) return yield { path, weight: 0, problem: 'unread' };
  const head = await headOf(file);
  if (!head) return yield { path, weight: file.size, problem: 'unread' };
  if (!isZip(head)) return yield found(path, file.size, file, head);
  let given = 0;
  try {
    for await (const entry of unzip(file)) {
      given += entry.weight;
      const inner = `${path}/${entry.path}`;
      const innerHead = entry.content && (await headOf(entry.content));
      yield entry.content && innerHead ? found(inner, entry.weight, entry.content, innerHead) : { path: inner, weight: entry.weight, problem: 'zip' };
    }
  } catch {
    yield { path, weight: file.size - given, problem: 'zip' };
  }
}

async function headOf(content: Blob): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await content.slice(0, headLength).arrayBuffer());
  } catch {
    return undefined;
  }
}

/** Local file header of the first entry. */
function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4 && !fileHead(head);
}

function found(path: string, weight: number, content: Blob, head: Uint8Array): Found {
  const read = fileHead(head);
  if (!read) return { path, weight, problem: 'notDicom' };
  return read.sopClass === mediaDirectory ? { path, weight, problem: 'directory' } : { path, weight, content, sop: read.sop };
}
