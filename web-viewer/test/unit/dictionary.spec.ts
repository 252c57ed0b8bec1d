import table from 'virtual:dicom-dictionary';
import { describe, expect, it } from 'vitest';
import { asText, readDictionary, search, tagRows } from '../../src/dicom/dictionary';
import { kindOf } from '../../src/dicom/kinds';

const dictionary = readDictionary(table);
const set = {
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Li^Na', Ideographic: '李^娜' }] },
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
  '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] } }] },
  '00091001': { vr: 'UN', InlineBinary: btoa('\x01\xff') },
  '00280030': { vr: 'DS', Value: [0.5, 0.5] },
  '60020010': { vr: 'US', Value: [4] },
  '7FE00010': { vr: 'OW', BulkDataURI: 'http://a/b' },
};

describe('the tag browser', () => {
  it('names attributes by the dictionary, groups that repeat too', () => {
    const rows = tagRows(set, dictionary);
    expect(rows.map(({ keyword }) => keyword)).toEqual([
      'SOPClassUID', 'ReferencedImageSequence', '', 'ReferencedSOPInstanceUID', '', 'PatientName', 'PixelSpacing', 'OverlayRows', 'PixelData',
    ]);
    expect(rows[0]?.value).toMatch(/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.2 \(CT/i);
    expect(rows[4]?.value).toBe('01 ff');
    expect(rows[6]?.value).toBe('0.5 \\ 0.5');
    expect(rows[8]?.bulk).toBe('http://a/b');
  });

  it('finds by tag, keyword and value, with what a find lies in', () => {
    const rows = tagRows(set, dictionary);
    const found = (query: string): string[] => search(rows, query).map(({ path }) => path);
    expect(found('(0010,0010)')).toEqual(['00100010']);
    expect(found('pixel spac')).toEqual(['00280030']);
    expect(found('李')).toEqual(['00100010']);
    expect(found('1.2.3')).toEqual(['00081140', '00081140/1', '00081140/1/00081155']);
    expect(found('nothing of it')).toEqual([]);
  });

  it('copies a line a row', () => {
    expect(asText(search(tagRows(set, dictionary), 'name'))).toBe('(0010,0010) PN PatientName Li^Na=李^娜');
  });

  it('has a table that is whole and small', () => {
    expect(dictionary.keywords.size).toBeGreaterThan(4500);
    expect(dictionary.keywords.get('0040A730')).toBe('ContentSequence');
  });
});

describe('the kind of an object', () => {
  const of = (sopClass: string, own = {}): string => kindOf({ '00080016': { vr: 'UI', Value: [sopClass] }, ...own });
  const pixels = { '00280010': { vr: 'US', Value: [8] }, '00280011': { vr: 'US', Value: [8] } };
  it('is told by its class, else by what it holds', () => {
    const root = '1.2.840.10008.5.1.4.1.1.';
    expect([
      of(`${root}2`, pixels), of(`${root}88.33`), of(`${root}88.59`), of(`${root}104.1`), of(`${root}104.3`), of(`${root}66.4`, pixels), of(`${root}481.3`), of(`${root}481.2`, pixels),
      of(`${root}481.5`), of(`${root}11.1`), of(`${root}77.1.1.1`, pixels), of(`${root}9.1.1`, { '54000100': { vr: 'SQ' } }), of('1.2.3', pixels), of('1.2.3'),
    ]).toEqual(['image', 'report', 'report', 'pdf', 'model', 'segmentation', 'contours', 'image', 'plan', 'presentation', 'video', 'waveform', 'image', 'unknown']);
  });

  it('keeps the label of a slide an image, and its tiles out', () => {
    const slide = '1.2.840.10008.5.1.4.1.1.77.1.6';
    const total = (columns: number) => ({ '00480006': { vr: 'UL', Value: [columns] }, '00280008': { vr: 'IS', Value: [4] } });
    expect([of(slide, pixels), of(slide, { ...pixels, ...total(64) })]).toEqual(['image', 'slide']);
  });
});
