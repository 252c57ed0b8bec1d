import { describe, expect, it } from 'vitest';
import { distance, nearest } from '../../src/dicom/geometry';
import type { DataSet } from '../../src/dicom/json';
import { likest, type Series } from '../../src/dicom/study';
import { inTurn } from '../../src/engine/order';
import { layoutName, layoutNamed } from '../../src/state/layout';

/** An axial frame at `z` millimetres, or one tilted about the x axis by `degrees`. */
function frame(z: number, degrees = 0): { attributes: DataSet } {
  const tilt = (degrees * Math.PI) / 180;
  return {
    attributes: {
      '00200032': { vr: 'DS', Value: [-100, -100, z] },
      '00200037': { vr: 'DS', Value: [1, 0, 0, 0, Math.cos(tilt), Math.sin(tilt)] },
    },
  };
}

const stack = (first: number, step: number, count: number): { attributes: DataSet }[] => Array.from({ length: count }, (_, at) => frame(first + at * step));

describe('the frame that lies nearest', () => {
  it('is found by millimetres, whatever the spacing and the order', () => {
    expect(nearest(stack(0, 2, 50), frame(31).attributes, 0)).toBe(15);
    expect(nearest(stack(98, -2, 50), frame(30).attributes, 0)).toBe(34);
    expect(nearest(stack(0, 2, 50), frame(30).attributes, 12)).toBe(21);
  });

  it('is the first or last where the other stack ends', () => {
    expect(nearest(stack(0, 2, 50), frame(-40).attributes, 0)).toBe(0);
    expect(nearest(stack(0, 2, 50), frame(400).attributes, 0)).toBe(49);
  });

  it('is none where planes are not parallel or an image does not tell where it lies (PS3.3 C.7.6.2)', () => {
    expect(nearest([frame(0, 45)], frame(0).attributes, 0)).toBeUndefined();
    expect(nearest([{ attributes: {} }], frame(0).attributes, 0)).toBeUndefined();
    expect(nearest(stack(0, 2, 5), {}, 0)).toBeUndefined();
  });

  it('is told with the distance along the first one’s normal', () => {
    expect(distance(frame(10).attributes, frame(4).attributes)).toBeCloseTo(-6);
    expect(distance({}, frame(4).attributes)).toBeUndefined();
  });
});

describe('the order of fetching', () => {
  it('takes what is near in each viewport first, then the rest in turn, and each frame once', () => {
    const wish = (name: string, count: number, from: number) => ({ name, ids: Array.from({ length: count }, (_, at) => `${name}${at}`), from });
    const order = [...inTurn([wish('a', 12, 6), wish('b', 12, 0)])].map(({ wish: { name }, index }) => `${name}${index}`);
    expect(order.slice(0, 3)).toEqual(['a6', 'a7', 'a5']);
    expect(order.slice(0, 8).every((id) => id.startsWith('a'))).toBe(true);
    expect(order.slice(8, 11)).toEqual(['b0', 'b1', 'b2']);
    expect(order.slice(16, 20).map((id) => id[0])).toEqual(['a', 'b', 'a', 'b']);
    expect(new Set(order).size).toBe(24);
  });
});

describe('what of a prior stands beside a series', () => {
  const series = (uid: string, modality: string, description: string, bodyPart = ''): Series => ({ uid, number: 1, modality, description, bodyPart, images: 1 });

  it('is of the same modality and says most of the same', () => {
    const prior = [series('1', 'SR', 'CHEST LUNG'), series('2', 'CT', 'Scout'), series('3', 'CT', 'CHEST lung 1.0'), series('4', 'CT', 'CHEST med')];
    expect(likest(prior, series('9', 'CT', 'Chest_LUNG'))?.uid).toBe('3');
    expect(likest(prior, series('9', 'MR', 'Chest'))).toBeUndefined();
    expect(likest([series('1', 'CT', 'A', 'HEAD'), series('2', 'CT', 'B', 'CHEST')], series('9', 'CT', 'C', 'CHEST'))?.uid).toBe('2');
  });
});

describe('the layout in the address', () => {
  it('comes back as it was written, and anything else is one viewport', () => {
    expect(layoutNamed(layoutName({ rows: 2, columns: 3 }))).toEqual({ rows: 2, columns: 3 });
    for (const text of [null, '', '0x1', '9x9', '2x', '2x3x4']) expect(layoutName(layoutNamed(text))).toBe('1x1');
  });
});
