/** What lies over the planes of a volume: pictures of the part of each plane that is on the screen. */
import type { Types } from '@cornerstonejs/core';
import { planes, type Plane, type Slab } from '../keys/volume';
import { Overlay, type Picture } from './overlay';

export type PlanePlace = NonNullable<Picture['place']>;

/** What lies over a part of a plane, or of the slab about it. */
export type PlanePainter = (place: PlanePlace, slab: Slab) => Picture;

export class PlaneOverlays {
  readonly #elements: Readonly<Record<Plane, HTMLElement>>;
  readonly #overlays: Readonly<Record<Plane, Overlay>>;
  painter: PlanePainter | undefined;

  constructor(elements: Readonly<Record<Plane, HTMLElement>>) {
    this.#elements = elements;
    this.#overlays = { axial: new Overlay(elements.axial), coronal: new Overlay(elements.coronal), sagittal: new Overlay(elements.sagittal) };
  }

  /** Draws over a plane as it now stands. */
  draw(plane: Plane, viewport: Types.IVolumeViewport, slab: Slab): void {
    const { painter } = this;
    const { clientWidth: width, clientHeight: height } = this.#elements[plane];
    if (!painter || width === 0 || height === 0) return this.#overlays[plane].clear();
    const corner = viewport.canvasToWorld([0, 0]);
    const to = (end: Types.Point2): PlanePlace['corner'] => {
      const [x, y, z] = viewport.canvasToWorld(end);
      return [x - corner[0], y - corner[1], z - corner[2]];
    };
    const place = { corner, across: to([width, 0]), down: to([0, height]) };
    this.#overlays[plane].draw(viewport, { pictures: [painter(place, slab)], outlines: [] });
  }

  close(): void {
    this.painter = undefined;
    for (const plane of planes) this.#overlays[plane].clear();
  }
}
