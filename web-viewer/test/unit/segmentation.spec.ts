import { describe, expect, it } from 'vitest';
import { contoursOn, readStructures } from '../../src/dicom/contours';
import type { DataSet } from '../../src/dicom/json';
import { framesOn, labColour, paint, planeOf, readSegmentation } from '../../src/dicom/segmentation';

const el = (vr: string, ...Value: unknown[]): { vr: string; Value: unknown[] } => ({ vr, Value });
const plane = (z: number): DataSet => ({ '00200032': el('DS', 10, 20, z) });
const image = (z: number, frameOfReference = '1.9'): DataSet => ({
  ...plane(z), '00200037': el('DS', 1, 0, 0, 0, 1, 0), '00280030': el('DS', 2, 1), '00200052': el('UI', frameOfReference), '00180050': el('DS', 4),
});

function object(type: string, own: DataSet = {}): DataSet {
  const frame = (segment: number, z: number, source: string): DataSet => ({
    '0062000A': el('SQ', { '0062000B': el('US', segment) }),
    '00209113': el('SQ', plane(z)),
    '00089124': el('SQ', { '00082112': el('SQ', { '00081155': el('UI', source) }) }),
  });
  return {
    '00080016': el('UI', '1.2.840.10008.5.1.4.1.1.66.4'), '00620001': el('CS', type), '00280010': el('US', 2), '00280011': el('US', 3), '00280008': el('IS', 3),
    '00280100': el('US', type === 'BINARY' ? 1 : 8), '00200052': el('UI', '1.9'),
    '00620002': el('SQ', { '00620004': el('US', 1), '00620005': el('LO', 'liver') }, { '00620004': el('US', 2), '00620005': el('LO', 'cyst') }),
    '52009229': el('SQ', {
      '00209116': el('SQ', { '00200037': el('DS', 1, 0, 0, 0, 1, 0) }),
      '00289110': el('SQ', { '00280030': el('DS', 2, 1), '00180050': el('DS', 4), '00180088': el('DS', 4) }),
    }),
    '52009230': el('SQ', frame(1, 0, 'a'), frame(1, 4, 'b'), frame(2, 4, 'b')),
    ...own,
  };
}

describe('a segmentation', () => {
  it('finds its frames by place, one a segment', () => {
    const of = readSegmentation(object('BINARY'));
    expect(of.regions.map(({ label }) => label)).toEqual(['liver', 'cyst']);
    const on = (z: number): number[] => framesOn(of, image(z), 'x', 1).map(({ index }) => index);
    expect([on(0), on(4), on(1.5), on(2.5), on(7)]).toEqual([[0], [1, 2], [0], [1, 2], []]);
  });

  it('goes by what it was made from where the frame of reference is another', () => {
    const of = readSegmentation(object('BINARY'));
    expect(framesOn(of, image(0, '1.8'), 'b', 1).map(({ index }) => index)).toEqual([1, 2]);
    expect(framesOn(of, image(0, '1.8'), 'c', 1)).toEqual([]);
  });

  it('takes single bits across the ends of frames', () => {
    const of = readSegmentation(object('BINARY'));
    // Frames of 6 bits: frame 1 has its first and last pixel, bits 6 and 11.
    const bits = Uint8Array.from([0b0100_0000, 0b0000_1000, 0]);
    const picture = paint(of, framesOn(of, image(4), 'x', 1), bits, new Map([[1, [10, 20, 30]]]));
    expect([...picture].filter((_, at) => at % 4 === 3)).toEqual([255, 0, 0, 0, 0, 255]);
    expect([...picture.slice(0, 4)]).toEqual([10, 20, 30, 255]);
  });

  it('is as opaque as its fractions', () => {
    const of = readSegmentation(object('FRACTIONAL', { '0062000E': el('US', 200) }));
    const picture = paint(of, framesOn(of, image(0), 'x', 1), Uint8Array.from([0, 100, 200, 0, 0, 0]), new Map([[1, [1, 2, 3]]]));
    expect([...picture].filter((_, at) => at % 4 === 3)).toEqual([0, 128, 255, 0, 0, 0]);
  });

  it('covers its pixels from edge to edge', () => {
    expect(planeOf(image(5), 2, 3)).toEqual({ corner: [9.5, 19, 5], across: [3, 0, 0], down: [0, 4, 0] });
  });

  it('has the colours that CIELab tells', () => {
    // White, mid grey, and the red and blue of sRGB under D50: L* 54.29, 80.80, 69.89 and 29.57, 68.30, -112.03.
    const lab = (l: number, a: number, b: number) => labColour([(l / 100) * 65535, ((a + 128) / 255) * 65535, ((b + 128) / 255) * 65535]);
    expect(lab(100, 0, 0)).toEqual([255, 255, 255]);
    expect(lab(53.585, 0, 0).map((value) => Math.abs(value - 128) <= 1)).toEqual([true, true, true]);
    expect(lab(54.29, 80.8, 69.89).map((value, at) => Math.abs(value - [255, 0, 0][at]!) <= 2)).toEqual([true, true, true]);
    expect(lab(29.57, 68.3, -112.03).map((value, at) => Math.abs(value - [0, 0, 255][at]!) <= 2)).toEqual([true, true, true]);
  });
});

describe('a structure set', () => {
  it('puts contours on the slices they lie in', () => {
    const contour = (z: number): DataSet => ({ '30060042': el('CS', 'CLOSED_PLANAR'), '30060050': el('DS', 0, 0, z, 5, 0, z, 5, 5, z) });
    const of = readStructures({
      '30060010': el('SQ', { '00200052': el('UI', '1.9') }),
      '30060020': el('SQ', { '30060022': el('IS', 7), '30060026': el('LO', 'PTV') }),
      '30060039': el('SQ', { '30060084': el('IS', 7), '3006002A': el('IS', 255, 0, 64), '30060040': el('SQ', contour(0), contour(4)) }),
    });
    expect(of.regions).toEqual([{ number: 7, label: 'PTV', meaning: '', colour: [255, 0, 64] }]);
    expect(contoursOn(of, image(4), 'x').map(({ points }) => points[1])).toEqual([[5, 0, 4]]);
    expect(contoursOn(of, image(4, '1.8'), 'x')).toEqual([]);
  });
});
