/** Between the engine's annotations, which lie in the patient, and measurements on an image. */
import { metaData, type Types } from '@cornerstonejs/core';
import { wadors } from '@cornerstonejs/dicom-image-loader';
import type { Types as Tools } from '@cornerstonejs/tools';
import type { ImageReference, Kind, Measurement, Point, Quantity, Value } from '../annotations/measurement';
import { tag, text, type DataSet } from '../dicom/json';
import { suvFactor } from './images';
import { toolClass, toolNamed } from './tools';

type Stats = Readonly<Record<string, unknown>>;
interface Data {
  label?: string;
  text?: string;
  handles?: { points?: Types.Point3[] };
  contour?: { polyline?: Types.Point3[]; closed?: boolean };
  cachedStats?: Record<string, Stats>;
}

/** `2.25.` and the number of a UUID (PS3.5 B.2); what is a UID stays as it is. */
export function trackingUid(annotation: string): string {
  return /^[\d.]+$/.test(annotation) ? annotation : `2.25.${BigInt(`0x${annotation.replaceAll('-', '')}`)}`;
}

/** The frame behind an image id. */
export function imageOf(id: string): ImageReference | undefined {
  const [, study = '', series = '', instance = '', frame = ''] = /\/studies\/([^/]+)\/series\/([^/]+)\/instances\/([^/]+)\/frames\/(\d+)/.exec(id) ?? [];
  if (instance === '') return undefined;
  const attributes = (wadors.metaDataManager.get(id) ?? {}) as unknown as DataSet;
  return { study, series, sopClass: text(attributes, tag.SOPClassUID), instance, frame: Number(frame) };
}

/** Nothing for what is still being drawn, or is no measurement of ours. */
export function measurementOf(annotation: Tools.Annotation): Measurement | undefined {
  const kind = toolNamed(annotation.metadata?.toolName ?? '');
  const id = annotation.metadata?.referencedImageId ?? '';
  const image = imageOf(id);
  if (!image || !kind || !isKind(kind)) return undefined;
  const data = annotation.data as Data;
  const plane = planeOf(id);
  const points = ordered(kind, worldPoints(kind, data).map((world) => onImage(plane, world)));
  if (points.length === 0 || points.some(([x, y]) => !Number.isFinite(x + y))) return undefined;
  const values = valuesOf(kind, data.cachedStats?.[`imageId:${id}`] ?? {}).map((value) => withRaw(value, id));
  return { uid: trackingUid(annotation.annotationUID ?? ''), kind, image, points, label: (kind === 'arrow' ? data.label ?? data.text : data.label) ?? '', values };
}

/** Draws a measurement on the image that the engine knows by `id`. */
export function annotationOf(measurement: Measurement, id: string): Tools.Annotation {
  const { kind, uid, label, points: image } = measurement;
  const plane = planeOf(id);
  const points = handles(kind, image).map((point) => inPatient(plane, point));
  const [a, b] = [plane.rowCosines, plane.columnCosines];
  const closed = kind === 'freehand' && same(image[0], image.at(-1));
  const viewPlaneNormal: Types.Point3 = [a[2] * b[1] - a[1] * b[2], a[0] * b[2] - a[2] * b[0], a[1] * b[0] - a[0] * b[1]];
  const stats = statsOf(measurement);
  return {
    annotationUID: uid,
    highlighted: false,
    isLocked: false,
    isVisible: true,
    invalidated: false,
    metadata: { toolName: toolClass(kind).toolName, referencedImageId: id, FrameOfReferenceUID: plane.frameOfReferenceUID ?? '', viewPlaneNormal, viewUp: [-b[0], -b[1], -b[2]] },
    data: {
      label,
      text: label,
      frameNumber: measurement.image.frame,
      handles: { points: kind === 'freehand' ? (closed ? [] : [points[0], points.at(-1)]) : points, activeHandleIndex: null, arrowFirst: true, textBox: { hasMoved: false } },
      ...(kind === 'freehand' ? { contour: { polyline: closed ? points.slice(0, -1) : points, closed }, isOpenUShapeContour: false } : {}),
      cachedStats: stats ? { [`imageId:${id}`]: stats } : {},
    },
  } as unknown as Tools.Annotation;
}

