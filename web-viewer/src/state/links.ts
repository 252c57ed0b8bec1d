/** Viewports that move together: to the same place in the patient, at the same scale, through the same window. */
import type { Frame } from '../dicom/frames';
import { distance, nearest } from '../dicom/geometry';
import { tag, text } from '../dicom/json';
import type { View } from '../engine/screen';
import type { Pane } from './pane.svelte';

export class Links {
  /** What stood in each viewport when they were linked: studies of other times have no place in common but this. */
  readonly #anchors = new Map<Pane, Frame>();
  #last: View | undefined;

  /** What stands now is held to be the same place. */
  anchor(panes: readonly Pane[]): void {
    this.#anchors.clear();
    for (const pane of panes) {
      const frame = pane.frames[pane.target];
      if (frame) this.#anchors.set(pane, frame);
    }
    this.#last = undefined;
  }

  /** The others follow `leader`. */
  lead(leader: Pane, panes: readonly Pane[]): void {
    const { view, frame } = leader;
    if (!view || !frame) return;
    const isMoved = !this.#last || !isSame(this.#last, view);
    this.#last = view;
    for (const pane of panes) {
      if (pane === leader) continue;
      const index = nearest(pane.frames, frame.attributes, this.#offset(leader, pane, frame));
      if (index !== undefined && index !== pane.target) pane.scrollTo(index);
      if (isMoved) pane.follow(view, pane.series?.modality === leader.series?.modality && pane.view?.isSuv === view.isSuv);
    }
  }

  /** Millimetres along the leader's normal between what is held to be the same place: none within one frame of reference (PS3.3 C.7.4.1). */
  #offset(leader: Pane, follower: Pane, frame: Frame): number {
    const [from, to] = [this.#anchors.get(leader), this.#anchors.get(follower)];
    if (!from || !to) return 0;
    const reference = text(frame.attributes, tag.FrameOfReferenceUID);
    if (reference !== '' && reference === text(to.attributes, tag.FrameOfReferenceUID)) return 0;
    return distance(from.attributes, to.attributes) ?? 0;
  }
}

/** Whether nothing but the image differs. */
function isSame(a: View, b: View): boolean {
  return (
    a.camera.scale === b.camera.scale && a.camera.pan[0] === b.camera.pan[0] && a.camera.pan[1] === b.camera.pan[1] &&
    a.window?.center === b.window?.center && a.window?.width === b.window?.width
  );
}
