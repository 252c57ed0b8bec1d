/** Which file of a request each part of its answer is about. */
import type { StoreAnswer } from '../../../api/stow';

/** Stored, or the code of the refusal; nothing where the answer does not tell. */
export type Outcome = 'stored' | number | undefined;

/**
 * The outcome of each file, in order. Files are known by their SOP Instance UIDs; a refusal that names none, or one
 * that no file has, is of a file that nothing else was said about, in the order of both.
 */
export function outcomes(sops: readonly string[], { stored, refused }: StoreAnswer): Outcome[] {
  const taken = counts(stored);
  const left = [...refused];
  const found = sops.map((sop): Outcome => {
    if (take(taken, sop)) return 'stored';
    const at = sop === '' ? -1 : left.findIndex((refusal) => refusal.sop === sop);
    return at < 0 ? undefined : left.splice(at, 1)[0]?.code;
  });
  let unnamed = [...taken.values()].reduce((sum, count) => sum + count, 0);
  return found.map((outcome) => {
    if (outcome !== undefined) return outcome;
    if (left.length > 0) return left.shift()?.code;
    unnamed -= 1;
    return unnamed >= 0 ? 'stored' : undefined;
  });
}

function counts(uids: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const uid of uids) found.set(uid, (found.get(uid) ?? 0) + 1);
  return found;
}

function take(from: Map<string, number>, uid: string): boolean {
  const count = from.get(uid) ?? 0;
  if (count > 0) from.set(uid, count - 1);
  return count > 0;
}
