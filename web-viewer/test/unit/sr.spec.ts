import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { areSame, toolNames, type Kind, type Measurement, type Point, type Value } from '../../src/annotations/measurement';
import { part10 } from '../../src/annotations/part10';
import { currentMeasurements, readReport } from '../../src/annotations/sr-read';
import { decimalString, writeReport } from '../../src/annotations/sr-write';
import type { DataSet } from '../../src/dicom/json';

const of: DataSet = {
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Zhang^Xiaoming', Ideographic: '张^晓明' }] },
  '00100020': { vr: 'LO', Value: ['P1'] },
  '00080020': { vr: 'DA', Value: ['20240229'] },
  '00080030': { vr: 'TM', Value: ['101500'] },
  '0020000D': { vr: 'UI', Value: ['2.25.1'] },
};
const image = { study: '2.25.1', series: '2.25.1.1', sopClass: '1.2.840.10008.5.1.4.1.1.2', instance: '2.25.1.1.1', frame: 1 };
let counter = 0;
const uid = (): string => `2.25.77.${(counter += 1)}`;

function measurement(kind: Kind, points: Point[], values: Value[], label = ''): Measurement {
  return { uid: uid(), kind, image, points, label, values };
}

const region: Value[] = [
  { quantity: 'area', value: 314.159265358979, unit: 'mm2' },
  { quantity: 'mean', value: 119.987654321098, unit: "[hnsf'U]" },
  { quantity: 'stdDev', value: 0.1, unit: "[hnsf'U]" },
  { quantity: 'min', value: -3, unit: "[hnsf'U]" },
  { quantity: 'max', value: 130, unit: "[hnsf'U]" },
];
const all = [
  measurement('length', [[10.5, 20.25], [30.125, 40]], [{ quantity: 'length', value: 27.8, unit: 'mm' }], '结节 A'),
  measurement('bidirectional', [[10, 20], [30, 40], [22, 28], [18, 32]], [{ quantity: 'long', value: 28.3, unit: 'mm' }, { quantity: 'short', value: 5.6, unit: 'mm' }]),
  measurement('angle', [[1, 2], [3, 4], [5, 2]], [{ quantity: 'angle', value: 90, unit: 'deg' }]),
  measurement('cobb', [[1, 2], [3, 4], [5, 2], [9, 9]], [{ quantity: 'angle', value: 61.25, unit: 'deg' }]),
  measurement('ellipse', [[40, 50], [60, 50], [50, 45], [50, 55]], region),
  measurement('rectangle', [[1, 1], [9, 1], [1, 5], [9, 5]], region),
  measurement('circle', [[30, 30], [35, 30]], [...region, { quantity: 'radius', value: 5, unit: 'mm' }]),
  measurement('freehand', [[1, 1], [5, 1], [5, 5], [1, 5], [1, 1]], [...region, { quantity: 'perimeter', value: 16, unit: 'mm' }]),
  measurement('probe', [[77.5, 88.5]], [{ quantity: 'intensity', value: 120, unit: "[hnsf'U]" }]),
  measurement('arrow', [[5, 6], [15, 16]], [], 'see here'),
  measurement('label', [[5, 6]], [], '文字'),
];

function write(measurements: readonly Measurement[], predecessors: Parameters<typeof writeReport>[0]['predecessors'] = []): DataSet {
  return writeReport({ measurements, of, observer: 'Reader^One', predecessors, now: new Date(2026, 0, 2, 3, 4, 5), uid });
}

