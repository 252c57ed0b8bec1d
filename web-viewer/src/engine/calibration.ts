/** What lengths on an image are measured by, where the place of its pixels in the patient does not tell it. */
import { Enums, metaData, type Types } from '@cornerstonejs/core';
import { numbers, tag, type DataSet } from '../dicom/json';
import { spacingOf, type SpacingSource } from '../dicom/spacing';

const { CalibrationTypes } = Enums;
type Calibration = Types.IImageCalibration;

/** The engine names these beside the value. */
const types: Readonly<Partial<Record<SpacingSource, Calibration['type']>>> = {
  detector: CalibrationTypes.PROJECTION, magnified: CalibrationTypes.ERMF, geometry: CalibrationTypes.ERMF, fiducial: CalibrationTypes.CALIBRATED,
};

const told = new Map<string, Calibration>();

/** Before the engine's own provider, which knows what it was given itself. */
const priority = 20_000;
// The same object each time: the engine takes another for another calibration.
metaData.addProvider((type: string, id: string) => (type === 'calibratedPixelSpacing' ? told.get(id) : undefined), priority);

/** An image that lies in the patient is measured there; regions of ultrasound are the engine's. */
export function tellSpacing(id: string, set: DataSet): void {
  const isPlaced = numbers(set, tag.PixelSpacing).length === 2 && numbers(set, tag.ImagePositionPatient).length === 3 && numbers(set, tag.ImageOrientationPatient).length === 6;
  const spacing = spacingOf(set);
  if (spacing && (!isPlaced || types[spacing.source])) told.set(id, calibration(spacing.row, spacing.column, types[spacing.source] ?? CalibrationTypes.NOT_APPLICABLE));
}

export function forgetSpacing(id: string): void {
  told.delete(id);
}

/** The engine divides by `scale` across and by `scale / rowPixelSpacing` down, in pixels a millimetre. */
function calibration(row: number, column: number, type: Calibration['type']): Calibration {
  return { type, scale: 1 / column, columnPixelSpacing: 1, rowPixelSpacing: row / column };
}
