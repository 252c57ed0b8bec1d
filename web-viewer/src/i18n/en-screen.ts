/** English texts of the page as a whole: its viewports by number, full screen, another screen. */
export const screen = {
  'viewer.viewportNumber': 'Image viewport {n}',
  'tool.alone': 'One viewport in the room of all',
  'tool.second': 'Second screen',
  'viewer.closeWindow': 'Close window',
  'screen.full': 'Full screen: Esc or . leaves it',
  'screen.notFull': 'This browser did not give the full screen',
  'screen.blocked': 'The browser let no window open: allow pop-ups for this site',
  'tool.previousStudy': 'Previous study of the list',
  'tool.nextStudy': 'Next study of the list',
  'help.studies': 'Previous / next study of the list',
  'study.inList': 'Studies of the list',
  'study.at': '{at} of {of}',
  'study.noFurther': 'The list has no further study',
  'study.noList': 'This study was not opened from the list',
} as const;
