/** English texts of what millimetres on an image are, and of calibrating it. */
export const measures = {
  'spacing.geometry': 'mm corrected for magnification by geometry',
  'spacing.fiducial': 'mm calibrated by an object of known size',
  'spacing.corrected': 'mm corrected in a way that is not told',
  'spacing.detector': 'mm at the detector',
  'spacing.magnified': 'mm by the estimated magnification',
  'spacing.none': 'No pixel spacing: lengths in px',
  'spacing.user': 'mm calibrated by the reader',
  'calibrate.by': 'Calibrate by {name}',
  'calibrate.title': 'Calibrate the image',
  'calibrate.length': 'True length of the line in mm',
  'calibrate.hint': 'Lengths and areas on this image are in millimetres by it from now on. Undo takes it back.',
  'calibrate.refused': 'This image tells its spacing in the patient itself. Its lengths are not calibrated by hand.',
  'calibrate.remove': 'Remove calibration',
  'calibrate.removeBy': 'Remove the calibration of the image of {name}',
  'calibrate.do': 'Calibrate',
} as const;
