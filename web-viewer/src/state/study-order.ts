/** The studies of the list in the order in which they stood when one was opened: the way to the next one. UIDs alone, as long as the tab. */

const key = 'yingyun.order';

/** Studies kept on each side of the one that is opened. */
const each = 1000;

export interface Neighbours {
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** Place in the list, from 1, and how many are in it. */
  readonly at: number;
  readonly of: number;
}

/** Keeps the order of the list round the study that is opened. */
export function rememberOrder(uids: readonly string[], opened: string): void {
  const at = uids.indexOf(opened);
  const from = Math.max(0, at - each);
  try {
    sessionStorage.setItem(key, JSON.stringify(uids.slice(from, at + each + 1)));
  } catch {
    // A browser that keeps nothing leads to no next study.
  }
}

/** What stands before and after a study; nothing where it came by another way than the list. */
export function neighbours(uid: string): Neighbours | undefined {
  const uids = order();
  const at = uids.indexOf(uid);
  if (at < 0) return undefined;
  return { previous: uids[at - 1], next: uids[at + 1], at: at + 1, of: uids.length };
}

export function forgetOrder(): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

function order(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((uid) => typeof uid === 'string') : [];
  } catch {
    return [];
  }
}
