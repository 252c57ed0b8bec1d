/**
 * Standardized uptake value by body weight of PET images: what the rescaled values are multiplied by (PS3.3 C.8.9, and the
 * vendor neutral procedure of the Quantitative Imaging Biomarkers Alliance), or which attribute does not allow it.
 */
import { items, number, tag, text, texts, type DataSet } from './json';

/** Attributes that decide over SUV, by keyword. */
const attribute = {
  SeriesDate: '00080021', AcquisitionDate: '00080022', SeriesTime: '00080031', AcquisitionTime: '00080032', PatientWeight: '00101030',
  RadiopharmaceuticalStartTime: '00181072', RadionuclideTotalDose: '00181074', RadionuclideHalfLife: '00181075', RadiopharmaceuticalStartDateTime: '00181078',
  ActualFrameDuration: '00181242', CorrectedImage: '00280051', RadiopharmaceuticalInformationSequence: '00540016', Units: '00541001', SUVType: '00541006',
  DecayCorrection: '00541102', FrameReferenceTime: '00541300',
} as const;

export type SuvAttribute = keyof typeof attribute;

/** Private attributes of scanners that tell what the public ones leave out. */
const philips = { creator: 'Philips PET Private Group', group: '7053', suv: '00', activity: '09' };
const ge = { creator: 'GEMS_PETD_01', group: '0009', scan: '0D' };

export interface SuvScale {
  /** Grams per millilitre for one unit of the rescaled value. */
  readonly factor: number;
  /** Unit of the rescaled value (0054,1001). */
  readonly raw: string;
}

/** The attribute that does not allow it: its value, or nothing where it is missing. */
export interface NoSuv {
  readonly keyword: SuvAttribute;
  readonly tag: string;
  readonly value: string;
}

export type Suv = SuvScale | NoSuv;

export function isScale(suv: Suv | undefined): suv is SuvScale {
  return suv !== undefined && 'factor' in suv;
}

/** For each frame of one series; nothing where it is no PET. */
export function suvOf(series: readonly DataSet[]): (Suv | undefined)[] {
  const earliest = Math.min(...series.map((set) => acquired(set) ?? Infinity));
  return series.map((set) => (text(set, tag.Modality) === 'PT' ? scaleOf(set, earliest) : undefined));
}

function scaleOf(set: DataSet, earliest: number): Suv {
  const units = text(set, attribute.Units);
  const type = text(set, attribute.SUVType) || 'BW';
  switch (units) {
    case 'GML': return type === 'BW' ? { factor: 1, raw: units } : refused('SUVType', type);
    case 'BQML': return byWeight(set, earliest, 1, units);
    case 'CNTS': {
      const [suv, activity] = [Number(privateText(set, philips, philips.suv)), Number(privateText(set, philips, philips.activity))];
      if (suv > 0) return { factor: suv, raw: units };
      return activity > 0 ? byWeight(set, earliest, activity, units) : refused('Units', units);
    }
    default: return refused('Units', units);
  }
}

/** `becquerels` a millilitre for one unit of the rescaled value. */
function byWeight(set: DataSet, earliest: number, becquerels: number, raw: string): Suv {
  const corrected = texts(set, attribute.CorrectedImage);
  if (!corrected.includes('ATTN') || !corrected.includes('DECY')) return refused('CorrectedImage', corrected.join('\\'));
  const weight = positive(set, attribute.PatientWeight);
  if (!weight) return refused('PatientWeight', text(set, attribute.PatientWeight));
  const [drug] = items(set, attribute.RadiopharmaceuticalInformationSequence);
  if (!drug) return refused('RadiopharmaceuticalInformationSequence', '');
  const dose = positive(drug, attribute.RadionuclideTotalDose);
  if (!dose) return refused('RadionuclideTotalDose', text(drug, attribute.RadionuclideTotalDose));
  const correction = text(set, attribute.DecayCorrection);
  const whole = (remaining: number): SuvScale => ({ factor: (becquerels * weight * 1000) / (dose * remaining), raw });
  // The values are what they were when the dose was given.
  if (correction === 'ADMIN') return whole(1);
  if (correction !== 'START') return refused('DecayCorrection', correction);
  const halfLife = positive(drug, attribute.RadionuclideHalfLife);
  if (!halfLife) return refused('RadionuclideHalfLife', text(drug, attribute.RadionuclideHalfLife));
  const scanned = scanStart(set, earliest, halfLife);
  if (typeof scanned !== 'number') return scanned;
  const given = administered(drug, text(set, attribute.SeriesDate), scanned);
  if (typeof given !== 'number') return given;
  return whole(2 ** ((given - scanned) / halfLife));
}

