import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../src/dicom/json';
import { drawNative } from '../../src/dicom/native';

const us = (value: number): { vr: string; Value: number[] } => ({ vr: 'US', Value: [value] });

/** Three pixels in a row, 12 of 16 bits, window 40 / 400 on Hounsfield units from -1024 on. */
const ct: DataSet = {
  '00080060': { vr: 'CS', Value: ['CT'] },
  '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
  '00280010': us(1),
  '00280011': us(3),
  '00280100': us(16),
  '00280101': us(12),
  '00280103': us(0),
  '00281050': { vr: 'DS', Value: [40] },
  '00281051': { vr: 'DS', Value: [400] },
  '00281052': { vr: 'DS', Value: [-1024] },
  '00281053': { vr: 'DS', Value: [1] },
};
const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint16Array(values).buffer);
const greys = (samples: Uint8Array, attributes: DataSet): number[] | undefined => {
  const drawn = drawNative(samples, attributes);
  return drawn && [...drawn.values];
};

describe('stored pixels', () => {
  it('go through rescale and window by the LINEAR function (PS3.3 C.11.2.1.2.1)', () => {
    // ((x - (c - 0.5)) / (w - 1) + 0.5) * 255 of -160, 39.5 and 240 HU; half a step rounds to even.
    expect(greys(words(864, 1064, 1264), ct)).toEqual([0, 128, 255]);
    expect(greys(words(0, 1164, 4095), ct)).toEqual([0, 192, 255]);
  });

  it('have a sign where the attributes say so, and nothing of the bits above the stored ones (PS3.5 §8.1.1)', () => {
    const signed: DataSet = { ...ct, '00280103': us(1), '00281052': { vr: 'DS', Value: [0] } };
    // 0xFFF is -1 in twelve bits: (-1 - 39.5) / 399 + 0.5 of 255.
    expect(greys(words(0x0fff, 0xffff, 40), signed)).toEqual([102, 102, 128]);
    expect(greys(words(0xf428, 1064, 1064), ct)?.[0]).toBe(greys(words(0x0428, 1064, 1064), ct)?.[0]);
  });

  it('are read byte by byte where 8 bits are allocated, and inverted for MONOCHROME1', () => {
    const bytes: DataSet = {
      ...ct, '00280004': { vr: 'CS', Value: ['MONOCHROME1'] }, '00280100': us(8), '00280101': us(8),
      '00281050': { vr: 'DS', Value: [128] }, '00281051': { vr: 'DS', Value: [256] }, '00281052': { vr: 'DS', Value: [0] },
    };
    expect(greys(new Uint8Array([0, 100, 255]), bytes)).toEqual([255, 155, 0]);
  });

  it('are spread over all greys where no window is stored', () => {
    expect(greys(words(1000, 1080, 1200), { ...ct, '00281050': undefined })).toEqual([0, 102, 255]);
  });

  it.each([
    ['colour', { '00280004': { vr: 'CS', Value: ['RGB'] } }],
    ['a function that is not LINEAR', { '00281056': { vr: 'CS', Value: ['SIGMOID'] } }],
    ['a table of values', { '00283000': { vr: 'SQ', Value: [{}] } }],
    ['pixels that are not square', { '00280030': { vr: 'DS', Value: [1, 0.5] } }],
    ['32 bits', { '00280100': us(32) }],
    ['PET', { '00080060': { vr: 'CS', Value: ['PT'] } }],
    ['more rows than there is data for', { '00280010': us(2) }],
  ] as [string, DataSet][])('are left to the engine: %s', (_, other) => {
    expect(drawNative(words(1, 2, 3), { ...ct, ...other })).toBeUndefined();
  });
});
