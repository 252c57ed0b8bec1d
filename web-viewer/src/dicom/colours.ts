/** Colour maps by which values are told apart: the well-known palettes (PS3.6 Annex B), to within one step of 255, and grey. */

export const colourMaps = ['hotIron', 'pet', 'hotMetalBlue', 'grey', 'inverse'] as const;
export type ColourMap = (typeof colourMaps)[number];

type Knots = readonly (readonly [number, number])[];

/** Entries between which red, green and blue run straight. */
const knots: Readonly<Record<ColourMap, readonly [Knots, Knots, Knots]>> = {
  hotIron: [
    [[0, 0], [127, 254], [129, 255], [255, 255]],
    [[0, 0], [128, 0], [254, 252], [255, 255]],
    [[0, 0], [191, 0], [254, 252], [255, 255]],
  ],
  pet: [
    [[0, 0], [63, 0], [65, 3], [149, 170], [151, 173], [192, 255], [255, 255]],
    [[0, 0], [62, 125], [63, 128], [127, 1], [128, 0], [254, 252], [255, 255]],
    [[0, 0], [2, 3], [128, 255], [130, 248], [192, 0], [233, 165], [235, 174], [254, 250], [255, 255]],
  ],
  hotMetalBlue: [
    [[0, 0], [85, 0], [102, 50], [119, 90], [153, 190], [170, 255], [255, 255]],
    [[0, 0], [119, 0], [238, 224], [255, 255]],
    [
      [0, 0], [18, 35], [42, 83], [44, 86], [76, 149], [93, 183], [95, 186], [102, 200], [119, 150], [136, 50], [153, 0], [170, 0], [238, 200], [255, 255],
    ],
  ],
  grey: [[[0, 0], [255, 255]], [[0, 0], [255, 255]], [[0, 0], [255, 255]]],
  inverse: [[[0, 255], [255, 0]], [[0, 255], [255, 0]], [[0, 255], [255, 0]]],
};

/** Red, green and blue of 256 entries, one after the other. */
export function tableOf(map: ColourMap): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 3);
  for (const [channel, ends] of knots[map].entries()) {
    for (const [index, [from, low]] of ends.entries()) {
      const [to, high] = ends[index + 1] ?? [from, low];
      for (let at = from; at <= to; at += 1) table[at * 3 + channel] = to === from ? low : low + ((high - low) * (at - from)) / (to - from);
    }
  }
  return table;
}