/** Where the image lies, as the loader tells it: where the image itself does not, in a plane of its own. */
interface Plane {
  readonly frameOfReferenceUID?: string;
  readonly imagePositionPatient: ArrayLike<number>;
  readonly rowCosines: Types.Point3;
  readonly columnCosines: Types.Point3;
  readonly rowPixelSpacing: number;
  readonly columnPixelSpacing: number;
}

function planeOf(id: string): Plane {
  return metaData.get('imagePlaneModule', id) as Plane;
}

/** PS3.3 C.7.6.2.1.1, from the corner of the first pixel. The engine's own function takes the two spacings for each other. */
function onImage({ imagePositionPatient: origin, rowCosines: row, columnCosines: column, rowPixelSpacing, columnPixelSpacing }: Plane, world: Types.Point3): Point {
  const along = (axis: Types.Point3): number => axis.reduce((sum, cosine, at) => sum + cosine * ((world[at] ?? 0) - (origin[at] ?? 0)), 0);
  return [along(row) / columnPixelSpacing + 0.5, along(column) / rowPixelSpacing + 0.5];
}

function inPatient({ imagePositionPatient: origin, rowCosines: row, columnCosines: column, rowPixelSpacing, columnPixelSpacing }: Plane, [x, y]: Point): Types.Point3 {
  const at = (axis: 0 | 1 | 2): number => (origin[axis] ?? 0) + row[axis] * columnPixelSpacing * (x - 0.5) + column[axis] * rowPixelSpacing * (y - 0.5);
  return [at(0), at(1), at(2)];
}

function isKind(tool: string): tool is Kind {
  return tool in statNames;
}

function worldPoints(kind: Kind, { handles, contour }: Data): Types.Point3[] {
  if (kind !== 'freehand') return (handles?.points ?? []).slice(0, counts[kind]);
  const polyline = contour?.polyline ?? [];
  return contour?.closed && polyline[0] ? [...polyline, polyline[0]] : polyline;
}

/** Points a finished measurement has. */
const counts: Readonly<Partial<Record<Kind, number>>> = { length: 2, bidirectional: 4, angle: 3, cobb: 4, ellipse: 4, rectangle: 4, circle: 2, probe: 1, arrow: 2, label: 1 };

/** The longer axis first, as SR wants it of ellipses (PS3.3 C.18.6.1.2) and of axes. */
function ordered(kind: Kind, points: readonly Point[]): readonly Point[] {
  const wanted = counts[kind];
  if (wanted !== undefined && points.length < wanted) return [];
  const [a, b, c, d] = points;
  if ((kind !== 'ellipse' && kind !== 'bidirectional') || !a || !b || !c || !d) return points;
  return across(c, d) > across(a, b) ? [c, d, a, b] : points;
}

/** The engine's ellipse begins with the axis that stands more upright. */
function handles(kind: Kind, points: readonly Point[]): readonly Point[] {
  const [a, b, c, d] = points;
  if (kind !== 'ellipse' || !a || !b || !c || !d) return points;
  return Math.abs(a[1] - b[1]) > Math.abs(a[0] - b[0]) ? points : [c, d, a, b];
}

