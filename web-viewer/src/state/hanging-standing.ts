/** What stands in the viewports, in the words of a hanging protocol. */
import { presets } from '../dicom/windows';
import { derived } from '../hanging/derive';
import { windowNames, type NamedWindow, type Viewport } from '../hanging/protocol';
import { shots } from '../hanging/shots';
import type { Pane } from './pane.svelte';
import type { Reading } from './reading.svelte';

/** One for each viewport; an empty one asks for nothing that exists twice. */
export function standing(reading: Reading): Viewport[] {
  return reading.panes.map((pane) => {
    const { series } = pane;
    if (!series) return { series: [{}] };
    const at = reading.opened.findIndex(({ study }) => study.uid === pane.study);
    const frame = pane.frames[pane.target];
    return derived({
      study: Math.max(0, at),
      series,
      shot: frame && shots([frame], series)[0],
      stance: pane.stance,
      isLinked: reading.linked && (pane.group !== '' || reading.panes.every(({ group }) => group === '')),
      isPlaying: pane.playing,
      window: named(pane),
    });
  });
}

function named(pane: Pane): NamedWindow | undefined {
  const { view, series } = pane;
  const found = presets(series?.modality ?? '', {}, undefined).find(({ window }) => window.center === view?.window?.center && window.width === view.window.width);
  return windowNames.find((name) => name === found?.name);
}
