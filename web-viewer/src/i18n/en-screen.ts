/** English texts of the page as a whole: its viewports by number, full screen, another screen. */
export const screen = {
  'viewer.viewportNumber': 'Image viewport {n}',
  'tool.alone': 'One viewport in the room of all',
  'tool.second': 'Second screen',
  'viewer.closeWindow': 'Close window',
  'screen.full': 'Full screen: Esc leaves it',
  'screen.notFull': 'This browser did not give the full screen',
  'screen.blocked': 'The browser let no window open: allow pop-ups for this site',
} as const;
