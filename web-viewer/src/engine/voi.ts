/** Between a window and the span of values that the engine draws from black to white. */
import { Enums, utilities } from '@cornerstonejs/core';
import type { Window } from '../dicom/windows';

export interface VoiRange {
  readonly lower: number;
  readonly upper: number;
}

const { LINEAR, LINEAR_EXACT } = Enums.VOILUTFunctionType;

/** Small values, as SUV are, have no room for the half steps of the function LINEAR: theirs is LINEAR_EXACT (PS3.3 C.11.2.1.3.2). */
export function rangeOf({ center, width }: Window, isExact: boolean): VoiRange {
  return utilities.windowLevel.toLowHighRange(width, center, isExact ? LINEAR_EXACT : LINEAR);
}

export function windowOf({ lower, upper }: VoiRange, isExact: boolean): Window {
  if (isExact) return { center: (lower + upper) / 2, width: Math.abs(upper - lower) };
  const { windowCenter: center, windowWidth: width } = utilities.windowLevel.toWindowLevel(lower, upper);
  return { center, width };
}
