/** Dates, numbers and people in words. Dates keep the order year, month, day in both languages: nobody may misread one. */
import { ageAtStudy, shownName, type ShownName } from '../dicom/person';
import type { PersonName } from '../dicom/json';
import { locale, t, type Key } from './index.svelte';

/** DA `20240225` → 2024-02-25; what is no date stays as it is. */
export function date(value: string): string {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(value);
  return match ? `${match[1]}-${match[2]}-${match[3]}` : value;
}

/** TM `090743.5` → 09:07. */
export function time(value: string): string {
  const match = /^(\d{2}):?(\d{2})/.exec(value);
  return match ? `${match[1]}:${match[2]}` : '';
}

export function count(value: number): string {
  return new Intl.NumberFormat(locale.language).format(value);
}

/** How many of something, in the form that the language has for that number. */
export function counted(key: 'worklist.count' | 'viewer.imageCount', value: number): string {
  const one = new Intl.PluralRules(locale.language).select(value) === 'one';
  return t(one ? `${key}One` : key, { n: count(value) });
}

/** At most `digits` decimals, none that are zero. */
export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(locale.language, { maximumFractionDigits: digits, useGrouping: false }).format(value);
}

export function name(value: PersonName): ShownName {
  return shownName(value, locale.language === 'zh-CN');
}

export function sex(value: string): string {
  return value === 'M' || value === 'F' || value === 'O' ? t(`sex.${value}` as Key) : value;
}

export function age(stated: string, birthDate: string, studyDate: string): string {
  const found = ageAtStudy(stated, birthDate, studyDate);
  return found ? t(`age.${found.unit}` as Key, { n: found.value }) : '';
}

/** `男 · 45 岁`, with whichever part is known. */
export function sexAge(of: { sex: string; age: string; birthDate: string; date: string }): string {
  return [sex(of.sex), age(of.age, of.birthDate, of.date)].filter((part) => part !== '').join(' · ');
}
