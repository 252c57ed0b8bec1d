import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tableOf } from '../../src/dicom/colours';
import { painted, placeOfImage, resample, samplesFor } from '../../src/dicom/fusion';
import type { Grid } from '../../src/dicom/volume';

/** 3 × 3 × 2 voxels of 4, 2 and 5 mm, in the directions of the patient; each value is x + 2 y + 3 z of its middle. */
const grid: Grid = { size: [3, 3, 2], spacing: [4, 2, 5], origin: [10, 20, 30], axes: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], order: [0, 1] };
const value = (x: number, y: number, z: number): number => x + 2 * y + 3 * z;
const slices = [0, 1].map((slice) => [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => value(10 + 4 * column, 20 + 2 * row, 30 + 5 * slice))));

describe('values in another plane', () => {
  it('are linear between voxels, whatever the direction of the plane', () => {
    // A slanted plane from (11, 20.5, 31): samples lie in the middles of its two by two parts.
    const [a, b, c, d] = resample(grid, slices, { corner: [11, 20.5, 31], across: [4, 0, 2], down: [0, 2, 2] }, [2, 2]);
    expect(a).toBeCloseTo(value(12, 21, 32), 5);
    expect(b).toBeCloseTo(value(14, 21, 33), 5);
    expect(c).toBeCloseTo(value(12, 22, 33), 5);
    expect(d).toBeCloseTo(value(14, 22, 34), 5);
  });

  it('end at the outer sides of the voxels', () => {
    // The first column reaches from 8 to 12; samples at 7.5 and 8.5.
    const [outside, rim] = resample(grid, slices, { corner: [7, 22, 30], across: [2, 0, 0], down: [0, 0, 0] }, [2, 1]);
    expect(outside).toBeNaN();
    expect(rim).toBeCloseTo(value(10, 22, 30), 5);
  });

  it('of a slab are the highest, the lowest and the mean from face to face', () => {
    // Slices at 30 and 35; 4 mm about z = 32 are 30 … 34, and the value rises by 3 for each.
    const plane = { corner: [13, 21, 32], across: [2, 0, 0], down: [0, 2, 0] } as const;
    const [highest, lowest, mean] = (['highest', 'lowest', 'mean'] as const).map((of) => resample(grid, slices, plane, [1, 1], { of, millimetres: 4 })[0]);
    expect(highest).toBeCloseTo(value(14, 22, 34), 5);
    expect(lowest).toBeCloseTo(value(14, 22, 30), 5);
    expect(mean).toBeCloseTo(value(14, 22, 32), 5);
  });

  it('of a slab that reaches out of the voxels are those within', () => {
    // The lowest slice reaches down to 27.5: below is nothing.
    const plane = { corner: [13, 21, 27], across: [2, 0, 0], down: [0, 2, 0] } as const;
    expect(resample(grid, slices, plane, [1, 1], { of: 'mean', millimetres: 2 })[0]).toBeCloseTo(value(14, 22, 30), 5);
    expect(resample(grid, slices, plane, [1, 1])[0]).toBeNaN();
  });

  it('cover the pixels of an image from side to side', () => {
    const image = { '00200032': { Value: [1, 2, 3] }, '00200037': { Value: [1, 0, 0, 0, 0, -1] }, '00280010': { Value: [10] }, '00280011': { Value: [20] }, '00280030': { Value: [4, 2] } };
    expect(placeOfImage(image)).toEqual({ corner: [0, 2, 5], across: [40, 0, 0], down: [0, 0, -40] });
    expect(samplesFor({ corner: [0, 0, 0], across: [40, 0, 0], down: [0, 0, -2000] }, grid)).toEqual([40, 384]);
  });
});

describe('colours', () => {
  it('let the image through where nothing is, and only there', () => {
    const pixels = painted(new Float32Array([NaN, 0, 2.5, 5, 50]), 5, tableOf('grey'));
    expect([...pixels]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 128, 128, 128, 128, 255, 255, 255, 255, 255, 255, 255, 255]);
  });

  it('of hot iron are those of the standard (PS3.6 B.1.1)', () => {
    const table = tableOf('hotIron');
    for (let at = 0; at < 256; at += 1) {
      const wanted = [at < 128 ? 2 * at : 255, at < 128 ? 0 : 2 * (at - 128), at < 192 ? 0 : 4 * (at - 191)];
      for (const [channel, one] of wanted.entries()) expect(Math.abs((table[at * 3 + channel] ?? NaN) - one), `${at}`).toBeLessThanOrEqual(1);
    }
  });

  it.skipIf(!process.env['YINGYUN_TESTDATA'])('of PET are those of its Color Palette object', () => {
    const file = readFileSync(join(process.env['YINGYUN_TESTDATA'] ?? '', 'public/pydicom/pet.dcm'));
    const table = tableOf('pet');
    for (const [channel, element] of [0x01, 0x02, 0x03].entries()) {
      // (0028,120x) in Explicit VR Little Endian: twelve bytes of head.
      const at = file.indexOf(Buffer.from([0x28, 0x00, element, 0x12, 0x4f, 0x57]));
      for (let index = 0; index < 256; index += 1) expect(Math.abs((table[index * 3 + channel] ?? NaN) - (file[at + 12 + index] ?? NaN)), `${channel} ${index}`).toBeLessThanOrEqual(1);
    }
  });
});
