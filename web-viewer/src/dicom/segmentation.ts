/** Segmentation objects (PS3.3 A.51, C.8.20): their segments, and which of their frames lie on an image. */
import { frameAttributes, sliceNormal } from './frames';
import { along, dot, type Point } from './geometry';
import { items, number, numbers, tag, text, type DataSet } from './json';
import { coded } from './sr-tree';

export type Rgb = readonly [number, number, number];

export interface Region {
  readonly number: number;
  readonly label: string;
  /** What kind of thing it is, by its code. */
  readonly meaning: string;
  readonly colour: Rgb;
}

export interface SegmentFrame {
  /** 0-based. */
  readonly index: number;
  /** The segment it shows; none where its values name segments. */
  readonly segment: number | undefined;
  readonly attributes: DataSet;
  /** Images it was made from, and the frame of each where one is named. */
  readonly sources: readonly { readonly instance: string; readonly frame: number | undefined }[];
}

export interface Segmentation {
  readonly type: 'BINARY' | 'FRACTIONAL' | 'LABELMAP';
  readonly rows: number;
  readonly columns: number;
  readonly bits: number;
  /** What a fractional value of 1 is stored as. */
  readonly maximum: number;
  readonly frameOfReference: string;
  readonly regions: readonly Region[];
  readonly frames: readonly SegmentFrame[];
  /** Series it was made from. */
  readonly series: readonly string[];
}

const seg = {
  ReferencedSeries: '00081115', DerivationImage: '00089124', SourceImage: '00082112', ReferencedFrameNumber: '00081160', SpacingBetweenSlices: '00180088',
  SegmentationType: '00620001', SegmentSequence: '00620002', SegmentedProperty: '0062000F', SegmentNumber: '00620004', SegmentLabel: '00620005',
  SegmentIdentification: '0062000A', ReferencedSegmentNumber: '0062000B', DisplayColour: '0062000D', MaximumFractionalValue: '0062000E',
} as const;

const labelmapStorage = '1.2.840.10008.5.1.4.1.1.66.7';

export function readSegmentation(set: DataSet): Segmentation {
  const type = text(set, tag.SOPClassUID) === labelmapStorage ? 'LABELMAP' : (text(set, seg.SegmentationType) as Segmentation['type']);
  const count = number(set, tag.NumberOfFrames) ?? 1;
  return {
    type: type === 'LABELMAP' || type === 'FRACTIONAL' ? type : 'BINARY',
    rows: number(set, tag.Rows) ?? 0,
    columns: number(set, tag.Columns) ?? 0,
    bits: number(set, tag.BitsAllocated) ?? 1,
    maximum: number(set, seg.MaximumFractionalValue) ?? 255,
    frameOfReference: text(set, tag.FrameOfReferenceUID),
    regions: items(set, seg.SegmentSequence).map(readRegion).filter(({ number: of }) => of > 0),
    frames: Array.from({ length: count }, (_, index) => readFrame(set, index)),
    series: items(set, seg.ReferencedSeries).map((one) => text(one, tag.SeriesInstanceUID)),
  };
}

function readRegion(set: DataSet, at: number): Region {
  const lab = numbers(set, seg.DisplayColour);
  const of = number(set, seg.SegmentNumber) ?? 0;
  return {
    number: of,
    label: text(set, seg.SegmentLabel) || String(of),
    meaning: coded(items(set, seg.SegmentedProperty)[0]).meaning,
    colour: lab.length === 3 ? labColour(lab as [number, number, number]) : colourOf(at),
  };
}

function readFrame(set: DataSet, index: number): SegmentFrame {
  const own = items(set, tag.PerFrameFunctionalGroups)[index] ?? {};
  const shared = items(set, tag.SharedFunctionalGroups)[0] ?? {};
  const group = (key: string): DataSet => items(own, key)[0] ?? items(shared, key)[0] ?? {};
  return {
    index,
    segment: number(group(seg.SegmentIdentification), seg.ReferencedSegmentNumber),
    attributes: frameAttributes(set, index + 1),
    sources: items(group(seg.DerivationImage), seg.SourceImage).map((one) => ({
      instance: text(one, tag.ReferencedSOPInstanceUID),
      frame: number(one, seg.ReferencedFrameNumber),
    })),
  };
}

/** Colours apart from each other, for objects that name none. */
const palette: readonly Rgb[] = [
  [230, 96, 82], [86, 180, 233], [240, 190, 70], [80, 190, 130], [190, 120, 220], [235, 140, 60], [90, 130, 235], [220, 110, 160],
];

export function colourOf(at: number): Rgb {
  return palette[at % palette.length] as Rgb;
}

