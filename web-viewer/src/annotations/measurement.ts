/** A measurement free of the engine: points on one image in the coordinates of SCOORD (PS3.3 C.18.6.1.2), values with UCUM units. */
import type { measuring } from '../keys/tools';

/** Every measuring tool leaves a measurement but the eraser. */
export type Kind = Exclude<(typeof measuring)[number], 'eraser'>;

/** Column and row; 0, 0 is the upper left corner of the upper left pixel, whose middle is 0.5, 0.5. */
export type Point = readonly [number, number];

export type Quantity = 'length' | 'long' | 'short' | 'angle' | 'area' | 'perimeter' | 'radius' | 'mean' | 'stdDev' | 'min' | 'max' | 'intensity';

export interface Value {
  readonly quantity: Quantity;
  readonly value: number;
  /** UCUM code. */
  readonly unit: string;
  /** What an SUV was before it was one. */
  readonly raw?: { readonly value: number; readonly unit: string };
  /** Whether its millimetres are those of a calibration by the user. */
  readonly isCalibrated?: true;
}

/** The frame that was measured on. */
export interface ImageReference {
  readonly study: string;
  readonly series: string;
  readonly sopClass: string;
  readonly instance: string;
  /** 1-based. */
  readonly frame: number;
}

export interface Measurement {
  /** Tracking Unique Identifier: stays the same from one report to the next. */
  readonly uid: string;
  readonly kind: Kind;
  readonly image: ImageReference;
  readonly points: readonly Point[];
  /** The name a reader gave it, or the text of an arrow or a text. */
  readonly label: string;
  readonly values: readonly Value[];
}

/** Names that Cornerstone3D and OHIF know the tools by; they stand in the tracking identifier. */
export const toolNames: Readonly<Record<Kind, string>> = {
  length: 'Length', bidirectional: 'Bidirectional', angle: 'Angle', cobb: 'CobbAngle', ellipse: 'EllipticalROI', rectangle: 'RectangleROI',
  circle: 'CircleROI', freehand: 'PlanarFreehandROI', probe: 'Probe', arrow: 'ArrowAnnotate', label: 'ArrowAnnotate',
};

export interface Graphic {
  readonly type: string;
  readonly points: readonly Point[];
}

/** What is drawn for each value of a measurement: one graphic, but one an axis for the bidirectional one. */
export function graphicOf({ kind, points }: Measurement, quantity: Quantity | undefined): Graphic {
  const at = (index: number): Point => points[index] ?? [0, 0];
  switch (kind) {
    case 'probe':
    case 'label': return { type: 'POINT', points: points.slice(0, 1) };
    case 'circle': return { type: 'CIRCLE', points };
    case 'ellipse': return { type: 'ELLIPSE', points };
    case 'angle': return { type: 'POLYLINE', points: [at(0), at(1), at(1), at(2)] };
    case 'rectangle': return { type: 'POLYLINE', points: [at(0), at(1), at(3), at(2), at(0)] };
    case 'bidirectional': return { type: 'POLYLINE', points: quantity === 'short' ? points.slice(2, 4) : points.slice(0, 2) };
    default: return { type: 'POLYLINE', points };
  }
}

/** The points of a measurement from what was drawn; none where the graphic is not of that kind. */
export function pointsOf(kind: Kind, { type, points }: Graphic, short: Graphic | undefined): readonly Point[] | undefined {
  const [a, b, c, d] = points;
  const line = type === 'POLYLINE';
  switch (kind) {
    case 'length': return line && points.length === 2 ? points : undefined;
    case 'arrow': return line && points.length === 2 ? points : undefined;
    case 'probe':
    case 'label': return type === 'POINT' && a ? [a] : undefined;
    case 'circle': return type === 'CIRCLE' && points.length === 2 ? points : undefined;
    case 'ellipse': return type === 'ELLIPSE' && points.length === 4 ? points : undefined;
    case 'angle': return line && a && b && d ? [a, b, d] : undefined;
    case 'cobb': return line && points.length === 4 ? points : undefined;
    case 'rectangle': return line && a && b && c && d ? [a, b, d, c] : undefined;
    case 'bidirectional': return line && short && points.length === 2 && short.points.length === 2 ? [...points, ...short.points] : undefined;
    case 'freehand': return line && points.length > 2 ? points : undefined;
  }
}

/** The kind that a tracking identifier names, or else the graphic suggests. */
export function kindOf(identifier: string, { type, points }: Graphic): Kind | undefined {
  const name = identifier.split(':')[1] ?? '';
  const found = (Object.keys(toolNames) as Kind[]).find((kind) => toolNames[kind] === name);
  if (found === 'arrow') return type === 'POINT' ? 'label' : 'arrow';
  if (found || name !== '') return found;
  if (type === 'POINT') return 'probe';
  if (type === 'CIRCLE') return 'circle';
  if (type === 'ELLIPSE') return 'ellipse';
  if (type !== 'POLYLINE') return undefined;
  return points.length === 2 ? 'length' : 'freehand';
}

/** Pixels; more than the 32-bit floats of a report take away, less than a hand can move. */
const tolerance = 0.01;

/** Whether two lists hold the same drawings under the same names; the values follow from them, and from what the user said of the image. */
export function areSame(one: readonly Measurement[], other: readonly Measurement[]): boolean {
  const byUid = new Map(other.map((measurement) => [measurement.uid, measurement]));
  return one.length === byUid.size && one.every((measurement) => {
    const found = byUid.get(measurement.uid);
    return found?.label === measurement.label && calibrates(found) === calibrates(measurement) && found.points.length === measurement.points.length && measurement.points.every((point) => found.points.some((its) => near(point, its)));
  });
}

/** The millimetres that a calibration by the user gives, as far as a report keeps them. */
function calibrates({ values }: Measurement): string {
  return values.flatMap(({ isCalibrated, value }) => (isCalibrated ? value.toPrecision(4) : [])).join();
}

function near(a: Point, b: Point): boolean {
  return Math.abs(a[0] - b[0]) < tolerance && Math.abs(a[1] - b[1]) < tolerance;
}
