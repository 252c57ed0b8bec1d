import { afterEach, describe, expect, it, vi } from 'vitest';
import { listSeries, matchingKeys, searchStudies } from '../../src/api/qido';
import { ApiError } from '../../src/api/http';

const any = { text: '', modalities: [], dates: '' };
const signal = new AbortController().signal;

function answer(...answers: [status: number, body: unknown][]): { urls: () => URL[] } {
  const mock = vi.fn<typeof fetch>();
  for (const [status, body] of answers) mock.mockResolvedValueOnce(new Response(status === 204 ? null : JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', mock);
  return { urls: () => mock.mock.calls.map(([url]) => new URL(String(url), 'http://h')) };
}

function studySet(uid: string, date: string): unknown {
  return { '0020000D': { vr: 'UI', Value: [uid] }, '00080020': { vr: 'DA', Value: [date] } };
}

afterEach(() => vi.unstubAllGlobals());

describe('one search box', () => {
  it('takes words as parts of a name', () => {
    expect(matchingKeys('zhang  xiao')).toEqual([{ PatientName: '*zhang*xiao*' }]);
    expect(matchingKeys('张')).toEqual([{ PatientName: '*张*' }]);
  });

  it('takes text with digits as patient id or accession number', () => {
    expect(matchingKeys('P47')).toEqual([{ PatientID: '*P47*' }, { AccessionNumber: '*P47*' }]);
  });

  it('looks a study UID up exactly', () => {
    expect(matchingKeys('1.2.840.10008.1.2.3')).toEqual([{ StudyInstanceUID: '1.2.840.10008.1.2.3' }]);
  });

  it('never lets typed wildcards through', () => {
    expect(matchingKeys('*?\\')).toEqual([{}]);
  });
});

describe('studies', () => {
  it('takes 204 as no match (PS3.18 §10.6.3)', async () => {
    answer([204, null]);
    expect(await searchStudies(any, 2, 0, signal)).toEqual({ studies: [], more: false });
  });

  it('knows from one more row that there is a next page', async () => {
    const asked = answer([200, [studySet('1', '20240103'), studySet('2', '20240102'), studySet('3', '20240101')]]);
    const page = await searchStudies(any, 2, 4, signal);
    expect(page.studies.map((study) => study.uid)).toEqual(['1', '2']);
    expect(page.more).toBe(true);
    expect(asked.urls()[0]?.searchParams.get('limit')).toBe('3');
    expect(asked.urls()[0]?.searchParams.get('offset')).toBe('4');
  });

  it('joins several searches, each study once, newest first', async () => {
    const asked = answer([200, [studySet('old', '20200101'), studySet('both', '20210101')]], [200, [studySet('both', '20210101'), studySet('new', '20240101')]]);
    const page = await searchStudies({ ...any, text: 'A1' }, 10, 0, signal);
    expect(page.studies.map((study) => study.uid)).toEqual(['new', 'both', 'old']);
    expect(asked.urls().map((url) => [...url.searchParams.keys()].find((key) => /ID|Number$/.test(key)))).toEqual(['PatientID', 'AccessionNumber']);
  });

  it('sends dates and modality as keys', async () => {
    const asked = answer([200, []]);
    await searchStudies({ text: '', modalities: ['CT'], dates: '20240101-20240131' }, 10, 0, signal);
    expect(asked.urls()[0]?.searchParams.get('StudyDate')).toBe('20240101-20240131');
    expect(asked.urls()[0]?.searchParams.get('ModalitiesInStudy')).toBe('CT');
  });

  it('shows a study whose answer names a modality twice', async () => {
    answer([200, [{ '0020000D': { Value: ['1'] }, '00080061': { Value: ['CT', '', 'CT', 'SR'] } }]]);
    expect((await searchStudies(any, 2, 0, signal)).studies[0]?.modalities).toEqual(['CT', 'SR']);
  });

  it('tells a refused request from a lost server', async () => {
    answer([401, {}]);
    await expect(searchStudies(any, 2, 0, signal)).rejects.toMatchObject({ failure: 'signed-out' });
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('network')));
    await expect(searchStudies(any, 2, 0, signal)).rejects.toBeInstanceOf(ApiError);
  });
});

describe('series', () => {
  it('puts images before reports, then goes by number', async () => {
    const set = (uid: string, modality: string, number: number): unknown => ({
      '0020000E': { Value: [uid] }, '00080060': { Value: [modality] }, '00200011': { Value: [number] },
    });
    answer([200, [set('sr', 'SR', 1), set('b', 'CT', 3), set('a', 'CT', 2)]]);
    expect((await listSeries('1', signal)).map((item) => item.uid)).toEqual(['a', 'b', 'sr']);
  });
});
