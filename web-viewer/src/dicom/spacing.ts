/** How far apart pixels are in millimetres, and what that is the distance of (PS3.3 10.7.1.1 and 10.7.1.3). */
import { number, numbers, tag, text, type DataSet } from './json';

/**
 * `patient`: in the patient, or nobody says otherwise. `geometry` and `fiducial`: in the patient by Pixel Spacing Calibration Type. `corrected`:
 * told otherwise than at the detector, nobody says how. `detector`: at the front plane of the detector, where what is nearer to the source is
 * drawn too large. `magnified`: that by the Estimated Radiographic Magnification Factor.
 */
export type SpacingSource = 'patient' | 'geometry' | 'fiducial' | 'corrected' | 'detector' | 'magnified';

export interface Spacing {
  /** From row to row. */
  readonly row: number;
  /** From column to column. */
  readonly column: number;
  readonly source: SpacingSource;
}

/** None where the image tells nothing that can be used: it is measured in pixels. */
export function spacingOf(set: DataSet): Spacing | undefined {
  const own = pair(numbers(set, tag.PixelSpacing));
  const detector = pair(numbers(set, tag.ImagerPixelSpacing));
  if (own) return { row: own[0], column: own[1], source: sourceOf(text(set, tag.PixelSpacingCalibrationType), own, detector) };
  if (!detector) return undefined;
  const factor = number(set, tag.EstimatedRadiographicMagnificationFactor) ?? 0;
  return factor > 0 ? { row: detector[0] / factor, column: detector[1] / factor, source: 'magnified' } : { row: detector[0], column: detector[1], source: 'detector' };
}

type Pair = readonly [number, number];

function sourceOf(calibration: string, own: Pair, detector: Pair | undefined): SpacingSource {
  if (calibration === 'GEOMETRY') return 'geometry';
  if (calibration === 'FIDUCIAL') return 'fiducial';
  if (!detector) return 'patient';
  const isSame = own.every((value, at) => Math.abs(value - (detector[at] ?? 0)) <= 1e-6 * value);
  return isSame ? 'detector' : 'corrected';
}

function pair([row, column]: readonly number[]): Pair | undefined {
  return row !== undefined && column !== undefined && row > 0 && column > 0 && Number.isFinite(row + column) ? [row, column] : undefined;
}
