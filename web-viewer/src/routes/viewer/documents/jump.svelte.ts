/** From what an object refers to, to the image. */
import { instanceSeries } from '../../../api/qido-instance';
import type { Reference } from '../../../dicom/sr-tree';
import type { Pane } from '../../../state/pane.svelte';
import type { Reading } from '../../../state/reading.svelte';

export interface Jump {
  /** Whether the last one led to nothing that is open. */
  readonly missed: boolean;
  readonly go: (to: Reference) => void;
}

/** `seriesOf`: series by instance, as far as the object tells; others are asked of the archive. */
export function jumper(reading: Reading, pane: Pane, seriesOf: ReadonlyMap<string, string>): Jump {
  let missed = $state(false);
  const find = async ({ instance, frame }: Reference): Promise<void> => {
    const series = seriesOf.get(instance) ?? (await instanceSeries(pane.study, instance));
    missed = !(series && (await reading.showInstance(series, instance, frame, pane)));
  };
  return {
    get missed(): boolean {
      return missed;
    },
    go: (to) => {
      find(to).catch(() => (missed = true));
    },
  };
}
