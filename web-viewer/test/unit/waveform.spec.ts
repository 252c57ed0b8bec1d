import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../src/dicom/json';
import { aLaw, linePath, muLaw, readWaveforms, valuesOf } from '../../src/dicom/waveform';

const us = (value: number | string): { vr: string; Value: unknown[] } => ({ vr: 'US', Value: [value] });
function object(own: DataSet, channels: DataSet[]): DataSet {
  return { '54000100': { vr: 'SQ', Value: [{ '003A0010': us(2), '003A001A': us(500), '54001004': us(16), '54001006': us('SS'), '003A0200': { vr: 'SQ', Value: channels }, ...own }] } };
}
const unit = (value: string): DataSet => ({ '00080100': { vr: 'SH', Value: [value] } });
const channel = (label: string, sensitivity: number, baseline = 0): DataSet => ({
  '003A0203': us(label), '003A0210': us(sensitivity), '003A0211': { vr: 'SQ', Value: [unit('uV')] }, '003A0212': us(2), '003A0213': us(baseline),
});

describe('a waveform', () => {
  it('is scaled by sensitivity, correction and baseline (PS3.3 C.10.9.1.4)', () => {
    const [group] = readWaveforms(object({}, [channel('I', 2.5), channel('II', 5, 100)]));
    const samples = new Int16Array([200, -10, 400, 0]);
    expect(group?.channels.map(({ label, unit }) => [label, unit])).toEqual([['I', 'uV'], ['II', 'uV']]);
    expect(group && valuesOf(group, new Uint8Array(samples.buffer)).map((values) => [...values])).toEqual([[1000, 2000], [0, 100]]);
  });

  it('leaves padding out and ends where its bytes end', () => {
    const [group] = readWaveforms(object({ '5400100A': { vr: 'OW', InlineBinary: btoa('\x00\x80') } }, [channel('I', 1)]));
    expect(group && valuesOf(group, new Uint8Array(new Int16Array([-32768, 3]).buffer)).map((values) => [...values])).toEqual([[Number.NaN, 6]]);
    expect(group && valuesOf(group, new Uint8Array(3))[0]?.length).toBe(1);
  });

  it('decodes companded samples as G.711 tells', () => {
    expect([0xff, 0x7f, 0x80, 0x00].map(muLaw)).toEqual([0, -0, 8031, -8031]);
    expect([0xd5, 0x55, 0xaa, 0x2a].map(aLaw)).toEqual([1, -1, 4032, -4032]);
  });

  it('is drawn so many units apart and high, with gaps, and keeps every spike', () => {
    expect(linePath(new Float32Array([0, 1, Number.NaN, -1]), 0.5, 10, 20)).toBe('M0 20L0.5 10M1.5 30');
    const values = new Float32Array(10_000);
    values[5555] = 1;
    expect(linePath(values, 0.005, 10, 20)).toContain(' 10');
  });
});
