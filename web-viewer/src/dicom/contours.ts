/** RT Structure Sets (PS3.3 A.19): regions of interest as contours in the patient. */
import { along, dot, type Point } from './geometry';
import { sliceNormal } from './frames';
import { items, number, numbers, tag, text, type DataSet } from './json';
import { colourOf, type Region, type Rgb } from './segmentation';

export interface Contour {
  readonly region: number;
  readonly isClosed: boolean;
  /** Millimetres in the frame of reference. */
  readonly points: readonly Point[];
  /** Images it was drawn on. */
  readonly images: readonly string[];
}

export interface Structures {
  readonly regions: readonly Region[];
  readonly contours: readonly Contour[];
  readonly frameOfReference: string;
  /** Series they were drawn on. */
  readonly series: readonly string[];
}

const rt = {
  ReferencedFrameOfReference: '30060010', ReferencedStudy: '30060012', ReferencedSeries: '30060014', ContourImage: '30060016',
  StructureSetRoi: '30060020', RoiNumber: '30060022', ReferencedFrameOfReferenceUID: '30060024', RoiName: '30060026', RoiDisplayColour: '3006002A',
  RoiContour: '30060039', Contours: '30060040', GeometricType: '30060042', ContourData: '30060050', ObservationSequence: '30060080',
  InterpretedType: '300600A4', ReferencedRoiNumber: '30060084',
} as const;

export function readStructures(set: DataSet): Structures {
  const frames = items(set, rt.ReferencedFrameOfReference);
  const roi = items(set, rt.StructureSetRoi);
  const types = new Map(items(set, rt.ObservationSequence).map((one) => [number(one, rt.ReferencedRoiNumber) ?? 0, text(one, rt.InterpretedType)]));
  const drawn = new Map(items(set, rt.RoiContour).map((one) => [number(one, rt.ReferencedRoiNumber) ?? 0, one]));
  const regions = roi.map((one, at): Region => {
    const of = number(one, rt.RoiNumber) ?? 0;
    const colour = numbers(drawn.get(of) ?? {}, rt.RoiDisplayColour);
    return { number: of, label: text(one, rt.RoiName) || String(of), meaning: types.get(of) ?? '', colour: colour.length === 3 ? (colour as unknown as Rgb) : colourOf(at) };
  });
  const contours = [...drawn].flatMap(([region, one]) =>
    items(one, rt.Contours).map((contour): Contour => {
      const flat = numbers(contour, rt.ContourData);
      return {
        region,
        isClosed: text(contour, rt.GeometricType).startsWith('CLOSED'),
        points: Array.from({ length: Math.floor(flat.length / 3) }, (_, at): Point => [flat[3 * at] ?? 0, flat[3 * at + 1] ?? 0, flat[3 * at + 2] ?? 0]),
        images: items(contour, rt.ContourImage).map((image) => text(image, tag.ReferencedSOPInstanceUID)),
      };
    }),
  );
  return {
    regions,
    contours,
    frameOfReference: text(frames[0] ?? {}, tag.FrameOfReferenceUID) || text(roi[0] ?? {}, rt.ReferencedFrameOfReferenceUID),
    series: frames.flatMap((one) => items(one, rt.ReferencedStudy)).flatMap((one) => items(one, rt.ReferencedSeries)).map((one) => text(one, tag.SeriesInstanceUID)),
  };
}

/** The contours that lie on an image: those in its plane, within half its thickness; where it tells no place, those drawn on it. */
export function contoursOn(of: Structures, image: DataSet, instance: string): Contour[] {
  const normal = sliceNormal(image);
  const at = normal && along(image, normal);
  if (of.frameOfReference === '' || of.frameOfReference !== text(image, tag.FrameOfReferenceUID) || !normal || at === undefined) return [];
  const reach = (number(image, tag.SliceThickness) ?? 1) / 2;
  return of.contours.filter(({ points, images }) =>
    images.length > 0 ? images.includes(instance) : points.length > 0 && points.every((point) => Math.abs(dot(point, normal) - at) <= reach),
  );
}
