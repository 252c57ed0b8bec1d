import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../src/dicom/json';
import { referenceLine } from '../../src/dicom/reference-line';

const image = (position: readonly number[], orientation: readonly number[], frame = '1.2'): DataSet => ({
  '00200032': { Value: position }, '00200037': { Value: orientation }, '00200052': { Value: [frame] },
  '00280010': { Value: [20] }, '00280011': { Value: [10] }, '00280030': { Value: [2, 3] },
});
/** 10 columns of 3 mm along x from -1.5 to 28.5, 20 rows of 2 mm along y from -1 to 39, at z 7. */
const axial = image([0, 0, 7], [1, 0, 0, 0, 1, 0]);
/** Columns along x, rows along -z; at y 12. */
const coronal = (z: number, frame?: string): DataSet => image([0, 12, z], [1, 0, 0, 0, 0, -1], frame);

describe('reference lines', () => {
  it('run where the image lies in the plane, from edge to edge of its pixels', () => {
    const line = referenceLine(axial, coronal(30));
    expect([...(line ?? [])].sort((a, b) => a[0] - b[0])).toEqual([[-1.5, 12, 7], [28.5, 12, 7]]);
  });

  it('are slanted where the planes are', () => {
    const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    // An image whose rows climb along y: it meets z = 7 at y = 7 / tan 30°.
    const line = referenceLine(image([0, 0, 0], [1, 0, 0, 0, cos, sin]), axial);
    for (const point of line ?? []) expect(point[1]).toBeCloseTo(7 / Math.tan(Math.PI / 6), 9);
    expect(line).toHaveLength(2);
  });

  it('are none of an image that does not reach the plane, is parallel, or lies in another frame of reference', () => {
    // Rows of the coronal image reach from 31 down to -9, or from 100 down to 62.
    expect(referenceLine(coronal(30), axial)).toBeDefined();
    expect(referenceLine(coronal(100), axial)).toBeUndefined();
    expect(referenceLine(axial, image([0, 0, 9], [1, 0, 0, 0, 1, 0]))).toBeUndefined();
    expect(referenceLine(axial, coronal(30, '1.3'))).toBeUndefined();
    expect(referenceLine(image([0, 0, 7], [1, 0, 0, 0, 1, 0], ''), coronal(30, ''))).toBeUndefined();
  });
});