function across(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function same(a: Point | undefined, b: Point | undefined): boolean {
  return a !== undefined && b !== undefined && across(a, b) < 1e-3;
}

const region = { area: 'area', mean: 'mean', stdDev: 'stdDev', min: 'min', max: 'max', perimeter: 'perimeter', radius: 'radius' } as const;

/** What the engine calls the values of a tool. */
const statNames: Readonly<Record<Kind, Readonly<Partial<Record<Quantity, string>>>>> = {
  length: { length: 'length' }, bidirectional: { long: 'length', short: 'width' }, angle: { angle: 'angle' }, cobb: { angle: 'angle' },
  ellipse: region, rectangle: region, circle: region, freehand: { ...region, length: 'length' }, probe: { intensity: 'value' }, arrow: {}, label: {},
};

function valuesOf(kind: Kind, stats: Stats): Value[] {
  return (Object.entries(statNames[kind]) as [Quantity, string][]).flatMap(([quantity, name]) => {
    const value = stats[name];
    return typeof value === 'number' && Number.isFinite(value) ? [{ quantity, value, unit: ucum(unitOf(quantity, stats)), ...(unitOf(quantity, stats).endsWith(userWord) ? { isCalibrated: true as const } : {}) }] : [];
  });
}

/** The activity that a standardized uptake value stands for. */
function withRaw(value: Value, id: string): Value {
  const factor = suvFactor(id);
  if (value.unit !== suvUnit || factor === undefined || factor === 1) return value;
  const attributes = (wadors.metaDataManager.get(id) ?? {}) as unknown as DataSet;
  return { ...value, raw: { value: value.value / factor, unit: ucum(text(attributes, '00541001')) } };
}

function unitOf(quantity: Quantity, stats: Stats): string {
  const word = (name: string): string => (typeof stats[name] === 'string' ? stats[name] : '');
  switch (quantity) {
    case 'angle': return '°';
    case 'area': return word('areaUnit');
    case 'radius': return word('radiusUnit');
    case 'perimeter': return word('unit') || word('areaUnit').replace('²', '');
    case 'length':
    case 'long':
    case 'short': return word('unit');
    default: return word('modalityUnit');
  }
}

/** What the engine adds to a unit by the calibration of the user. */
const userWord = ' User';
const suvUnit = '{SUVbw}g/ml';
const units: readonly (readonly [string, string])[] = [['mm', 'mm'], ['mm²', 'mm2'], ['cm', 'cm'], ['cm²', 'cm2'], ['px', '{pixels}'], ['px²', '{pixels}2'], ['HU', "[hnsf'U]"], ['°', 'deg'], ['SUV', suvUnit], ['BQML', 'Bq/ml'], ['CNTS', '{counts}'], ['GML', 'g/ml']];

/** The engine adds how an image was calibrated to the unit. */
function ucum(unit: string): string {
  const word = unit.split(' ')[0] ?? '';
  return units.find(([own]) => own === word)?.[1] ?? (word === '' ? '1' : `{${word.replace(/[{}\\]/g, '').slice(0, 14)}}`);
}

function shownUnit(code: string): string {
  return units.find(([, ucum]) => ucum === code)?.[0] ?? code.replace(/^\{(.*)\}$/, '$1');
}

/** The values as the engine keeps them; none where it must find them anew to draw. */
function statsOf({ kind, values, points }: Measurement): Stats | undefined {
  if (kind === 'cobb' || values.length === 0) return undefined;
  const stats: Record<string, unknown> = {};
  for (const { quantity, value, unit, isCalibrated } of values) {
    const name = statNames[kind][quantity];
    if (!name) continue;
    stats[name] = value;
    const own = shownUnit(unit) + (isCalibrated ? userWord : '');
    if (quantity === 'area') stats['areaUnit'] = own;
    else if (quantity === 'radius') stats['radiusUnit'] = own;
    else if (['length', 'long', 'short', 'perimeter'].includes(quantity)) stats['unit'] = own;
    else if (quantity !== 'angle') stats['modalityUnit'] = own;
  }
  if (kind === 'freehand') stats['unit'] ??= String(stats['areaUnit'] ?? '').replace('²', '');
  if (kind === 'probe') stats['index'] = [Math.floor(points[0]?.[0] ?? 0), Math.floor(points[0]?.[1] ?? 0), 0];
  return stats;
}
