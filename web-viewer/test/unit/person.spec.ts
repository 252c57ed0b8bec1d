import { describe, expect, it } from 'vitest';
import { ageAtStudy, shownName } from '../../src/dicom/person';

describe('names', () => {
  const both = { Alphabetic: 'Zhang^Xiaoming', Ideographic: '张^晓明' };

  it('shows the ideographic group first in Chinese, the alphabetic first in English', () => {
    expect(shownName(both, true)).toEqual({ primary: '张晓明', secondary: 'Zhang Xiaoming' });
    expect(shownName(both, false)).toEqual({ primary: 'Zhang Xiaoming', secondary: '张晓明' });
  });

  it('shows ideographs that stand in the alphabetic group, as many devices send them', () => {
    expect(shownName({ Alphabetic: '欧阳^小东' }, false)).toEqual({ primary: '欧阳小东', secondary: '' });
  });

  it('keeps characters beyond the basic plane together', () => {
    expect(shownName({ Ideographic: '王^𬭎' }, true).primary).toBe('王𬭎');
  });

  it('puts prefix, middle name and suffix where they belong (PS3.5 §6.2.1.1)', () => {
    expect(shownName({ Alphabetic: 'Adams^John Robert^Quincy^Rev.^B.A.' }, false).primary).toBe('Rev. Adams John Robert Quincy B.A.');
  });

  it('answers emptiness for a missing name', () => {
    expect(shownName({}, true)).toEqual({ primary: '', secondary: '' });
  });
});

describe('age', () => {
  it('believes the stated age (AS)', () => {
    expect(ageAtStudy('003M', '19000101', '20240101')).toEqual({ value: 3, unit: 'months' });
  });

  it('counts full years at the study, not today', () => {
    expect(ageAtStudy('', '19790226', '20240225')).toEqual({ value: 44, unit: 'years' });
    expect(ageAtStudy('', '19790225', '20240225')).toEqual({ value: 45, unit: 'years' });
  });

  it('tells small children in months', () => {
    expect(ageAtStudy('', '20230115', '20240114')).toEqual({ value: 11, unit: 'months' });
  });

  it('says nothing where nothing is known', () => {
    expect(ageAtStudy('', '', '20240114')).toBeUndefined();
    expect(ageAtStudy('', '20250101', '20240101')).toBeUndefined();
  });
});
