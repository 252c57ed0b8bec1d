/** The zoom: a drag of one finger as of the mouse, or two fingers under which the image stays. */
import { getEnabledElement, type Types } from '@cornerstonejs/core';
import { ZoomTool } from '@cornerstonejs/tools';

type Event = Parameters<ZoomTool['_dragCallback']>[0];
interface Fingers {
  readonly currentPointsList?: readonly { readonly canvas: Types.Point2 }[];
  readonly lastPointsList?: readonly { readonly canvas: Types.Point2 }[];
}
type Props = NonNullable<ConstructorParameters<typeof ZoomTool>[0]>;

/** Fingers that are nearer to each other tell no ratio, screen pixels. */
const nearest = 8;

export class FingerZoom extends ZoomTool {
  constructor(props: Props = {}) {
    // The engine's own pinch zooms five times as fast as the fingers, and leaves one finger only the way to the side.
    super({ ...props, configuration: { ...props.configuration, pinchToZoom: false } });
    this.touchDragCallback = (event) => {
      const { currentPointsList: now = [], lastPointsList: before = [] } = event.detail as Fingers;
      if (now.length < 2) this._dragCallback(event);
      else if (now.length === before.length) this.#pinch(event, before.map(({ canvas }) => canvas), now.map(({ canvas }) => canvas));
    };
  }

  /** What lay between the fingers still does. */
  #pinch({ detail: { element } }: Event, before: readonly Types.Point2[], now: readonly Types.Point2[]): void {
    const viewport = getEnabledElement(element)?.viewport;
    const [from, to] = [apart(before), apart(now)];
    if (!viewport || from < nearest || to < nearest) return;
    const { parallelScale, focalPoint, position } = viewport.getCamera();
    if (parallelScale === undefined || !focalPoint || !position) return;
    const held = viewport.canvasToWorld(middle(before));
    viewport.setCamera({ parallelScale: (parallelScale * from) / to });
    const moved = viewport.canvasToWorld(middle(now));
    const shifted = (point: Types.Point3): Types.Point3 => [point[0] + held[0] - moved[0], point[1] + held[1] - moved[1], point[2] + held[2] - moved[2]];
    viewport.setCamera({ focalPoint: shifted(focalPoint), position: shifted(position) });
    viewport.render();
  }
}

function apart([a, b]: readonly Types.Point2[]): number {
  return a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
}

function middle([a = [0, 0], b = a]: readonly Types.Point2[]): Types.Point2 {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}
