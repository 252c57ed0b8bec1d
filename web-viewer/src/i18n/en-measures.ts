/** English texts of what millimetres on an image are. */
export const measures = {
  'spacing.geometry': 'mm corrected for magnification by geometry',
  'spacing.fiducial': 'mm calibrated by an object of known size',
  'spacing.corrected': 'mm corrected in a way that is not told',
  'spacing.detector': 'mm at the detector',
  'spacing.magnified': 'mm by the estimated magnification',
  'spacing.none': 'No pixel spacing: lengths in px',
} as const;
