/** What a list becomes when some of its studies have changed, and which rows of it are in sight. */
import type { Study } from '../dicom/study';
import { before } from './worklist-pages';

export interface Patched {
  readonly studies: Study[];
  /** UIDs that were not there before. */
  readonly added: readonly string[];
}

/**
 * `list` after `changed` studies were looked up again and `found` is what the filter still matches of them. Where
 * the list goes on behind its end, a study from there waits for its page.
 */
export function patched(list: readonly Study[], changed: readonly string[], found: readonly Study[], more: boolean): Patched {
  const known = new Set(list.map(({ uid }) => uid));
  const gone = new Set(changed);
  const studies = list.filter(({ uid }) => !gone.has(uid));
  const end = more ? list.at(-1) : undefined;
  const added: string[] = [];
  for (const study of found) {
    if (!known.has(study.uid)) {
      if (end && before(study, end) > 0) continue;
      added.push(study.uid);
    }
    studies.splice(placeOf(studies, study), 0, study);
  }
  return { studies, added };
}

function placeOf(list: readonly Study[], study: Study): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = list[middle];
    if (there && before(there, study) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows drawn above and below those in sight. */
const spare = 8;

/** First row drawn, and the one behind the last; pixels. */
export function drawn(count: number, rowHeight: number, scrolled: number, height: number): readonly [from: number, to: number] {
  const from = Math.floor(Math.max(0, scrolled) / rowHeight) - spare;
  const to = Math.ceil((Math.max(0, scrolled) + height) / rowHeight) + spare;
  return [Math.max(0, Math.min(from, count)), Math.min(count, to)];
}

/** Where to scroll so that a row is in sight, pixels; where it is already, as it is. */
export function scrolledTo(row: number, rowHeight: number, scrolled: number, height: number): number {
  const top = row * rowHeight;
  if (top < scrolled) return top;
  return top + rowHeight > scrolled + height ? top + rowHeight - height : scrolled;
}
