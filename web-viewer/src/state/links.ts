/** Viewports that move together: to the same place in the patient, at the same scale, through the same window. */
import { distance, nearest } from '../dicom/geometry';
import { tag, text, type DataSet } from '../dicom/json';
import type { View } from '../engine/screen';
import type { Pane } from './pane.svelte';

/** What leads others, in this window or another: it is made of plain data. */
export interface Leader {
  /** Where its image lies. */
  readonly at: DataSet;
  /** Where the image lay that stood there when viewports were linked. */
  readonly from: DataSet | undefined;
  readonly modality: string;
  readonly view: Pick<View, 'camera' | 'window' | 'isSuv'>;
}

export class Links {
  /** What stood in each viewport when they were linked: studies of other times have no place in common but this. */
  readonly #anchors = new Map<Pane, DataSet>();
  #last: Leader['view'] | undefined;

  /** What stands now is held to be the same place. */
  anchor(panes: readonly Pane[]): void {
    this.#anchors.clear();
    for (const pane of panes) {
      const frame = pane.frames[pane.target];
      if (frame) this.#anchors.set(pane, frame.attributes);
    }
    this.#last = undefined;
  }

  /** A viewport as what leads; nothing, where no image stands in it. */
  leader(pane: Pane): Leader | undefined {
    const { view, frame, series } = pane;
    if (!view || !frame) return undefined;
    const { camera, window, isSuv } = view;
    return { at: geometry(frame.attributes), from: geometry(this.#anchors.get(pane)), modality: series?.modality ?? '', view: { camera, window, isSuv } };
  }

  /** `panes` follow `leader`. */
  lead({ at, from, modality, view }: Leader, panes: readonly Pane[]): void {
    const isMoved = !this.#last || !isSame(this.#last, view);
    this.#last = view;
    for (const pane of panes) {
      const index = nearest(pane.frames, at, this.#offset(at, from, pane));
      if (index !== undefined && index !== pane.target) pane.scrollTo(index);
      if (isMoved) pane.follow(view, pane.series?.modality === modality && pane.view?.isSuv === view.isSuv);
    }
  }

  /** Millimetres along the leader's normal between what is held to be the same place: none within one frame of reference (PS3.3 C.7.4.1). */
  #offset(at: DataSet, from: DataSet | undefined, follower: Pane): number {
    const to = this.#anchors.get(follower);
    if (!from || !to) return 0;
    const reference = text(at, tag.FrameOfReferenceUID);
    if (reference !== '' && reference === text(to, tag.FrameOfReferenceUID)) return 0;
    return distance(from, to) ?? 0;
  }
}

/** Of the attributes of an image those that tell where it lies; an image has many. */
function geometry(attributes: DataSet): DataSet;
function geometry(attributes: DataSet | undefined): DataSet | undefined;
function geometry(attributes: DataSet | undefined): DataSet | undefined {
  if (!attributes) return undefined;
  const places = [tag.ImagePositionPatient, tag.ImageOrientationPatient, tag.FrameOfReferenceUID].map((name) => [name, attributes[name]] as const);
  return Object.fromEntries(places.flatMap(([name, element]) => (element ? [[name, element]] : [])));
}

/** Whether nothing but the image differs. */
function isSame(a: Leader['view'], b: Leader['view']): boolean {
  return (
    a.camera.scale === b.camera.scale && a.camera.pan[0] === b.camera.pan[0] && a.camera.pan[1] === b.camera.pan[1] &&
    a.window?.center === b.window?.center && a.window?.width === b.window?.width
  );
}
