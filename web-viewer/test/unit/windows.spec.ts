import { describe, expect, it } from 'vitest';
import { fullRange, presets, storedWindows } from '../../src/dicom/windows';

const stored = {
  '00281050': { vr: 'DS', Value: ['40', '-600'] },
  '00281051': { vr: 'DS', Value: ['400', '1500'] },
  '00281055': { vr: 'LO', Value: ['WINDOW1', 'LUNG'] },
};

describe('windows', () => {
  it('pairs several centers and widths with their explanations', () => {
    expect(storedWindows(stored)).toEqual([
      { name: 'file', label: 'WINDOW1', window: { center: 40, width: 400 } },
      { name: 'file', label: 'LUNG', window: { center: -600, width: 1500 } },
    ]);
  });

  it('ignores a width below 1, which LINEAR does not allow (PS3.3 C.11.2.1.2.1)', () => {
    expect(storedWindows({ '00281050': { Value: [40] }, '00281051': { Value: [0] } })).toEqual([]);
  });

  it('keeps the CT keys where they are, whether the image brings windows or not', () => {
    expect(presets('CT', stored, [-1000, 3000])[2]?.name).toBe('lung');
    expect(presets('CT', {}, [-1000, 3000])[2]?.name).toBe('lung');
    expect(presets('CT', {}, [-1000, 3000])[0]).toEqual({ name: 'full', window: { center: 1000.5, width: 4001 } });
  });

  it('offers the full range and more or less contrast elsewhere', () => {
    expect(presets('MR', stored, [0, 999]).map((preset) => preset.name)).toEqual(['file', 'full', 'narrow', 'wide', 'file']);
  });

  it('offers a window that the image tells twice once', () => {
    const twice = { '00281050': { vr: 'DS', Value: [-450, -450] }, '00281051': { vr: 'DS', Value: [2000, 2000] } };
    expect(presets('MR', twice, [0, 999]).map((preset) => preset.name)).toEqual(['file', 'full', 'narrow', 'wide']);
  });

  it('offers nothing for an image of one value without a window', () => {
    expect(presets('MR', {}, [5, 5])).toEqual([]);
  });

  it('makes the full range end at black and white', () => {
    const { center, width } = fullRange([0, 255]);
    expect(center - 0.5 - (width - 1) / 2).toBe(0);
    expect(center - 0.5 + (width - 1) / 2).toBe(255);
  });
});

describe('windows of PET in SUV', () => {
  it('begin at 0, and the stored one is theirs by the same factor', () => {
    const found = presets('PT', stored, [0, 12], 0.001);
    expect(found.map(({ name }) => name)).toEqual(['suv5', 'suv7', 'suv10', 'suv15', 'suv20', 'file', 'full']);
    expect(found[2]?.window).toEqual({ center: 5, width: 10 });
    expect(found[5]?.window).toEqual({ center: 0.04, width: 0.4 });
    expect(found[6]?.window).toEqual({ center: 6, width: 12 });
  });
});
