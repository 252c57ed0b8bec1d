/** How a person is shown: names by their component groups (PS3.5 §6.2.1.1), sex and age. */
import type { PersonName } from './json';

const ideographs = /[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\u{20000}-\u{3FFFF}]/u;

export interface ShownName {
  readonly primary: string;
  /** The other spelling, or empty. */
  readonly secondary: string;
}

/** Ideographs stand together (`张^伟` → 张伟), other scripts are parted by blanks (`Zhang^Wei` → Zhang Wei). */
function joined(group: string | undefined): string {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = (group ?? '').split('^').map((part) => part.trim());
  const ordered = [prefix, family, given, middle, suffix].filter((part) => part !== '');
  return ordered.join(ordered.some((part) => ideographs.test(part)) ? '' : ' ');
}

export function shownName(name: PersonName, preferIdeographic: boolean): ShownName {
  const alphabetic = joined(name.Alphabetic);
  const ideographic = joined(name.Ideographic);
  const [first, second] = preferIdeographic ? [ideographic, alphabetic] : [alphabetic, ideographic];
  return first === '' ? { primary: second, secondary: '' } : { primary: first, secondary: second === first ? '' : second };
}

export interface Age {
  readonly value: number;
  readonly unit: 'years' | 'months' | 'weeks' | 'days';
}

const units = { Y: 'years', M: 'months', W: 'weeks', D: 'days' } as const;

/** Age at the study: the stated one (AS, `045Y`), else from birth date and study date (DA). */
export function ageAtStudy(stated: string, birthDate: string, studyDate: string): Age | undefined {
  const match = /^(\d{1,3})([YMWD])$/.exec(stated);
  if (match) return { value: Number(match[1]), unit: units[match[2] as keyof typeof units] };
  const birth = parts(birthDate);
  const study = parts(studyDate);
  if (!birth || !study) return undefined;
  let months = (study.year - birth.year) * 12 + (study.month - birth.month);
  if (study.day < birth.day) months -= 1;
  if (months < 0) return undefined;
  return months >= 36 ? { value: Math.floor(months / 12), unit: 'years' } : { value: months, unit: 'months' };
}

function parts(date: string): { year: number; month: number; day: number } | undefined {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(date);
  return match ? { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) } : undefined;
}
