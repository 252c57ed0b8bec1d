import { afterEach, describe, expect, it, vi } from 'vitest';
import { openStudy } from '../../src/api/bootstrap';

const signal = new AbortController().signal;
const series = (uid: string, number: number): unknown => ({ '0020000E': { Value: [uid] }, '00080060': { Value: ['CT'] }, '00200011': { Value: [number] } });

function answer(metadata: unknown): ReturnType<typeof vi.fn<typeof fetch>> {
  const body = { study: { '0020000D': { Value: ['1'] } }, series: [series('3', 2), series('2', 1)], shown: '3', metadata };
  const mock = vi.fn<typeof fetch>().mockResolvedValue(new Response(JSON.stringify(body)));
  vi.stubGlobal('fetch', mock);
  vi.stubGlobal('location', { origin: 'http://h' });
  return mock;
}

afterEach(() => vi.unstubAllGlobals());

describe('opening a study', () => {
  it('takes one request, and shows the series that the server chose', async () => {
    const mock = answer([{ '00080018': { Value: ['4'] }, '7FE00010': { BulkDataURI: 'http://h/dicom-web/b' } }]);
    const opened = await openStudy('1', '3', signal);
    expect(mock.mock.calls.map(([url]) => url)).toEqual(['/api/studies/1/bootstrap?series=3']);
    expect(opened.study.uid).toBe('1');
    expect(opened.series.map((item) => item.uid)).toEqual(['2', '3']);
    expect(opened.first?.uid).toBe('3');
    expect(opened.metadata?.[0]?.['7FE00010']?.BulkDataURI).toBe('http://h/dicom-web/b');
  });

  it('asks for no series whose UID is none, and goes without metadata that is too long', async () => {
    const mock = answer(null);
    expect((await openStudy('1', 'no/uid', signal)).metadata).toBeUndefined();
    expect(mock.mock.calls[0]?.[0]).toBe('/api/studies/1/bootstrap');
  });
});
