/** A person's name with all component groups, as it stands in a file (PS3.5 §6.2.1.1). */
import type { PersonName } from './json';

export function personText(value: object): string {
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as PersonName;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}
