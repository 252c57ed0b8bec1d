/** What lies over the images of all viewports: segments, and where the active one cuts through the others. */
import { referenceLine } from '../dicom/reference-line';
import type { Drawing, Painter } from '../engine/screen';
import type { Pane } from './pane.svelte';
import type { Reading } from './reading.svelte';

const lineColour = '#ffd24a';

export class Overlays {
  readonly #reading: Reading;
  /** Whether reference lines are drawn. */
  lines = $state(false);

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Draws over the images of a viewport what is to be seen now; `segments` below the rest. */
  painter(pane: Pane, segments: Painter | undefined): Painter | undefined {
    const painters = [segments, this.#linePainter(pane)].filter((one) => one !== undefined);
    if (painters.length < 2) return painters[0];
    return (image) => merged(painters.flatMap((paint) => paint(image) ?? []));
  }

  #linePainter(pane: Pane): Painter | undefined {
    const { active } = this.#reading;
    const cut = this.lines && pane !== active && active.ready ? active.frame?.attributes : undefined;
    if (!cut) return undefined;
    return ({ attributes }) => {
      const points = referenceLine(cut, attributes);
      return points && { pictures: [], outlines: [{ points, isClosed: false, colour: lineColour }] };
    };
  }
}

function merged(drawings: readonly Drawing[]): Drawing | undefined {
  if (drawings.length === 0) return undefined;
  return { pictures: drawings.flatMap(({ pictures }) => pictures), outlines: drawings.flatMap(({ outlines }) => outlines) };
}
