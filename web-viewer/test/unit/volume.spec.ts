import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../src/dicom/json';
import { fits, frameAt, isVolume, middleOf, needsOf, placeOf, sampleBytes, volumeOf, voxelAt, type Grid } from '../../src/dicom/volume';

type Vector = readonly [number, number, number];
interface Made {
  readonly at: Vector;
  readonly cosines?: readonly number[];
  readonly photometric?: string;
  readonly rows?: number;
}

function frame({ at, cosines = [1, 0, 0, 0, 1, 0], photometric = 'MONOCHROME2', rows = 64 }: Made): { attributes: DataSet } {
  return {
    attributes: {
      '00200032': { vr: 'DS', Value: at },
      '00200037': { vr: 'DS', Value: cosines },
      '00280004': { vr: 'CS', Value: [photometric] },
      '00280010': { vr: 'US', Value: [rows] },
      '00280011': { vr: 'US', Value: [48] },
      '00280030': { vr: 'DS', Value: [1.2, 0.8] },
    },
  };
}

const axial = (places: readonly number[]): { attributes: DataSet }[] => places.map((z) => frame({ at: [-20, -30, z] }));

function grid(frames: readonly { attributes: DataSet }[]): Grid {
  const found = volumeOf(frames);
  if (!isVolume(found)) throw new Error(found);
  return found;
}

describe('frames are a volume', () => {
  it('whatever order they come in, with the spacing of rows and columns the right way round', () => {
    const found = grid(axial([6, 0, 9, 3]));
    expect(found).toMatchObject({ size: [48, 64, 4], spacing: [0.8, 1.2, 3], origin: [-20, -30, 0], order: [1, 3, 0, 2] });
  });

  it('also lying obliquely', () => {
    const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
    const found = grid([0, 1, 2].map((k) => frame({ at: [5, -s * 2 * k, c * 2 * k], cosines: [1, 0, 0, 0, c, s] })));
    expect(found.spacing[2]).toBeCloseTo(2, 9);
    expect(voxelAt(found, placeOf(found, [3, 7, 1.5]))).toEqual([3, 7, 1.5].map((value) => expect.closeTo(value, 9) as number));
  });

  it('with steps that differ as rounded millimetres do', () => {
    expect(grid(axial([0, 1.25, 2.5, 3.76, 5])).spacing[2]).toBeCloseTo(1.25, 6);
  });

  it('not when they are too few, of colour, without a place or of another size', () => {
    expect(volumeOf(axial([0, 3]))).toBe('few');
    expect(volumeOf([0, 3, 6].map((z) => frame({ at: [0, 0, z], photometric: 'RGB' })))).toBe('colour');
    expect(volumeOf([...axial([0, 3]), { attributes: { ...frame({ at: [0, 0, 6] }).attributes, '00200032': { vr: 'DS' } } }])).toBe('position');
    expect(volumeOf([...axial([0, 3]), frame({ at: [-20, -30, 6], rows: 32 })])).toBe('size');
  });

  it('not with a gap, unequal steps, two at one place, turned or tilted frames', () => {
    expect(volumeOf(axial([0, 3, 6, 12, 15]))).toBe('gap');
    expect(volumeOf(axial([0, 3, 6, 9.4, 12]))).toBe('spacing');
    expect(volumeOf(axial([0, 3, 6, 0, 3, 6]))).toBe('double');
    expect(volumeOf([...axial([0, 3]), frame({ at: [-20, -30, 6], cosines: [0, 1, 0, -1, 0, 0] })])).toBe('direction');
    expect(volumeOf([0, 1, 2, 3].map((k) => frame({ at: [0, k * 0.8, k * 3] })))).toBe('tilt');
  });
});

describe('a place in a volume', () => {
  const found = grid(axial([9, 6, 3, 0]));

  it('is told in columns, rows and slices', () => {
    expect(voxelAt(found, [-20 + 0.8 * 10, -30 + 1.2 * 5, 4.5])).toEqual([10, 5, 1.5].map((value) => expect.closeTo(value, 9) as number));
  });

  it('belongs to the nearest frame, at the ends to the outermost', () => {
    expect([-50, 0, 1.4, 1.6, 8, 70].map((z) => frameAt(found, [0, 0, z]))).toEqual([3, 3, 3, 2, 0, 0]);
  });

  it('lies in the slice of the frame that stood in the stack', () => {
    expect(middleOf(found, 1)).toEqual([-20 + 0.8 * 23.5, -30 + 1.2 * 31.5, 6].map((value) => expect.closeTo(value, 9) as number));
  });
});

describe('a volume is built', () => {
  const ct: Grid = { size: [512, 512, 600], spacing: [1, 1, 1], origin: [0, 0, 0], axes: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], order: [] };
  const limits = { frames: 450e6, all: 1.1e9, side: 2048 };

  it('only where frames, texture and sides have room', () => {
    const needs = needsOf(ct, 2);
    expect(needs).toEqual({ frames: 512 * 512 * 600 * 2, all: 512 * 512 * 600 * 6 });
    expect(fits(ct, needs, limits)).toBe(true);
    expect(fits(ct, needs, { ...limits, frames: needs.frames - 1 })).toBe(false);
    expect(fits(ct, needs, { ...limits, all: needs.all - 1 })).toBe(false);
    expect(fits(ct, needs, { ...limits, side: 599 })).toBe(false);
  });

  it('of floats where values are rescaled by a fraction', () => {
    const rescaled = (slope: number): { attributes: DataSet } => ({ attributes: { '00280100': { Value: [16] }, '00281053': { Value: [slope] }, '00281052': { Value: [-1024] } } });
    expect([sampleBytes(rescaled(1)), sampleBytes(rescaled(0.37)), sampleBytes({ attributes: { '00280100': { Value: [32] } } })]).toEqual([2, 4, 4]);
    expect(sampleBytes({ ...rescaled(1), suv: { factor: 0.001, raw: 'BQML' } })).toBe(4);
  });
});
