/** The data dictionary of dcmjs (PS3.6) as a table that the tag browser loads: `virtual:dicom-dictionary`. */
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

interface Entry {
  readonly tag: string;
  readonly name: string;
}

interface Source {
  readonly data: { readonly DicomMetaDictionary: { readonly nameMap: Record<string, Entry>; readonly sopClassNamesByUID: Record<string, string> } };
}

const name = 'virtual:dicom-dictionary';

/** A line a name: eight hexadecimal digits or a UID, a space, the keyword. Private attributes and those with an x in the tag but repeating groups are left out. */
export function dictionaryTable(): string {
  const { DicomMetaDictionary: source } = (createRequire(import.meta.url)('dcmjs') as Source).data;
  const lines: string[] = [];
  for (const key of Reflect.ownKeys(source.nameMap)) {
    const { tag = '', name: keyword = '' } = source.nameMap[key as string] ?? {};
    const digits = tag.replace(/[(),]/g, '').replace(/xx/i, '00').toUpperCase();
    if (/^[0-9A-F]{8}$/.test(digits) && parseInt(digits.slice(3, 4), 16) % 2 === 0) lines.push(`${digits} ${keyword.replace(/^RETIRED_/, '')}`);
  }
  for (const uid of Reflect.ownKeys(source.sopClassNamesByUID)) lines.push(`${String(uid)} ${source.sopClassNamesByUID[uid as string]}`);
  return lines.sort().join('\n');
}

export function dictionary(): Plugin {
  return {
    name: 'dicom-dictionary',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? `export default ${JSON.stringify(dictionaryTable())};` : undefined),
  };
}
