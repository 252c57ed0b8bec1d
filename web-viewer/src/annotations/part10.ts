/** A data set of the DICOM JSON model as a Part 10 file, Explicit VR Little Endian (PS3.10 §7, PS3.5 §7.1.2). */
import { items, tag, text, type DataSet, type PersonName } from '../dicom/json';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const implementation = '2.25.170866386325207312345203377211049186219';
const wide = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const encoder = new TextEncoder();

export function part10(set: DataSet): Uint8Array<ArrayBuffer> {
  const meta = encode({
    '00020002': { vr: 'UI', Value: [text(set, tag.SOPClassUID)] },
    '00020003': { vr: 'UI', Value: [text(set, tag.SOPInstanceUID)] },
    '00020010': { vr: 'UI', Value: [explicitLittleEndian] },
    '00020012': { vr: 'UI', Value: [implementation] },
  });
  const version = [0x02, 0x00, 0x01, 0x00, 0x4f, 0x42, 0, 0, 2, 0, 0, 0, 0, 1];
  const length = element('00020000', 'UL', new Uint8Array(new Uint32Array([meta.length + version.length]).buffer));
  return join([new Uint8Array(128), encoder.encode('DICM'), length, Uint8Array.from(version), meta, encode(set)]);
}

function encode(set: DataSet): Uint8Array<ArrayBuffer> {
  const keys = Object.keys(set).filter((key) => set[key]).sort();
  return join(keys.map((key) => element(key, set[key]?.vr ?? 'UN', value(set, key))));
}

function value(set: DataSet, key: string): Uint8Array<ArrayBuffer> {
  const { vr = 'UN', Value = [] } = set[key] ?? {};
  if (vr === 'SQ') return join(items(set, key).map((one) => header([0xfe, 0xff, 0x00, 0xe0], encode(one))));
  if (vr === 'FL') return floats(Value, 4);
  if (vr === 'FD') return floats(Value, 8);
  const words = Value.map((one) => (vr === 'PN' ? name(one) : String(one))).join('\\');
  const bytes = encoder.encode(words);
  return bytes.length % 2 === 0 ? bytes : join([bytes, Uint8Array.of(vr === 'UI' ? 0 : 0x20)]);
}

function floats(values: readonly unknown[], each: 4 | 8): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * each);
  const view = new DataView(bytes.buffer);
  for (const [index, one] of values.entries()) {
    if (each === 4) view.setFloat32(index * each, Number(one), true);
    else view.setFloat64(index * each, Number(one), true);
  }
  return bytes;
}

function name(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = (value ?? {}) as PersonName;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

function element(key: string, vr: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const head = new DataView(new ArrayBuffer(wide.has(vr) ? 12 : 8));
  head.setUint16(0, parseInt(key.slice(0, 4), 16), true);
  head.setUint16(2, parseInt(key.slice(4), 16), true);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (wide.has(vr)) head.setUint32(8, bytes.length, true);
  else if (bytes.length > 0xfffe) throw new RangeError(`(${key}) takes ${bytes.length} bytes, more than its representation holds`);
  else head.setUint16(6, bytes.length, true);
  return join([new Uint8Array(head.buffer), bytes]);
}

function header(delimiter: readonly number[], bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return join([Uint8Array.from(delimiter), new Uint8Array(new Uint32Array([bytes.length]).buffer), bytes]);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