/** Recommended Display CIELab Value (PS3.3 C.10.7.1.1), L* a* b* under D50 as 16-bit numbers, in sRGB. */
export function labColour([l, a, b]: readonly [number, number, number]): Rgb {
  const lightness = (l * 100) / 65535;
  const y = (lightness + 16) / 116;
  const x = y + ((a * 255) / 65535 - 128) / 500;
  const z = y - ((b * 255) / 65535 - 128) / 200;
  const linear = (value: number): number => (value > 6 / 29 ? value ** 3 : 3 * (6 / 29) ** 2 * (value - 4 / 29));
  const [X, Y, Z] = [0.96422 * linear(x), linear(y), 0.82521 * linear(z)];
  // From D50 to the primaries of sRGB by Bradford's adaptation.
  const rgb = [
    3.1338561 * X - 1.6168667 * Y - 0.4906146 * Z,
    -0.9787684 * X + 1.9161415 * Y + 0.033454 * Z,
    0.0719453 * X - 0.2289914 * Y + 1.4052427 * Z,
  ];
  return rgb.map((value) => {
    const bounded = Math.min(1, Math.max(0, value));
    return Math.round(255 * (bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055));
  }) as unknown as Rgb;
}

/** Cosine of one degree: planes that differ by less are parallel. */
const parallel = Math.cos(Math.PI / 180);

/** How far `to` lies from the plane of `image` along its normal, millimetres; nothing where they are not parallel or do not tell. */
export function gap(image: DataSet, to: DataSet): number | undefined {
  const [normal, own] = [sliceNormal(image), sliceNormal(to)];
  if (!normal || !own || Math.abs(dot(normal, own)) < parallel) return undefined;
  const [at, there] = [along(image, normal), along(to, normal)];
  return at === undefined || there === undefined ? undefined : there - at;
}

/**
 * The frames that lie on an image, one a segment at most: by place where both are in one frame of reference, the nearest within
 * half the distance of the segmentation's slices; else those that were made from this very image.
 */
export function framesOn(of: Segmentation, image: DataSet, instance: string, frame: number): SegmentFrame[] {
  const placed = of.frameOfReference !== '' && of.frameOfReference === text(image, tag.FrameOfReferenceUID);
  if (!placed) return of.frames.filter(({ sources }) => sources.some((one) => one.instance === instance && (one.frame ?? frame) === frame));
  const best = new Map<number | undefined, { readonly frame: SegmentFrame; readonly away: number }>();
  for (const candidate of of.frames) {
    const away = Math.abs(gap(image, candidate.attributes) ?? Number.POSITIVE_INFINITY);
    const reach = (number(candidate.attributes, seg.SpacingBetweenSlices) ?? number(candidate.attributes, tag.SliceThickness) ?? 1) / 2;
    if (away > reach + 1e-3) continue;
    const known = best.get(candidate.segment);
    if (!known || away < known.away) best.set(candidate.segment, { frame: candidate, away });
  }
  return [...best.values()].map((found) => found.frame).sort((a, b) => (a.segment ?? 0) - (b.segment ?? 0));
}

/** The parallelogram that a frame's pixels cover in the patient: its first corner, along its rows, along its columns; millimetres. */
export interface Plane {
  readonly corner: Point;
  readonly across: Point;
  readonly down: Point;
}

export function planeOf(frame: DataSet, rows: number, columns: number): Plane | undefined {
  const position = numbers(frame, tag.ImagePositionPatient);
  const cosines = numbers(frame, tag.ImageOrientationPatient);
  const [between, beside] = numbers(frame, tag.PixelSpacing);
  if (position.length !== 3 || cosines.length !== 6 || between === undefined || beside === undefined) return undefined;
  const scaled = (from: number, length: number): Point => [cosines[from]! * length, cosines[from + 1]! * length, cosines[from + 2]! * length];
  const [across, down] = [scaled(0, beside * columns), scaled(3, between * rows)];
  // The position is the middle of the first pixel.
  const corner = position.map((value, axis) => value - across[axis]! / columns / 2 - down[axis]! / rows / 2) as unknown as Point;
  return { corner, across, down };
}

/**
 * Frames as one picture, 4 bytes a pixel: each region that `colours` has in its colour, as opaque as its fraction tells.
 * `pixels` is the value of Pixel Data, little endian; single bits lie one after the other across frames (PS3.5 §8.1.1).
 */
export function paint(of: Segmentation, frames: readonly SegmentFrame[], pixels: Uint8Array, colours: ReadonlyMap<number, Rgb>): Uint8ClampedArray<ArrayBuffer> {
  const size = of.rows * of.columns;
  const picture = new Uint8ClampedArray(size * 4);
  const put = (at: number, [red, green, blue]: Rgb, alpha: number): void => {
    picture.set([red, green, blue, alpha], at * 4);
  };
  for (const { index, segment } of frames) {
    const first = index * size;
    if (of.type === 'LABELMAP') {
      const wide = of.bits === 16;
      for (let at = 0; at < size; at += 1) {
        const place = (first + at) * (wide ? 2 : 1);
        const colour = colours.get((pixels[place] ?? 0) + (wide ? (pixels[place + 1] ?? 0) * 256 : 0));
        if (colour) put(at, colour, 255);
      }
      continue;
    }
    const colour = colours.get(segment ?? 0);
    if (!colour) continue;
    for (let at = 0; at < size; at += 1) {
      const place = first + at;
      if (of.type === 'FRACTIONAL') {
        const value = pixels[place] ?? 0;
        if (value > 0) put(at, colour, (255 * value) / of.maximum);
      } else if (of.bits === 8 ? pixels[place] : ((pixels[place >> 3] ?? 0) >> (place & 7)) & 1) {
        put(at, colour, 255);
      }
    }
  }
  return picture;
}
