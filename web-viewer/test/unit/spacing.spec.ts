import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../src/dicom/json';
import { spacingOf } from '../../src/dicom/spacing';

const set = (values: Readonly<Record<string, unknown>>): DataSet => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { Value: Array.isArray(value) ? value : [value] }]));
const pixel = { '00280030': [0.5, 0.25] };
const imager = { '00181164': [0.2, 0.15] };

describe('the spacing of pixels', () => {
  it('is Pixel Spacing, rows before columns', () => {
    expect(spacingOf(set(pixel))).toEqual({ row: 0.5, column: 0.25, source: 'patient' });
  });

  it('tells what Pixel Spacing was calibrated by', () => {
    expect(spacingOf(set({ ...pixel, ...imager, '00280A02': 'GEOMETRY' }))?.source).toBe('geometry');
    expect(spacingOf(set({ ...pixel, ...imager, '00280A02': 'FIDUCIAL' }))?.source).toBe('fiducial');
  });

  it('that is the detector’s own is at the detector, another one was corrected in a way nobody tells', () => {
    expect(spacingOf(set({ '00280030': [0.2, 0.15], ...imager }))).toEqual({ row: 0.2, column: 0.15, source: 'detector' });
    expect(spacingOf(set({ ...pixel, ...imager }))).toEqual({ row: 0.5, column: 0.25, source: 'corrected' });
  });

  it('is the detector’s where there is no other, by the magnification where that is told', () => {
    expect(spacingOf(set(imager))).toEqual({ row: 0.2, column: 0.15, source: 'detector' });
    // What is 0.3 mm at the detector is 0.2 mm in a patient who is drawn one and a half times too large.
    expect(spacingOf(set({ '00181164': [0.3, 0.15], '00181114': '1.5' }))).toEqual({ row: 0.3 / 1.5, column: 0.15 / 1.5, source: 'magnified' });
  });

  it('is none where it is not told, or cannot be one', () => {
    expect(spacingOf(set({}))).toBeUndefined();
    expect(spacingOf(set({ '00280030': [0, 0] }))).toBeUndefined();
    expect(spacingOf(set({ '00280030': [0.5] }))).toBeUndefined();
  });
});
