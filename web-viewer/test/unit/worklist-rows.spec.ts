import { describe, expect, it } from 'vitest';
import type { Keys, Page } from '../../src/api/qido';
import { study, type Study } from '../../src/dicom/study';
import { before, StudyPages } from '../../src/state/worklist-pages';
import { drawn, patched, scrolledTo } from '../../src/state/worklist-patch';
import { apart, isSamePatient } from '../../src/state/priors';

const of = (uid: string, date: string, time = ''): Study => ({ ...study({}), uid, date, time });
const uids = (list: readonly Study[]): string => list.map(({ uid }) => uid).join(' ');
const signal = new AbortController().signal;

/** A server: studies by search, given a page at a time behind the place named. */
function server(holdings: Record<string, Study[]>): { ask: (keys: Keys, limit: number, after: string | undefined) => Promise<Page>; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: (keys, limit, after) => {
      const name = keys[0]?.[1] ?? '';
      asked.push(`${name}@${after ?? 0}`);
      const all = holdings[name] ?? [];
      const from = Number(after ?? 0);
      return Promise.resolve({ studies: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : undefined });
    },
  };
}

const search = (name: string): Keys => [['ModalitiesInStudy', name]];

describe('order', () => {
  it('is newest first, then by UID; a moment is the same however exact; no date is last', () => {
    const list = [of('9', ''), of('2', '20240101', '10'), of('1', '20240101', '100000.0'), of('3', '20240101', '10:00:01'), of('4', '20240102')];
    expect(uids(list.sort(before))).toBe('4 3 1 2 9');
  });
});

describe('pages of several searches', () => {
  it('join in one order, each study once, however the searches share them', async () => {
    const [a, b, c, d, e] = ['20240105', '20240104', '20240103', '20240102', '20240101'].map((date, at) => of(String(at), date)) as [Study, Study, Study, Study, Study];
    const { ask, asked } = server({ CT: [a, c, d], MR: [b, c, e] });
    const pages = new StudyPages([search('CT'), search('MR')], 2, ask);
    const found: Study[] = [];
    while (pages.more) found.push(...(await pages.next(signal)));
    expect(uids(found)).toBe('0 1 2 3 4');
    expect(asked.toSorted()).toEqual(['CT@0', 'CT@2', 'MR@0', 'MR@2']);
  });

  it('ask a search again only when its studies are used up', async () => {
    const { ask, asked } = server({ CT: [of('1', '2024'), of('2', '2023'), of('3', '2022')], MR: [of('4', '2001'), of('5', '2000'), of('6', '1999')] });
    const pages = new StudyPages([search('CT'), search('MR')], 2, ask);
    expect(uids(await pages.next(signal))).toBe('1 2');
    expect(uids(await pages.next(signal))).toBe('3 4');
    expect(asked).toEqual(['CT@0', 'MR@0', 'CT@2']);
  });

  it('keep the order of the server where there is one search', async () => {
    const { ask } = server({ CT: [of('2', '1'), of('1', '2')] });
    const pages = new StudyPages([search('CT')], 5, ask);
    expect(uids(await pages.next(signal))).toBe('2 1');
    expect(pages.more).toBe(false);
  });
});

describe('changed studies', () => {
  const list = [of('5', '20240105'), of('3', '20240103'), of('1', '20240101')];

  it('come where they belong, change in place, and go', () => {
    const found = [of('4', '20240104'), { ...of('3', '20240103'), images: 7 }];
    const { studies, added } = patched(list, ['4', '3', '1'], found, false);
    expect(uids(studies)).toBe('5 4 3');
    expect(studies[2]?.images).toBe(7);
    expect(added).toEqual(['4']);
  });

  it('behind the end of what is loaded wait for their page', () => {
    const old = of('0', '20230101');
    expect(patched(list, ['0'], [old], true).added).toEqual([]);
    expect(uids(patched(list, ['0'], [old], false).studies)).toBe('5 3 1 0');
  });
});

describe('rows in sight', () => {
  it('are few however long the list is', () => {
    const [from, to] = drawn(5000, 42, 42_000, 800);
    expect(from).toBeLessThanOrEqual(1000);
    expect(to).toBeGreaterThanOrEqual(1020);
    expect(to - from).toBeLessThan(40);
    expect(drawn(3, 42, 90_000, 800)).toEqual([3, 3]);
    expect(drawn(0, 42, 0, 800)).toEqual([0, 0]);
  });

  it('move no further than the selected one needs', () => {
    expect(scrolledTo(3, 40, 0, 400)).toBe(0);
    expect(scrolledTo(10, 40, 0, 400)).toBe(40);
    expect(scrolledTo(2, 40, 200, 400)).toBe(80);
  });
});

describe('a patient', () => {
  it('is the id and its issuer', () => {
    const person = (patientId: string, issuer: string): Study => ({ ...of('1', ''), patientId, issuer });
    expect(isSamePatient(person('1', 'A'), person('1', 'A'))).toBe(true);
    expect(isSamePatient(person('1', 'A'), person('1', 'B'))).toBe(false);
  });

  it('has studies that lie days, months or years apart', () => {
    const from = of('1', '20240301');
    expect(apart(of('2', '20240229'), from)).toEqual({ value: -1, unit: 'day' });
    expect(apart(of('2', '20231201'), from)).toEqual({ value: -2, unit: 'month' });
    expect(apart(of('2', '20270301'), from)).toEqual({ value: 2, unit: 'year' });
    expect(apart(of('2', ''), from)).toBeUndefined();
  });
});
