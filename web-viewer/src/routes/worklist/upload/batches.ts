/** Files in groups that one request sends. */
import type { Sendable } from './intake';

/** What a request holds at most; a longer file goes alone. */
export const batch = { bytes: 32 << 20, files: 100 };

/** The next group is made when it is asked for: what has not been asked for is not read. */
export async function* batches(files: AsyncIterable<Sendable>, most = batch): AsyncGenerator<Sendable[]> {
  let group: Sendable[] = [];
  let bytes = 0;
  for await (const file of files) {
    if (group.length > 0 && (bytes + file.content.size > most.bytes || group.length === most.files)) {
      yield group;
      [group, bytes] = [[], 0];
    }
    group.push(file);
    bytes += file.content.size;
  }
  if (group.length > 0) yield group;
}
