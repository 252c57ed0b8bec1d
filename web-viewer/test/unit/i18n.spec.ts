import { describe, expect, it } from 'vitest';
import { en as enFirst } from '../../src/i18n/en';
import { enAccount } from '../../src/i18n/en-account';
import { enConsole } from '../../src/i18n/en-console';
import { enReading } from '../../src/i18n/en-reading';
import '../../src/i18n/reading';
import { zhCN as zhCNFirst } from '../../src/i18n/zh-CN';
import { zhCNAccount } from '../../src/i18n/zh-CN-account';
import { zhCNConsole } from '../../src/i18n/zh-CN-console';
import { zhCNReading } from '../../src/i18n/zh-CN-reading';
import { fill, locale, t } from '../../src/i18n/index.svelte';
import { counted, date, sexAge, time } from '../../src/i18n/format';

const later = { ...enReading, ...enConsole, ...enAccount };
const en = { ...enFirst, ...later };
const zhCN = { ...zhCNFirst, ...zhCNReading, ...zhCNConsole, ...zhCNAccount };
const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([hole]) => hole).sort();

describe('catalogues', () => {
  it('have the same keys, and the same places to fill in', () => {
    expect(Object.keys(enFirst).filter((key) => key in later)).toEqual([]);
    expect(Object.keys(enReading).filter((key) => key in enConsole)).toEqual([]);
    expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(holes(zhCN[key]), key).toEqual(holes(en[key]));
  });

  it('leave no text empty', () => {
    expect([...Object.values(en), ...Object.values(zhCN)].filter((text) => text.trim() === '')).toEqual([]);
  });

  it('use the punctuation of the language', () => {
    expect(Object.values(zhCN).filter((text) => /[\u4e00-\u9fff][,;?:]/.test(text))).toEqual([]);
    expect(Object.values(en).filter((text) => /[\uff0c\u3002\uff1f\uff1a]/.test(text))).toEqual([]);
  });

  it('fill places by name and leave unknown ones', () => {
    expect(fill('{n} of {all} {x}', { n: 1, all: 2 })).toBe('1 of 2 {x}');
  });

  it('change with one press', () => {
    locale.set('en');
    expect(t('worklist.title')).toBe('Studies');
    locale.toggle();
    expect(t('worklist.title')).toBe('检查列表');
    expect(document.documentElement.lang).toBe('zh-CN');
  });
});

describe('formats', () => {
  it('read DA and TM, the old dotted form too', () => {
    expect(date('20240225')).toBe('2024-02-25');
    expect(date('2024.02.25')).toBe('2024-02-25');
    expect(date('?')).toBe('?');
    expect(time('090743.123')).toBe('09:07');
  });

  it('count one and many as the language does', () => {
    locale.set('en');
    expect([0, 1, 2, 1200].map((n) => counted('worklist.count', n))).toEqual(['0 studies', '1 study', '2 studies', '1,200 studies']);
    expect(counted('viewer.imageCount', 1)).toBe('1 image');
    locale.set('zh-CN');
    expect([1, 2].map((n) => counted('worklist.count', n))).toEqual(['共 1 项检查', '共 2 项检查']);
  });

  it('say sex and age in the language', () => {
    const person = { sex: 'F', age: '', birthDate: '19730519', date: '20230811' };
    locale.set('zh-CN');
    expect(sexAge(person)).toBe('女 · 50 岁');
    locale.set('en');
    expect(sexAge(person)).toBe('F · 50 y');
    expect(sexAge({ ...person, sex: '', birthDate: '' })).toBe('');
  });
});
