/** What a mouse button can be made to do in a viewport. */

/** Tools that change how the image is looked at. */
export const viewing = ['window', 'pan', 'zoom', 'scroll', 'magnify'] as const;

/** Tools that leave something on the image, and the eraser of that. */
export const measuring = [
  'length', 'bidirectional', 'angle', 'cobb', 'ellipse', 'rectangle', 'circle', 'freehand', 'probe', 'arrow', 'label', 'eraser',
] as const;

export type Tool = (typeof viewing)[number] | (typeof measuring)[number];
