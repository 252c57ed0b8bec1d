/** The attributes of a data set in rows, with their keywords (PS3.6), and a search in them. */
import { personText } from './person-text';
import type { Attribute, DataSet } from './json';

/** Keywords by eight hexadecimal digits; names of UIDs by the UID. */
export interface Dictionary {
  readonly keywords: ReadonlyMap<string, string>;
  readonly uids: ReadonlyMap<string, string>;
}

export interface TagRow {
  /** Where it lies: tags and item numbers. */
  readonly path: string;
  readonly depth: number;
  /** Eight hexadecimal digits; empty for an item of a sequence. */
  readonly tag: string;
  readonly vr: string;
  readonly keyword: string;
  readonly value: string;
  /** Address of a value that does not lie in the metadata. */
  readonly bulk: string;
}

/** Longer values are cut; what was cut is said by an ellipsis. */
const longest = 2000;

/** All rows in the order of tags, items of sequences beneath them. */
export function tagRows(set: DataSet, dictionary: Dictionary, depth = 0, within = ''): TagRow[] {
  return Object.keys(set).sort().flatMap((key) => {
    const attribute = set[key];
    if (!attribute) return [];
    const path = `${within}${key}`;
    const items = attribute.vr === 'SQ' ? ((attribute.Value ?? []) as DataSet[]) : [];
    const row: TagRow = {
      path, depth, tag: key, vr: attribute.vr ?? '', keyword: keywordOf(key, dictionary), value: attribute.vr === 'SQ' ? '' : valueText(attribute, dictionary), bulk: attribute.BulkDataURI ?? '',
    };
    return [row, ...items.flatMap((item, at) => [
      { path: `${path}/${at + 1}`, depth: depth + 1, tag: '', vr: '', keyword: '', value: String(at + 1), bulk: '' },
      ...tagRows(item ?? {}, dictionary, depth + 2, `${path}/${at + 1}/`),
    ])];
  });
}

/** `00100010` → PatientName; a private attribute by its creator is not known, groups that repeat are (PS3.5 §7.6). */
export function keywordOf(key: string, { keywords }: Dictionary): string {
  const known = keywords.get(key);
  if (known) return known;
  if (parseInt(key.slice(3, 4), 16) % 2 === 1) return /^.{4}00[1-9A-F]./i.test(key) ? 'PrivateCreator' : '';
  return keywords.get(`${key.slice(0, 2)}00${key.slice(4)}`) ?? '';
}

function valueText(attribute: Attribute, { uids }: Dictionary): string {
  if (attribute.InlineBinary !== undefined) return hexadecimal(attribute.InlineBinary);
  const values = (attribute.Value ?? []).map((value) => {
    if (value === null || value === undefined) return '';
    const words = typeof value === 'object' ? personText(value) : String(value);
    const named = attribute.vr === 'UI' ? uids.get(words) : undefined;
    return named ? `${words} (${named})` : words;
  });
  const joined = values.join(' \\ ');
  return joined.length > longest ? `${joined.slice(0, longest)}…` : joined;
}

function hexadecimal(base64: string): string {
  return [...atob(base64)].map((character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
}

/** `00100010` → (0010,0010). */
export function tagText(key: string): string {
  return key === '' ? '' : `(${key.slice(0, 4)},${key.slice(4)})`;
}

/** Rows that hold every word in tag, keyword or value, and the sequences and items they lie in. */
export function search(rows: readonly TagRow[], query: string): readonly TagRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  const kept = new Set<string>();
  for (const row of rows) {
    const all = `${row.tag} ${tagText(row.tag)} ${row.vr} ${row.keyword} ${row.value}`.toLowerCase();
    if (row.tag === '' || !words.every((word) => all.includes(word))) continue;
    const parts = row.path.split('/');
    for (let length = parts.length; length > 0; length -= 1) kept.add(parts.slice(0, length).join('/'));
  }
  return rows.filter(({ path }) => kept.has(path));
}

/** Rows as text to be copied, one a line. */
export function asText(rows: readonly TagRow[]): string {
  return rows.map(({ depth, tag, vr, keyword, value, bulk }) => `${'  '.repeat(depth)}${tag === '' ? `#${value}` : `${tagText(tag)} ${vr} ${keyword} ${bulk === '' ? value : bulk}`}`.trimEnd()).join('\n');
}

/** The table that the build makes (vite.config.ts): a line a name, the tag or UID and what it is called. */
export function readDictionary(table: string): Dictionary {
  const keywords = new Map<string, string>();
  const uids = new Map<string, string>();
  for (const line of table.split('\n')) {
    const space = line.indexOf(' ');
    const key = line.slice(0, space);
    (key.includes('.') ? uids : keywords).set(key, line.slice(space + 1));
  }
  return { keywords, uids };
}
