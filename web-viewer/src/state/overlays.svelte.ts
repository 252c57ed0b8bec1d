/** What lies over the images of all viewports: PET, segments, and where the active one cuts through the others. */
import { referenceLine } from '../dicom/reference-line';
import type { Drawing, Painter } from '../engine/screen';
import type { Fusion } from './fusion.svelte';
import type { Pane } from './pane.svelte';
import type { Reading } from './reading.svelte';

const lineColour = '#ffd24a';

export class Overlays {
  readonly #reading: Reading;
  /** Whether reference lines are drawn. */
  lines = $state(false);
  /** PET over other images, from when it was first asked for. */
  fusion = $state.raw<Fusion | undefined>(undefined);

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Draws over the images of a viewport what is to be seen now, lines above `segments` above PET. */
  painter(pane: Pane, segments: Painter | undefined): Painter | undefined {
    const painters = [this.fusion?.painter, segments, this.#linePainter(pane)].filter((one) => one !== undefined);
    if (painters.length < 2) return painters[0];
    return (image) => merged(painters.flatMap((paint) => paint(image) ?? []));
  }

  /** Lays the first PET series over the others; or takes it off. */
  async fuse(): Promise<void> {
    if (this.fusion) return this.close();
    const { Fusion, petSeries } = await import('./fusion.svelte');
    const fusion = new Fusion(this.#reading.screen);
    this.fusion = fusion;
    const [first] = petSeries(this.#reading.opened);
    if (first) await fusion.choose(first);
  }

  close(): void {
    this.fusion?.close();
    this.fusion = undefined;
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
