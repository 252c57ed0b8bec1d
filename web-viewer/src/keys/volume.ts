/** What can be chosen where a series is read as a volume. */

export const planes = ['axial', 'coronal', 'sagittal'] as const;
export type Plane = (typeof planes)[number];

/** What the left button does in a plane. */
export const volumeTools = ['crosshair', 'window', 'pan', 'zoom', 'scroll'] as const;
export type VolumeTool = (typeof volumeTools)[number];

/** How a slab becomes one image: one thin plane, or the highest, lowest or mean value along the line of sight. */
export const blends = ['thin', 'highest', 'lowest', 'mean'] as const;
export type Blend = (typeof blends)[number];

/** Thicknesses the menu offers, millimetres. */
export const thicknesses = [2, 5, 10, 20, 30, 50] as const;

export interface Slab {
  readonly blend: Blend;
  /** From face to face; a thin plane has none. */
  readonly millimetres: number;
}

/** How the whole is drawn from outside. */
export type SolidName = 'bone' | 'softTissue' | 'muscle' | 'lung' | 'vessels' | 'projection' | 'mr' | 'mrAngio' | 'mrBrain' | 'mrProjection';

const ct: readonly SolidName[] = ['bone', 'softTissue', 'muscle', 'lung', 'vessels', 'projection'];
const others: readonly SolidName[] = ['mr', 'mrAngio', 'mrBrain', 'mrProjection'];

/** What is offered for a modality, the first one at first. */
export function solidsFor(modality: string): readonly SolidName[] {
  return modality === 'CT' ? ct : others;
}

export type VolumeAction = VolumeTool | 'fusion' | 'reset' | 'fullScreen' | 'settings' | 'help' | 'close';

export const volumeKeys: Readonly<Record<string, VolumeAction>> = {
  c: 'crosshair', w: 'window', p: 'pan', z: 'zoom', s: 'scroll', r: 'reset', '=': 'fusion', '.': 'fullScreen', 'ctrl+,': 'settings', '?': 'help', escape: 'close',
};
