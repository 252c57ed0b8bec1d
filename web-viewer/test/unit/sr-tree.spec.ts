import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../src/dicom/json';
import { readTree, unitText } from '../../src/dicom/sr-tree';

const code = (value: string, meaning: string, scheme = 'DCM'): DataSet => ({
  '00080100': { vr: 'SH', Value: [value] }, '00080102': { vr: 'SH', Value: [scheme] }, '00080104': { vr: 'LO', Value: [meaning] },
});
const item = (type: string, name: DataSet | undefined, own: DataSet = {}, children: DataSet[] = []): DataSet => ({
  '0040A010': { vr: 'CS', Value: ['CONTAINS'] },
  ...(type ? { '0040A040': { vr: 'CS', Value: [type] } } : {}),
  ...(name ? { '0040A043': { vr: 'SQ', Value: [name] } } : {}),
  ...own,
  ...(children.length > 0 ? { '0040A730': { vr: 'SQ', Value: children } } : {}),
});
const number = (text: string, unit: DataSet): DataSet => ({ '0040A300': { vr: 'SQ', Value: [{ '0040A30A': { vr: 'DS', Value: [text] }, '004008EA': { vr: 'SQ', Value: [unit] } }] } });

describe('a structured report', () => {
  it('is read with its values, whatever its template is', () => {
    const { root, completion } = readTree({
      ...item('CONTAINER', code('11528-7', 'Radiology Report', 'LN'), {}, [
        item('TEXT', code('121071', 'Finding'), { '0040A160': { vr: 'UT', Value: ['a nodule'] } }),
        item('NUM', code('410668003', 'Length', 'SCT'), number('12.50', code('mm', 'millimeter', 'UCUM'))),
        item('CODE', code('121401', 'Derivation'), { '0040A168': { vr: 'SQ', Value: [code('373098007', 'Mean', 'SCT')] } }),
        item('PNAME', code('121008', 'Observer'), { '0040A123': { vr: 'PN', Value: [{ Alphabetic: 'Li^Na' }] } }),
        item('DATE', undefined, { '0040A121': { vr: 'DA', Value: ['20240229'] } }),
        item('IMAGE', undefined, { '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] }, '00081160': { vr: 'IS', Value: [4] } }] } }),
        item('SCOORD', undefined, { '00700023': { vr: 'CS', Value: ['POLYLINE'] }, '00700022': { vr: 'FL', Value: [1, 2, 3, 4] } }),
        item('', undefined, { '0040DB73': { vr: 'UL', Value: [1, 2] } }),
      ]),
      '0040A491': { vr: 'CS', Value: ['COMPLETE'] },
    });
    expect(root.name.meaning).toBe('Radiology Report');
    expect(completion).toBe('COMPLETE');
    expect(root.children.map(({ value }) => value)).toEqual([
      { type: 'text', text: 'a nodule' },
      { type: 'number', text: '12.50', unit: { value: 'mm', scheme: 'UCUM', meaning: 'millimeter' }, missing: '' },
      { type: 'code', code: { value: '373098007', scheme: 'SCT', meaning: 'Mean' } },
      { type: 'person', name: { Alphabetic: 'Li^Na' } },
      { type: 'date', text: '20240229' },
      { type: 'reference', to: [{ sopClass: '', instance: '1.2.3', frame: 4 }] },
      { type: 'graphic', shape: 'POLYLINE', points: 2 },
      { type: 'item', place: '1.2' },
    ]);
  });

  it('says why a number is missing', () => {
    const [child] = readTree(item('CONTAINER', undefined, {}, [item('NUM', undefined, { '0040A301': { vr: 'SQ', Value: [code('114007', 'Measurement not attempted')] } })])).root.children;
    expect(child?.value).toMatchObject({ type: 'number', text: '', missing: 'Measurement not attempted' });
  });

  it('tells the series of its evidence', () => {
    const evidence = { '00081115': { vr: 'SQ', Value: [{ '0020000E': { vr: 'UI', Value: ['9.1'] }, '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] } }] } }] } };
    expect(readTree({ '0040A375': { vr: 'SQ', Value: [evidence] } }).seriesOf.get('1.2.3')).toBe('9.1');
  });

  it('is read however damaged it is', () => {
    expect(readTree({}).root.value).toEqual({ type: 'none' });
    expect(readTree({ '0040A730': { vr: 'SQ', Value: [null, 'x', {}] } }).root.children).toHaveLength(1);
  });

  it('writes units as people do', () => {
    const unit = (value: string, meaning: string) => unitText({ value, scheme: 'UCUM', meaning });
    expect([unit('mm2', 'square millimeter'), unit("[hnsf'U]", 'Hounsfield unit'), unit('1', 'no units'), unit('{counts}', 'counts'), unit('mGy.cm', 'mGy.cm')]).toEqual(['mm²', 'HU', '', 'counts', 'mGy.cm']);
  });
});
