/** The list of test data: `$YINGYUN_TESTDATA/manifest.csv`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Sample {
  readonly path: string;
  readonly name: string;
  readonly modality: string;
  readonly syntax: string;
  readonly photometric: string;
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

/** One file for each object class, modality and transfer syntax that a valid file has, in the order of class and syntax. */
export function samples(folder: string): Sample[] {
  const [head = [], ...rows] = table(readFileSync(join(folder, 'manifest.csv'), 'utf8'));
  const column = (name: string): number => head.indexOf(name);
  const [path, size, name, uid, modality, syntax, photometric, study, series, instance, readable, part10] = [
    'path', 'size', 'sop_class_name', 'sop_class_uid', 'modality', 'transfer_syntax_name', 'photometric', 'study_uid', 'series_uid', 'sop_uid', 'read_ok', 'part10_ok',
  ].map(column) as [number, number, number, number, number, number, number, number, number, number, number, number];
  const smallest = new Map<string, { readonly bytes: number; readonly sample: Sample }>();
  for (const row of rows) {
    const cell = (at: number): string => row[at] ?? '';
    const named = /^[\d.]+$/.test(cell(name)) ? `private class ${cell(uid)}` : cell(name);
    const known = [uid, syntax, study, series, instance].every((at) => cell(at) !== '');
    if (!known || cell(readable) !== '1' || cell(part10) !== '1' || /malformed|truncated|SecondaryCaptureImageStorage/.test(cell(path) + cell(name))) continue;
    const sample = {
      path: cell(path), name: named, modality: cell(modality), syntax: cell(syntax), photometric: cell(photometric), study: cell(study), series: cell(series), instance: cell(instance),
    };
    const key = [sample.name, sample.modality, sample.syntax, sample.photometric].join('|');
    const bytes = Number(cell(size));
    const before = smallest.get(key);
    // The smallest that is not a mere scrap: files of our own making have all that their kind shows.
    const rank = (of: string, length: number): number => (of.startsWith('generated/') ? 0 : 1e9) + length;
    if (!before || rank(sample.path, bytes) < rank(before.sample.path, before.bytes)) smallest.set(key, { bytes, sample });
  }
  return [...smallest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { sample }]) => sample);
}

/** What a table was made from: it is stale when this differs. */
export function fingerprint(list: readonly Sample[]): string {
  return createHash('sha256').update(JSON.stringify(list.map(({ path, name, modality, syntax, photometric }) => [path, name, modality, syntax, photometric]))).digest('hex').slice(0, 16);
}

/** Comma-separated values (RFC 4180). */
function table(text: string): string[][] {
  return text.split(/\r?\n/).filter(Boolean).map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ''));
}