describe('a measurement report', () => {
  it('holds what was measured, as it was, for every tool', () => {
    const read = readReport(write(all));
    expect(read?.isWhole).toBe(true);
    expect(read?.measurements).toEqual(all);
  });

  it('takes the place of the reports it names, so that what was deleted stays deleted', () => {
    const first = readReport(write(all));
    if (!first) throw new Error('no report');
    const second = readReport(write(all.slice(1), [first.document]));
    if (!second) throw new Error('no report');
    expect(currentMeasurements([first, second])).toEqual(all.slice(1));
    expect(currentMeasurements([second, first])).toEqual(all.slice(1));
  });

  it('with a group that is not understood is not whole', () => {
    const odd = { ...all[0], points: [[1, 1]] } as unknown as Measurement;
    const read = readReport(write([odd, ...all.slice(1)]));
    expect(read?.isWhole).toBe(false);
    expect(read?.measurements).toEqual(all.slice(1));
  });

  it('tells a moved point, a new name or a missing measurement from what is saved, and no rounding', () => {
    const moved = (by: number): Measurement[] => all.map((one) => ({ ...one, points: one.points.map(([x, y]): Point => [x + by, y]) }));
    expect(areSame(moved(1e-5), all)).toBe(true);
    expect(areSame(moved(0.5), all)).toBe(false);
    expect(areSame(all.slice(1), all)).toBe(false);
    expect(areSame(all.map((one) => ({ ...one, label: 'other' })), all)).toBe(false);
  });

  it('of another kind is none', () => {
    expect(readReport({})).toBeUndefined();
  });

  it.skipIf(spawnSync('which', ['dciodvfy']).status !== 0)('is a valid Comprehensive SR, as dciodvfy judges, even when all was deleted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'yingyun-sr-'));
    const before = { study: '2.25.1', series: '2.25.8', sopClass: '1.2.840.10008.5.1.4.1.1.88.33', instance: '2.25.9' };
    try {
      for (const measurements of [all, []]) {
        const path = join(folder, 'sr.dcm');
        writeFileSync(path, part10(write(measurements, [before])));
        const { stdout, stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
        const told = `${stdout}${stderr}`.split('\n');
        expect(told.some((line) => line.includes('ComprehensiveSR'))).toBe(true);
        expect(told.filter((line) => line.startsWith('Error'))).toEqual([]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const python = process.env['YINGYUN_PYTHON'] ?? '';
  it.skipIf(python === '')('tells highdicom the same numbers, kinds and names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'yingyun-sr-'));
    const path = join(folder, 'sr.dcm');
    try {
      writeFileSync(path, part10(write(all)));
      const { stdout, stderr } = spawnSync(python, ['../tests/system/python/sr_judge.py', path], { encoding: 'utf8' });
      expect(stderr).not.toContain('Traceback');
      const groups = JSON.parse(stdout) as { tracking: string; uid: string; values: [string, number, string][] }[];
      expect(groups.map((group) => group.uid)).toEqual(all.map((one) => one.uid));
      expect(groups.map((group) => group.tracking.split(':')[1])).toEqual(all.map(({ kind }) => toolNames[kind]));
      expect(groups.map((group) => group.values.map(([, value, unit]) => [value, unit]))).toEqual(all.map(({ values }) => values.map(({ value, unit }) => [value, unit])));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('numbers', () => {
  it('fit a decimal string of sixteen characters', () => {
    for (const value of [1 / 3, -1 / 3, 1e-7 / 3, 123456789.123456789, -1.23456789012345e-200, 0, 40]) {
      const written = decimalString(value);
      expect(written.length).toBeLessThanOrEqual(16);
      expect(Math.abs(Number(written) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-7);
    }
  });
});


describe('a value in millimetres of a calibration by the user', () => {
  const line: Measurement = { ...measurement('length', [[64, 128], [192, 128]], [{ quantity: 'length', value: 64, unit: 'mm', isCalibrated: true }]), uid: '2.25.7' };

  it('says so in the report, and is read as that', () => {
    expect(readReport(write([line]))?.measurements).toEqual([line]);
  });

  it('has something to be saved when the image is calibrated anew, or no more', () => {
    const valued = (value: Value): Measurement => ({ ...line, values: [value] });
    expect(areSame([line], [valued({ quantity: 'length', value: 32, unit: 'mm', isCalibrated: true })])).toBe(false);
    expect(areSame([line], [valued({ quantity: 'length', value: 128, unit: '{pixels}' })])).toBe(false);
    expect(areSame([line], [line])).toBe(true);
  });
});
