/** Files of a zip archive, one after the other as they are read: never all of them in memory. */

export interface Entry {
  readonly path: string;
  /** Nothing where it cannot be unpacked. */
  readonly content: Blob | undefined;
  /** Bytes of the archive that were read since the entry before. */
  readonly weight: number;
}

/** Unpacked bytes that become one piece that the browser may put on disk. */
const piece = 8 << 20;

/** Ends early, with an error, where the archive cannot be read on. */
export async function* unzip(archive: Blob): AsyncGenerator<Entry> {
  const { Unzip, UnzipInflate } = await import('fflate');
  const ready: { path: string; content: Blob | undefined }[] = [];
  const open = new Set<string>();
  const unpacking = new Unzip((file) => {
    if (file.name.endsWith('/')) return;
    const path = entryName(file.name);
    const pieces: Blob[] = [];
    let chunks: Uint8Array<ArrayBuffer>[] = [];
    let held = 0;
    open.add(path);
    file.ondata = (error, chunk, isLast) => {
      if (!open.has(path)) return;
      if (error) {
        open.delete(path);
        ready.push({ path, content: undefined });
        return;
      }
      chunks.push(new Uint8Array(chunk));
      held += chunk.length;
      if (held >= piece || isLast) {
        pieces.push(new Blob(chunks));
        chunks = [];
        held = 0;
      }
      if (isLast) {
        open.delete(path);
        ready.push({ path, content: new Blob(pieces) });
      }
    };
    file.start();
  });
  unpacking.register(UnzipInflate);
  let weight = 0;
  const reader = archive.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      weight += value?.length ?? 0;
      unpacking.push(value ?? new Uint8Array(0), done);
      for (const entry of ready.splice(0)) {
        yield { ...entry, weight };
        weight = 0;
      }
      if (done) break;
    }
  } finally {
    void reader.cancel();
  }
  if (open.size > 0) throw new Error('the archive ends early');
}

/** Without the mark for UTF-8, names come a byte a character: of Chinese systems they are GB18030. */
function entryName(name: string): string {
  if (!/[\u0080-\u00ff]/.test(name) || /[^\0-\u00ff]/.test(name)) return name;
  return new TextDecoder('gb18030').decode(Uint8Array.from(name, (letter) => letter.charCodeAt(0)));
}
