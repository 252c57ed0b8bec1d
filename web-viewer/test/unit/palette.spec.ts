import { afterEach, describe, expect, it, vi } from 'vitest';
import { firstPart } from '../../src/api/multipart';
import { withPalettes } from '../../src/api/palette';
import { paletteEntries, segmentedEntries } from '../../src/dicom/palette';

const le = (...values: number[]): Uint8Array => new Uint8Array(new Uint16Array(values).buffer);

afterEach(() => vi.unstubAllGlobals());

describe('palettes', () => {
  it('reads 16-bit entries, 8-bit entries in bytes, and 8-bit entries in words', () => {
    expect(paletteEntries(le(0, 65_535), [2, 0, 16])).toEqual([0, 65_535]);
    expect(paletteEntries(new Uint8Array([7, 9]), [2, 0, 8])).toEqual([7, 9]);
    expect(paletteEntries(le(7, 9), [2, 0, 8])).toEqual([7, 9]);
  });

  it('writes discrete, linear and indirect segments out (PS3.3 C.7.9.2)', () => {
    // discrete [10, 20], linear to 50 in 3 steps, then the discrete segment once more
    expect(segmentedEntries(le(0, 2, 10, 20, 1, 3, 50, 2, 1, 0, 0), [7, 0, 16])).toEqual([10, 20, 30, 40, 50, 10, 20]);
  });

  it('gives no table where the segments do not make sense', () => {
    expect(segmentedEntries(le(1, 3, 50), [3, 0, 16])).toBeUndefined();
    expect(segmentedEntries(le(9, 9, 9), [3, 0, 16])).toBeUndefined();
    expect(segmentedEntries(le(0, 1, 5), [3, 0, 16])).toBeUndefined();
  });

  it('fetches the tables that metadata refers to and leaves other images alone', async () => {
    const mock = vi.fn(() => Promise.resolve(new Response(le(1, 2).buffer as ArrayBuffer, { headers: { 'Content-Type': 'application/octet-stream' } })));
    vi.stubGlobal('fetch', mock);
    const colour = {
      '00280004': { Value: ['PALETTE COLOR'] },
      ...Object.fromEntries(['1101', '1102', '1103'].map((element) => [`0028${element}`, { Value: [2, 0, 16] }])),
      ...Object.fromEntries(['1201', '1202', '1203'].map((element) => [`0028${element}`, { vr: 'OW', BulkDataURI: `http://h/${element}` }])),
    };
    const grey = { '00280004': { Value: ['MONOCHROME2'] } };
    const [first, second] = await withPalettes([colour, grey], new AbortController().signal);
    expect(first?.['00281203']?.Value).toEqual([1, 2]);
    expect(second).toBe(grey);
    expect(mock).toHaveBeenCalledTimes(3);
  });
});

describe('multipart answers', () => {
  it('give the bytes of the first part, whatever they hold', () => {
    const body = new Uint8Array([...new TextEncoder().encode('\r\n--b c\r\nContent-Type: application/octet-stream\r\n\r\n'), 13, 10, 45, 0, 255, ...new TextEncoder().encode('\r\n--b c--\r\n')]);
    expect([...firstPart('multipart/related; type="application/octet-stream"; boundary="b c"', body)]).toEqual([13, 10, 45, 0, 255]);
  });

  it('in one part are their own body', () => {
    expect([...firstPart('application/octet-stream', new Uint8Array([1, 2]))]).toEqual([1, 2]);
  });
});
