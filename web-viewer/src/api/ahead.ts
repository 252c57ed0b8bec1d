/** The study that the page's own address names is asked for before the page is there to show it. */
import { openStudy, type Opened } from './bootstrap';

let asked: { readonly key: string; readonly answer: Promise<Opened> } | undefined;

const key = (uid: string, wanted: string | undefined): string => `${uid} ${wanted ?? ''}`;

export function askAhead(uid: string, wanted: string | undefined): void {
  const answer = openStudy(uid, wanted, new AbortController().signal);
  // Whoever opens the study asks again, and reports it: there may be a door to go through first.
  answer.catch(() => undefined);
  asked = { key: key(uid, wanted), answer };
}

/** What was asked for ahead, once; otherwise it is asked for now. */
export async function studyAskedFor(uid: string, wanted: string | undefined, signal: AbortSignal): Promise<Opened> {
  const early = asked?.key === key(uid, wanted) ? asked.answer : undefined;
  asked = undefined;
  if (early) {
    try {
      return await early;
    } catch {
      signal.throwIfAborted();
    }
  }
  return openStudy(uid, wanted, signal);
}
