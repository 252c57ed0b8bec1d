import { describe, expect, it } from 'vitest';
import { frameAttributes, framesInOrder } from '../../src/dicom/frames';
import type { DataSet } from '../../src/dicom/json';

const axial = [1, 0, 0, 0, 1, 0];

function slice(sop: string, instance: number, z: number | undefined, orientation = axial): DataSet {
  return {
    '00080018': { vr: 'UI', Value: [sop] },
    '00200013': { vr: 'IS', Value: [instance] },
    '00280010': { vr: 'US', Value: [4] },
    '00280011': { vr: 'US', Value: [4] },
    ...(z === undefined ? {} : { '00200032': { vr: 'DS', Value: [0, 0, z] }, '00200037': { vr: 'DS', Value: orientation } }),
  };
}

const order = (sets: DataSet[]): string[] => framesInOrder(sets).map((frame) => frame.instance);

describe('frames in order', () => {
  it('follows geometry when the numbers lie, in the direction the numbers run', () => {
    expect(order([slice('c', 1, 10), slice('a', 2, 0), slice('b', 3, -5)])).toEqual(['c', 'a', 'b']);
    expect(order([slice('a', 1, 0), slice('c', 2, 20), slice('b', 3, 10)])).toEqual(['a', 'b', 'c']);
  });

  it('is the same for any order of arrival', () => {
    const sets = [slice('a', 1, 0), slice('b', 2, 5), slice('c', 3, 10)];
    expect(order([...sets].reverse())).toEqual(order(sets));
  });

  it('falls back to numbers when two images share a place, or planes differ', () => {
    expect(order([slice('b', 2, 0), slice('a', 1, 0), slice('c', 3, 5)])).toEqual(['a', 'b', 'c']);
    expect(order([slice('a', 1, 10), slice('b', 2, 0, [0, 1, 0, 0, 0, -1]), slice('c', 3, 5)])).toEqual(['a', 'b', 'c']);
  });

  it('leaves out what has no pixels', () => {
    expect(order([{ '00080018': { vr: 'UI', Value: ['report'] } }, slice('a', 1, undefined)])).toEqual(['a']);
  });

  it('makes a stack of the frames of a multi-frame object, counted from 1', () => {
    const cine = { ...slice('us', 1, undefined), '00280008': { vr: 'IS', Value: ['3'] } };
    expect(framesInOrder([cine]).map((frame) => [frame.frame, frame.frames])).toEqual([[1, 3], [2, 3], [3, 3]]);
  });
});

describe('functional groups (PS3.3 C.7.6.16)', () => {
  const enhanced: DataSet = {
    '00280008': { vr: 'IS', Value: [2] },
    '00281050': { vr: 'DS', Value: [1] },
    '52009229': { vr: 'SQ', Value: [{ '00289110': { vr: 'SQ', Value: [{ '00280030': { vr: 'DS', Value: [0.5, 0.5] } }] }, '00289132': { vr: 'SQ', Value: [{ '00281050': { vr: 'DS', Value: [7] } }] } }] },
    '52009230': {
      vr: 'SQ',
      Value: [
        { '00209113': { vr: 'SQ', Value: [{ '00200032': { vr: 'DS', Value: [0, 0, 1] } }] } },
        { '00209113': { vr: 'SQ', Value: [{ '00200032': { vr: 'DS', Value: [0, 0, 2] } }] }, '00289132': { vr: 'SQ', Value: [{ '00281050': { vr: 'DS', Value: [9] } }] } },
      ],
    },
  };

  it('lays shared and then per-frame attributes over the object', () => {
    const [first, second] = [frameAttributes(enhanced, 1), frameAttributes(enhanced, 2)];
    expect([first['00200032']?.Value, second['00200032']?.Value]).toEqual([[0, 0, 1], [0, 0, 2]]);
    expect([first['00281050']?.Value, second['00281050']?.Value]).toEqual([[7], [9]]);
    expect(first['00280030']?.Value).toEqual([0.5, 0.5]);
  });

  it('keeps one frame from leaking into another', () => {
    frameAttributes(enhanced, 2);
    expect(frameAttributes(enhanced, 1)['00281050']?.Value).toEqual([7]);
    expect(enhanced['00281050']?.Value).toEqual([1]);
  });
});
