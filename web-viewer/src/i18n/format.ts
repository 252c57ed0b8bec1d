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
export function counted(key: 'worklist.count' | 'worklist.new' | 'viewer.imageCount', value: number): string {
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

/** A number of bytes as people read it, in powers of 1000. */
export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const digits = step === 0 ? 0 : 1;
  return new Intl.NumberFormat(locale.language, { style: 'unit', unit: units[step] ?? 'byte', maximumFractionDigits: digits }).format(value / 1000 ** step);
}

/** `2 years earlier`, `3 months later`: a study seen from another one. */
export function apart({ value, unit }: { value: number; unit: 'year' | 'month' | 'day' }): string {
  if (value === 0) return t('worklist.sameDay');
  const time = new Intl.NumberFormat(locale.language, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.abs(value));
  return t(value < 0 ? 'worklist.earlier' : 'worklist.later', { time });
}
