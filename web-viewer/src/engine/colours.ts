/** The colours that the engine draws the values of a stack in. */
import { getShouldUseCPURendering, utilities, type Types } from '@cornerstonejs/core';
import { tableOf, type ColourMap } from '../dicom/colours';

const { getColormap, registerColormap } = utilities.colormap;

/** The engine's name of a map, which it knows from then on. */
function known(map: ColourMap): string {
  const name = `yingyun-${map}`;
  if (!getColormap(name)) {
    const table = tableOf(map);
    const points = Array.from({ length: 256 }, (_, at) => [at / 255, ...[...table.subarray(at * 3, at * 3 + 3)].map((part) => part / 255)]);
    registerColormap({ ColorSpace: 'RGB', Name: name, name, RGBPoints: points.flat() });
  }
  return name;
}

/** Without WebGL there are greys alone. */
export function canColour(): boolean {
  return !getShouldUseCPURendering();
}

/** Colours begin at the low end of the window, or at the high one where the image is inverted; the engine forgets the latter over a new map. */
export function colour(viewport: Types.IStackViewport, map: ColourMap): void {
  const { invert = false } = viewport.getProperties();
  viewport.setProperties({ invert: false });
  viewport.setProperties({ colormap: { name: known(map) } });
  viewport.setProperties({ invert });
  viewport.render();
}
