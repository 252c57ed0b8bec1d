/** Waveforms: electrocardiograms, pressures, respiration (PS3.3 C.10.9), as values in their units. */
import { items, number, tag, text, type Attribute, type DataSet } from './json';
import { coded } from './sr-tree';

export interface Channel {
  readonly label: string;
  /** UCUM code of what the values are in; empty where the channel has no sensitivity. */
  readonly unit: string;
  /** One step of a sample, in the unit; the correction is in it. */
  readonly step: number;
  /** The value of sample 0, in the unit. */
  readonly baseline: number;
}

/** Channels that were sampled together (Waveform Sequence). */
export interface Multiplex {
  readonly label: string;
  readonly channels: readonly Channel[];
  /** Samples of each channel. */
  readonly samples: number;
  /** Samples in a second. */
  readonly frequency: number;
  /** Bits of a sample as stored. */
  readonly bits: number;
  /** SB, UB, SS, US, SL, UL, MB or AB (PS3.3 C.10.9.1.5). */
  readonly interpretation: string;
  readonly data: Attribute | undefined;
  /** The sample that stands for nothing. */
  readonly padding: number | undefined;
}

const wave = {
  MultiplexGroupLabel: '003A0020', NumberOfWaveformChannels: '003A0005', NumberOfWaveformSamples: '003A0010', SamplingFrequency: '003A001A',
  ChannelDefinition: '003A0200', ChannelLabel: '003A0203', ChannelSource: '003A0208', ChannelSensitivity: '003A0210', SensitivityUnits: '003A0211',
  SensitivityCorrection: '003A0212', ChannelBaseline: '003A0213', WaveformSequence: '54000100', WaveformBitsAllocated: '54001004',
  WaveformSampleInterpretation: '54001006', WaveformPaddingValue: '5400100A', WaveformData: '54001010',
} as const;

export function readWaveforms(set: DataSet): Multiplex[] {
  return items(set, wave.WaveformSequence).map((group) => ({
    label: text(group, wave.MultiplexGroupLabel),
    channels: items(group, wave.ChannelDefinition).map(readChannel),
    samples: number(group, wave.NumberOfWaveformSamples) ?? 0,
    frequency: number(group, wave.SamplingFrequency) ?? 0,
    bits: number(group, wave.WaveformBitsAllocated) ?? 16,
    interpretation: text(group, wave.WaveformSampleInterpretation),
    data: group[wave.WaveformData],
    padding: paddingOf(group),
  }));
}

function readChannel(set: DataSet): Channel {
  const sensitivity = number(set, wave.ChannelSensitivity);
  return {
    label: (text(set, wave.ChannelLabel) || coded(items(set, wave.ChannelSource)[0]).meaning).trim(),
    unit: sensitivity === undefined ? '' : coded(items(set, wave.SensitivityUnits)[0]).value,
    step: (sensitivity ?? 1) * (number(set, wave.SensitivityCorrection) ?? 1),
    baseline: number(set, wave.ChannelBaseline) ?? 0,
  };
}

/** Padding is as long as a sample and given in its bytes. */
function paddingOf(group: DataSet): number | undefined {
  const inline = group[wave.WaveformPaddingValue]?.InlineBinary;
  if (inline === undefined) return undefined;
  const bytes = Uint8Array.from(atob(inline), (character) => character.charCodeAt(0));
  const interpretation = text(group, wave.WaveformSampleInterpretation);
  const [read, width] = reader(new DataView(bytes.buffer), interpretation, number(group, wave.WaveformBitsAllocated) ?? 16);
  return bytes.length >= width ? read(0) : undefined;
}

/** The values of each channel in its unit, NaN for padding. Samples lie channel by channel within a moment (PS3.3 C.10.9.1.7), little endian. */
export function valuesOf(group: Multiplex, bytes: Uint8Array): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [read, width] = reader(view, group.interpretation, group.bits);
  const count = group.channels.length;
  const moments = count === 0 ? 0 : Math.min(group.samples, Math.floor(bytes.length / width / count));
  return group.channels.map(({ step, baseline }, channel) =>
    Float32Array.from({ length: moments }, (_, moment) => {
      const sample = read((moment * count + channel) * width);
      return sample === group.padding ? Number.NaN : sample * step + baseline;
    }),
  );
}

function reader(view: DataView, interpretation: string, bits: number): readonly [(at: number) => number, number] {
  switch (interpretation) {
    case 'SB': return [(at) => view.getInt8(at), 1];
    case 'UB': return [(at) => view.getUint8(at), 1];
    case 'MB': return [(at) => muLaw(view.getUint8(at)), 1];
    case 'AB': return [(at) => aLaw(view.getUint8(at)), 1];
    case 'US': return [(at) => view.getUint16(at, true), 2];
    case 'SL': return [(at) => view.getInt32(at, true), 4];
    case 'UL': return [(at) => view.getUint32(at, true), 4];
    default: return bits === 8 ? [(at) => view.getInt8(at), 1] : bits === 32 ? [(at) => view.getInt32(at, true), 4] : [(at) => view.getInt16(at, true), 2];
  }
}

/** ITU-T G.711 µ-law, 14 bits. */
export function muLaw(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = (((code & 0x0f) << 1) + 33) * 2 ** ((code >> 4) & 7) - 33;
  return code & 0x80 ? -magnitude : magnitude;
}

/** ITU-T G.711 A-law, 13 bits. */
export function aLaw(byte: number): number {
  const code = byte ^ 0x55;
  const [segment, step] = [(code >> 4) & 7, code & 0x0f];
  const magnitude = segment === 0 ? 2 * step + 1 : (2 * step + 33) * 2 ** (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
}

/** How many millivolts one of a unit is; nothing for what is no voltage. */
export function millivolts(unit: string): number | undefined {
  return ({ mV: 1, uV: 1e-3, V: 1e3, nV: 1e-6 } as Readonly<Record<string, number>>)[unit];
}

/** When it was taken: Acquisition DateTime, else the date and time of the content. */
export function takenAt(set: DataSet): string {
  return text(set, '0008002A') || `${text(set, '00080023') || text(set, tag.StudyDate)}${text(set, '00080033') || text(set, tag.StudyTime)}`;
}

/**
 * A line through values, `perSample` apart and `perUnit` for one up, from `top` as zero. Of more than two samples a unit of
 * length the lowest and the highest stand for all, so that no spike is lost. A gap where values are none.
 */
export function linePath(values: Float32Array, perSample: number, perUnit: number, top: number): string {
  const step = Math.max(1, Math.floor(0.25 / perSample));
  let path = '';
  let pen = false;
  const point = (index: number): void => {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) {
      pen = false;
      return;
    }
    path += `${pen ? 'L' : 'M'}${round(index * perSample)} ${round(top - value * perUnit)}`;
    pen = true;
  };
  for (let from = 0; from < values.length; from += step) {
    if (step < 3) {
      for (let at = from; at < Math.min(values.length, from + step); at += 1) point(at);
      continue;
    }
    let [low, high] = [from, from];
    for (let at = from; at < Math.min(values.length, from + step); at += 1) {
      if ((values[at] ?? 0) < (values[low] ?? 0)) low = at;
      if ((values[at] ?? 0) > (values[high] ?? 0)) high = at;
    }
    point(Math.min(low, high));
    if (low !== high) point(Math.max(low, high));
  }
  if (step >= 3) point(values.length - 1);
  return path;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
