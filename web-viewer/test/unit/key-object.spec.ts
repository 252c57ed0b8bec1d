import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { currentKeyObjects, readKeyObject, titles, writeKeyObject, type KeyImage, type ReadKeyObject } from '../../src/annotations/key-object';
import { part10 } from '../../src/annotations/part10';
import type { DataSet } from '../../src/dicom/json';

const of: DataSet = { '00100020': { vr: 'LO', Value: ['P1'] }, '0020000D': { vr: 'UI', Value: ['2.25.1'] } };
const key = (instance: string, frame?: number): KeyImage => ({ study: '2.25.1', series: '2.25.2', sopClass: `1.2.840.10008.5.1.4.1.1.2${frame === undefined ? '' : '.1'}`, instance, frame, title: titles[0] });
const both = [key('2.25.3'), key('2.25.4', 7)];
let counter = 0;

function write(images: readonly KeyImage[], replaced: readonly ReadKeyObject[] = []): DataSet {
  return writeKeyObject({ title: titles[0], images, of, observer: 'Reader^One', predecessors: replaced.map(({ document }) => document), now: new Date(2026, 0, 2, 3, 4, 5), uid: () => `2.25.77.${(counter += 1)}` });
}

function read(set: DataSet): ReadKeyObject {
  const found = readKeyObject(set);
  if (!found) throw new Error('no key object');
  return found;
}

describe('a key object selection', () => {
  it('holds the images, whole or a frame, under their title', () => {
    expect(read(write(both))).toMatchObject({ images: both, title: titles[0], isWhole: true, replaces: [] });
  });

  it('takes the place of the one before, also when the last star was taken away', () => {
    const first = read(write(both));
    const second = read(write(both.slice(1), [first]));
    const none = read(write([], [second]));
    expect(currentKeyObjects([second, first])).toEqual([second]);
    expect(currentKeyObjects([none, second, first]).flatMap(({ images }) => images)).toEqual([]);
    expect(none.isWhole).toBe(true);
  });

  it('that holds more than images is read, and may not be taken the place of', () => {
    const set = write(both);
    const [one, ...others] = (set['0040A730']?.Value ?? []).filter((child) => JSON.stringify(child).includes('"IMAGE"'));
    const waveform = JSON.parse(JSON.stringify(one).replace('"IMAGE"', '"WAVEFORM"')) as unknown;
    expect(read({ ...set, '0040A730': { vr: 'SQ', Value: [waveform, ...others] } })).toMatchObject({ images: both.slice(1), isWhole: false });
  });

  it('that rejects what it names marks no key images', () => {
    const rejected = { value: '113001', scheme: 'DCM', meaning: 'Rejected for Quality Reasons' };
    const set = writeKeyObject({ title: rejected, images: both, of, observer: 'A', predecessors: [], now: new Date(2026, 0, 1), uid: () => '2.25.5' });
    expect(readKeyObject(set)).toBeUndefined();
  });

  it.skipIf(spawnSync('which', ['dciodvfy']).status !== 0)('is valid, as dciodvfy judges', () => {
    const folder = mkdtempSync(join(tmpdir(), 'yingyun-ko-'));
    const first = read(write(both));
    try {
      for (const set of [write(both), write(both.slice(1), [first]), write([], [first])]) {
        const path = join(folder, 'ko.dcm');
        writeFileSync(path, part10(set));
        const { stdout, stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
        const told = `${stdout}${stderr}`.split('\n');
        expect(told.some((line) => line.includes('KeyObjectSelectionDocument'))).toBe(true);
        expect(told.filter((line) => line.startsWith('Error'))).toEqual([]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