/**
 * When the values were: the start of the series, unless that was written later than images of it were taken. Then the
 * scanner tells it, or it follows from the time within the frame at which its mean activity was.
 */
function scanStart(set: DataSet, earliest: number, halfLife: number): number | NoSuv {
  const series = moment(text(set, attribute.SeriesDate), text(set, attribute.SeriesTime));
  if (series !== undefined && series <= earliest) return series;
  const scan = moment(privateText(set, ge, ge.scan));
  if (scan !== undefined) return scan;
  const [reference, duration] = [number(set, attribute.FrameReferenceTime), positive(set, attribute.ActualFrameDuration)];
  const taken = acquired(set);
  if (taken === undefined) return refused('AcquisitionTime', text(set, attribute.AcquisitionTime));
  if (!reference || reference < 0) return refused('FrameReferenceTime', text(set, attribute.FrameReferenceTime));
  if (!duration) return refused('ActualFrameDuration', text(set, attribute.ActualFrameDuration));
  const decay = Math.LN2 / halfLife;
  const within = decay * (duration / 1000);
  return taken - reference / 1000 + Math.log(within / (1 - Math.exp(-within))) / decay;
}

/** When the dose was given; a time without a date is of the day of the scan, or of the one before. */
function administered(drug: DataSet, day: string, scanned: number): number | NoSuv {
  const stated = text(drug, attribute.RadiopharmaceuticalStartDateTime);
  const at = moment(stated);
  if (at !== undefined) return at <= scanned ? at : refused('RadiopharmaceuticalStartDateTime', stated);
  const time = text(drug, attribute.RadiopharmaceuticalStartTime);
  const sameDay = moment(day, time);
  if (sameDay === undefined) return refused('RadiopharmaceuticalStartTime', time);
  return sameDay <= scanned ? sameDay : sameDay - 86_400;
}

function acquired(set: DataSet): number | undefined {
  return moment(text(set, attribute.AcquisitionDate), text(set, attribute.AcquisitionTime));
}

/** Seconds, from a date and a time, or from both in one (PS3.5 §6.2); places on earth are not told apart. */
function moment(date: string, time?: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(\.\d{1,6})?(?:[+-]\d{4})?$/.exec(time === undefined ? date : date + time.replaceAll(':', ''));
  if (!match) return undefined;
  const [, year, month, day, hour, minute = '0', second = '0', part = '0'] = match;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) / 1000 + Number(part);
}

function positive(set: DataSet, key: string): number | undefined {
  const value = number(set, key);
  return value !== undefined && value > 0 ? value : undefined;
}

/** A private attribute in the block that its creator took (PS3.5 §7.8.1); where its VR was lost, its characters (PS3.18 F.2.7). */
function privateText(set: DataSet, { creator, group }: { readonly creator: string; readonly group: string }, element: string): string {
  for (let block = 0x10; block <= 0xff; block += 1) {
    const at = block.toString(16).padStart(2, '0').toUpperCase();
    if (text(set, `${group}00${at}`) !== creator) continue;
    const key = `${group}${at}${element}`;
    return text(set, key) || atob(set[key]?.InlineBinary ?? '').replaceAll('\0', '').trim();
  }
  return '';
}

function refused(keyword: SuvAttribute, value: string): NoSuv {
  return { keyword, tag: `(${attribute[keyword].slice(0, 4)},${attribute[keyword].slice(4)})`, value };
}
