import { describe, expect, it } from 'vitest';
import { dateRange, detailed, fromQuery, isFiltered, noFilter, searches, toQuery, type Filter } from '../../src/state/worklist-filter';

const today = new Date(2024, 2, 1);
const keys = (part: Partial<Filter>): Record<string, string>[] => searches({ ...noFilter, ...part }, today).map((found) => Object.fromEntries(found));

describe('one search box', () => {
  it('takes ideographs and several words as a name, whatever parts them', () => {
    expect(keys({ text: '张' })).toEqual([{ PatientName: '张' }]);
    expect(keys({ text: 'Zhang^Xiao  ming' })).toEqual([{ PatientName: 'Zhang Xiao ming' }]);
  });

  it('takes one word as the beginning of an id or of an accession number, or as a name', () => {
    expect(keys({ text: 'P47' })).toEqual([{ PatientID: 'P47*' }, { AccessionNumber: 'P47*' }, { PatientName: 'P47' }]);
  });

  it('leaves wildcards where somebody puts them (PS3.4 §C.2.2.2.4)', () => {
    expect(keys({ text: '*47' })[0]).toEqual({ PatientID: '*47' });
    expect(keys({ text: ' ** ' })).toEqual([{}]);
  });

  it('looks a study UID up exactly', () => {
    expect(keys({ text: '1.2.840.10008.1.2.3' })).toEqual([{ StudyInstanceUID: '1.2.840.10008.1.2.3' }]);
  });

  it('never parts a list of values', () => {
    expect(keys({ patientId: 'A\\B' })).toEqual([{ PatientID: 'A B' }]);
  });
});

describe('fields', () => {
  it('narrow together, with the box', () => {
    const found = searches({ ...noFilter, text: '伟', name: 'wang', accession: 'A1', institution: '人民医院', when: 'today' }, today);
    expect(found).toEqual([[['PatientName', 'wang'], ['AccessionNumber', 'A1'], ['InstitutionName', '*人民医院*'], ['StudyDate', '20240301'], ['PatientName', '伟']]]);
  });

  it('ask for each modality apart, unless something else leads to few studies', () => {
    expect(keys({ modalities: ['CT', 'MR'] })).toEqual([{ ModalitiesInStudy: 'CT' }, { ModalitiesInStudy: 'MR' }]);
    expect(keys({ modalities: ['CT', 'MR'], patientId: '1' })).toEqual([{ PatientID: '1', ModalitiesInStudy: 'CT,MR' }]);
  });

  it('are counted where they are not to be seen', () => {
    expect(detailed({ ...noFilter, text: 'x', name: ' ', institution: 'y', when: 'range', from: '2024-01-01' })).toBe(2);
  });
});

describe('dates', () => {
  const range = (part: Partial<Filter>): string => dateRange({ ...noFilter, ...part }, today);

  it('count today as the first day', () => {
    expect(['any', 'today', 'yesterday', 'week', 'month'].map((when) => range({ when: when as Filter['when'] }))).toEqual([
      '', '20240301', '20240229', '20240224-20240301', '20240201-20240301',
    ]);
  });

  it('may be open at either end, and are put in order (PS3.4 §C.2.2.2.5.1)', () => {
    expect(range({ when: 'range', from: '2024-01-02' })).toBe('20240102-');
    expect(range({ when: 'range', to: '2024-01-02' })).toBe('-20240102');
    expect(range({ when: 'range', from: '2024-02-01', to: '2024-01-01' })).toBe('20240101-20240201');
  });
});

describe('the address', () => {
  it('carries every part of a filter and brings it back', () => {
    const filter: Filter = { text: '张 三&', name: 'a=b', patientId: '#1', accession: '+2', institution: '院', modalities: ['CT', 'PT'], when: 'range', from: '2024-01-01', to: '' };
    expect(fromQuery(toQuery(filter))).toEqual(filter);
    expect(fromQuery(toQuery({ ...noFilter, when: 'week' }))).toEqual({ ...noFilter, when: 'week' });
  });

  it('is bare without a filter', () => {
    expect(toQuery(noFilter)).toBe('');
    expect(isFiltered({ ...noFilter, text: '  ' })).toBe(false);
  });

  it('is read without trust', () => {
    expect(fromQuery('when=never&from=soon&modality=ct,,%3Cb%3E,CT,CT&x=y')).toEqual({ ...noFilter, modalities: ['CT'] });
  });
});
