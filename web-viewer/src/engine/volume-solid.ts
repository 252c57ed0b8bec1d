/** How the whole volume is drawn from outside: colours and opacities by value. */
import { CONSTANTS, utilities, type Types } from '@cornerstonejs/core';
import type { SolidName } from '../keys/volume';

/** The engine's own, by its name; made for Hounsfield units, or for an image whose brightest value is about `top`. */
const known: Readonly<Record<SolidName, { readonly name: string; readonly top?: number }>> = {
  bone: { name: 'CT-Bone' },
  softTissue: { name: 'CT-Soft-Tissue' },
  muscle: { name: 'CT-Muscle' },
  lung: { name: 'CT-Lung' },
  vessels: { name: 'CT-Chest-Vessels' },
  projection: { name: 'CT-MIP' },
  mr: { name: 'MR-Default', top: 220 },
  mrAngio: { name: 'MR-Angio', top: 225 },
  mrBrain: { name: 'MR-T2-Brain', top: 640 },
  mrProjection: { name: 'MR-MIP', top: 420 },
};

type Preset = (typeof CONSTANTS.VIEWPORT_PRESETS)[number];

/** `brightest`: the value from which on the window shows white, for modalities whose values have no unit. */
export function drawSolid(viewport: Types.IVolumeViewport, name: SolidName, brightest: number): void {
  const { name: wanted, top } = known[name];
  const preset = CONSTANTS.VIEWPORT_PRESETS.find((item) => item.name === wanted);
  const actor = viewport.getDefaultActor()?.actor;
  if (!preset || !actor) throw new Error(`there is no way ${wanted} of drawing`);
  const factor = top === undefined || brightest <= 0 ? 1 : brightest / top;
  utilities.applyPreset(actor as Types.VolumeActor, stretched(preset, factor));
  viewport.render();
}

/** The same for values that are `factor` times as high. Lists begin with how many numbers follow. */
function stretched(preset: Preset, factor: number): Preset {
  const stretch = (list: string, each: number): string =>
    list.trim().split(/\s+/).map((value, at) => (at > 0 && (at - 1) % each === 0 ? String(Number(value) * factor) : value)).join(' ');
  return { ...preset, colorTransfer: stretch(preset.colorTransfer, 4), scalarOpacity: stretch(preset.scalarOpacity, 2), gradientOpacity: stretch(preset.gradientOpacity, 2) };
}
