import { afterEach, describe, expect, it, vi } from 'vitest';
import { contentsOf, nextPage, searchStudies } from '../../src/api/qido';
import { ApiError } from '../../src/api/http';

const signal = new AbortController().signal;

function answer(...answers: [status: number, body: unknown, headers?: Record<string, string>][]): { urls: () => URL[] } {
  const mock = vi.fn<typeof fetch>();
  for (const [status, body, headers] of answers) mock.mockResolvedValueOnce(new Response(status === 204 ? null : JSON.stringify(body), { status, headers: headers ?? {} }));
  vi.stubGlobal('fetch', mock);
  return { urls: () => mock.mock.calls.map(([url]) => new URL(String(url), 'http://h')) };
}

function studySet(uid: string): unknown {
  return { '0020000D': { vr: 'UI', Value: [uid] } };
}

afterEach(() => vi.unstubAllGlobals());

describe('studies', () => {
  it('takes 204 as no match (PS3.18 §10.6.3)', async () => {
    answer([204, null]);
    expect(await searchStudies([], 2, undefined, signal)).toEqual({ studies: [], next: undefined });
  });

  it('goes on behind the place that the link names, and stops where there is none', async () => {
    const asked = answer(
      [200, [studySet('1'), studySet('2')], { Link: '<http://h/dicom-web/studies?limit=2&after=a.b-c~d>; rel="next"' }],
      [200, [studySet('3')]],
    );
    const first = await searchStudies([], 2, undefined, signal);
    expect(first.next).toBe('a.b-c~d');
    const second = await searchStudies([], 2, first.next, signal);
    expect(second.next).toBeUndefined();
    expect(asked.urls().map((url) => [url.searchParams.get('limit'), url.searchParams.get('after')])).toEqual([['2', null], ['2', 'a.b-c~d']]);
  });

  it('reads the link of the next page among others (RFC 8288)', () => {
    expect(nextPage('<http://h/help>; rel="help", </studies?after=x>; rel=next')).toBe('x');
    expect(nextPage('<http://h/studies?after=x>; rel="prev"')).toBeUndefined();
    expect(nextPage(null)).toBeUndefined();
  });

  it('sends every key, the same attribute twice too, and asks for names fuzzily', async () => {
    const asked = answer([200, []], [200, []]);
    await searchStudies([['PatientName', '张'], ['PatientName', 'san'], ['StudyDate', '20240101-']], 10, undefined, signal);
    await searchStudies([['PatientID', 'P1*']], 10, undefined, signal);
    const [byName, byId] = asked.urls();
    expect(byName?.searchParams.getAll('PatientName')).toEqual(['张', 'san']);
    expect(byName?.searchParams.get('StudyDate')).toBe('20240101-');
    expect(byName?.searchParams.get('fuzzymatching')).toBe('true');
    expect(byId?.searchParams.has('fuzzymatching')).toBe(false);
  });

  it('shows a study whose answer names a modality twice', async () => {
    answer([200, [{ '0020000D': { Value: ['1'] }, '00080061': { Value: ['CT', '', 'CT', 'SR'] } }]]);
    expect((await searchStudies([], 2, undefined, signal)).studies[0]?.modalities).toEqual(['CT', 'SR']);
  });

  it('tells a refused request from a lost server', async () => {
    answer([401, {}]);
    await expect(searchStudies([], 2, undefined, signal)).rejects.toMatchObject({ failure: 'signed-out' });
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('network')));
    await expect(searchStudies([], 2, undefined, signal)).rejects.toBeInstanceOf(ApiError);
  });
});

describe('series', () => {
  it('puts images before reports, then goes by number', async () => {
    const set = (uid: string, modality: string, number: number): unknown => ({
      '0020000E': { Value: [uid] }, '00080060': { Value: [modality] }, '00200011': { Value: [number] },
    });
    answer([200, [set('sr', 'SR', 1), set('b', 'CT', 3), set('a', 'CT', 2)]]);
    expect((await contentsOf('1', signal)).series.map((item) => item.uid)).toEqual(['a', 'b', 'sr']);
  });

  it('tell where they were made, each place once', async () => {
    const made = (uid: string, where: string): unknown => ({ '0020000E': { Value: [uid] }, '00080080': { Value: [where] } });
    answer([200, [made('1', '市人民医院'), made('2', ''), made('3', '市人民医院')]]);
    expect((await contentsOf('1', signal)).institutions).toEqual(['市人民医院']);
  });
});
