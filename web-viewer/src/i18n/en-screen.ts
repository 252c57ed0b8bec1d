/** English texts of the page as a whole: its viewports by number, full screen, another screen. */
export const screen = {
  'viewer.viewportNumber': 'Image viewport {n}',
  'tool.alone': 'One viewport in the room of all',
} as const;
