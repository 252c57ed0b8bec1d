import { describe, expect, it } from 'vitest';
import { number, numbers, personName, texts, withAbsoluteBulkData } from '../../src/dicom/json';

describe('DICOM JSON', () => {
  it('reads decimal strings and numbers alike (PS3.18 F.2.3)', () => {
    expect(numbers({ '00281050': { vr: 'DS', Value: ['40.5', 50, '', 'x'] } }, '00281050')).toEqual([40.5, 50]);
  });

  it('takes an attribute without Value as empty (PS3.18 F.2.5)', () => {
    expect(number({ '00200013': { vr: 'IS' } }, '00200013')).toBeUndefined();
    expect(texts({}, '00200013')).toEqual([]);
  });

  it('survives values of the wrong kind', () => {
    expect(texts({ '00100020': { vr: 'LO', Value: [null, { a: 1 }, 'P1 '] } }, '00100020')).toEqual(['P1']);
    expect(personName({ '00100010': { vr: 'PN', Value: ['Doe^Jo'] } }, '00100010')).toEqual({ Alphabetic: 'Doe^Jo' });
  });

  it('resolves relative bulk data against the instance, also inside sequences, and leaves absolute ones', () => {
    const set = {
      '7FE00010': { vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' },
      '00282000': { vr: 'OB', BulkDataURI: 'https://elsewhere.example/x' },
      '00400555': { vr: 'SQ', Value: [{ '54001010': { vr: 'OW', BulkDataURI: 'bulkdata/00400555/1/54001010' } }] },
    };
    const out = withAbsoluteBulkData(set, 'http://h/dicom-web/studies/1/series/2/instances/3/');
    expect(out['7FE00010']?.BulkDataURI).toBe('http://h/dicom-web/studies/1/series/2/instances/3/bulkdata/7FE00010');
    expect(out['00282000']?.BulkDataURI).toBe('https://elsewhere.example/x');
    expect(JSON.stringify(out['00400555'])).toContain('instances/3/bulkdata/00400555/1/54001010');
    expect(set['7FE00010'].BulkDataURI).toBe('bulkdata/7FE00010');
  });
});
