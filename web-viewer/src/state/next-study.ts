/** The next study of the list, ahead of its being opened: its first image, and what the browser keeps of its list of series. */
import { openStudy } from '../api/bootstrap';
import { framesInOrder } from '../dicom/frames';
import { imageOf } from './opened';
import type { Reading } from './reading.svelte';

/** Address of the frame that is in memory. */
let there: string | undefined;

/** Nothing is ahead any more. */
export function forgetNext(): void {
  there = undefined;
}

/** Whether a frame is in memory ahead of its being shown; told once. */
export function isThere(url: string): boolean {
  if (url !== there) return false;
  there = undefined;
  return true;
}

/** Asks for nothing where the line is to be spared; what fails is asked for again by whoever opens the study. */
export async function fetchNext(uid: string, { screen, signal }: Pick<Reading, 'screen' | 'signal'>): Promise<void> {
  if (sparesData()) return;
  try {
    const { first, metadata } = await openStudy(uid, undefined, signal);
    const [frame] = framesInOrder(metadata ?? []);
    const engine = await screen;
    if (!first || !frame || signal.aborted) return;
    forgetNext();
    const image = imageOf(uid, first.uid, frame);
    if (await engine.ahead(image)) there = image.url;
  } catch {
    // Nobody asked for it yet.
  }
}

/** Network Information API, where the browser has it. */
function sparesData(): boolean {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
