/** What lengths on an image are measured by, where the place of its pixels in the patient does not tell it. */
import { Enums, metaData, type Types } from '@cornerstonejs/core';
import type { Point } from '../annotations/measurement';
import { numbers, tag, type DataSet } from '../dicom/json';
import { spacingOf, type SpacingSource } from '../dicom/spacing';

const { CalibrationTypes } = Enums;
type Calibration = Types.IImageCalibration;

/** The engine names these beside the value. */
const types: Readonly<Partial<Record<SpacingSource, Calibration['type']>>> = {
  detector: CalibrationTypes.PROJECTION, magnified: CalibrationTypes.ERMF, geometry: CalibrationTypes.ERMF, fiducial: CalibrationTypes.CALIBRATED,
};

const regionsOfUltrasound = '00186011';
const told = new Map<string, Calibration>();
const byUser = new Map<string, Calibration>();

/** Before the engine's own provider, which knows what it was given itself. */
const priority = 20_000;
metaData.addProvider((type: string, id: string) => (type === 'calibratedPixelSpacing' ? calibrationOf(id) : undefined), priority);

/** The same object each time: the engine takes another for another calibration. */
export function calibrationOf(id: string): Calibration | undefined {
  return byUser.get(id) ?? told.get(id);
}

/** The images that a user calibrated. */
export function calibratedByUser(): string[] {
  return [...byUser.keys()];
}

/** An image that lies in the patient is measured there; regions of ultrasound are the engine's. */
export function tellSpacing(id: string, set: DataSet): void {
  const isPlaced = numbers(set, tag.PixelSpacing).length === 2 && numbers(set, tag.ImagePositionPatient).length === 3 && numbers(set, tag.ImageOrientationPatient).length === 6;
  const spacing = spacingOf(set);
  if (spacing && (!isPlaced || types[spacing.source])) told.set(id, calibration(spacing.row, spacing.column, types[spacing.source] ?? CalibrationTypes.NOT_APPLICABLE));
}

/** Whether a user may say how long a line on the image is: not where its pixels have their place in the patient, or regions of ultrasound tell it. */
export function canCalibrate(set: DataSet): boolean {
  return spacingOf(set)?.source !== 'patient' && !set[regionsOfUltrasound]?.Value?.length;
}

/** What makes a line between two points of the image so many millimetres; nothing for a line without length. */
export function calibrationBy(set: DataSet, [a, b]: readonly Point[], millimetres: number): Calibration | undefined {
  if (!a || !b) return undefined;
  const { row, column } = spacingOf(set) ?? { row: 1, column: 1 };
  const factor = millimetres / Math.hypot((b[0] - a[0]) * column, (b[1] - a[1]) * row);
  return Number.isFinite(factor) && factor > 0 ? calibration(row * factor, column * factor, CalibrationTypes.USER) : undefined;
}

/** Puts a calibration by the user in the place of another, and answers that; nothing: as the image tells. */
export function recalibrate(id: string, to: Calibration | undefined): Calibration | undefined {
  const before = byUser.get(id);
  if (to) byUser.set(id, to);
  else byUser.delete(id);
  return before;
}

/** What the user said stays while the page does: the image may be shown again. */
export function forgetSpacing(id: string): void {
  told.delete(id);
}

export function forgetCalibrations(): void {
  byUser.clear();
}

/** The engine divides by `scale` across and by `scale / rowPixelSpacing` down, in pixels a millimetre. */
function calibration(row: number, column: number, type: Calibration['type']): Calibration {
  return { type, scale: 1 / column, columnPixelSpacing: 1, rowPixelSpacing: row / column };
}
