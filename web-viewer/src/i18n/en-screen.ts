/** English texts of the page as a whole: its viewports by number, full screen, another screen. */
export const screen = {
  'viewer.viewportNumber': 'Image viewport {n}',
} as const;
