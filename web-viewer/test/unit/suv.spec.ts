import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../src/dicom/json';
import { isScale, suvOf } from '../../src/dicom/suv';

const attributes = (values: Readonly<Record<string, unknown>>): DataSet => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { Value: Array.isArray(value) ? value : [value] }]));

const drug = { '00181072': '100000', '00181074': '400000000', '00181075': '6000' };
/** 80 kg, 400 MBq at 10:00, a half-life of 6000 s, scanned at 11:40: 200 MBq are left, 80 000 g / 200 000 000 Bq = 0.0004. */
const plain = {
  '00080060': 'PT', '00080021': '20240229', '00080022': '20240229', '00080031': '114000', '00080032': '114300', '00101030': '80',
  '00280051': ['DECY', 'ATTN'], '00541001': 'BQML', '00541102': 'START',
};
const pet = (changes: Readonly<Record<string, unknown>> = {}, injected: Readonly<Record<string, unknown>> = {}): DataSet => attributes({ ...plain, '00540016': attributes({ ...drug, ...injected }), ...changes });

function factor(set: DataSet): number {
  const [suv] = suvOf([set]);
  if (!isScale(suv)) throw new Error(`no SUV: ${JSON.stringify(suv)}`);
  return suv.factor;
}

describe('SUV by body weight', () => {
  it('is the concentration by the dose that is left for each gram', () => {
    expect(suvOf([pet()])).toEqual([{ factor: 0.0004, raw: 'BQML' }]);
  });

  it('takes the dose as it was given where the values are corrected to that', () => {
    expect(factor(pet({ '00541102': 'ADMIN' }))).toBe(0.0002);
  });

  it('goes by date and time of the injection where both are told, over midnight too', () => {
    expect(factor(pet({}, { '00181072': '', '00181078': '20240229082000.000000' }))).toBeCloseTo(0.0008, 12);
    // 23:40 and 00:20 on the next day are 2400 s apart.
    expect(factor(pet({ '00080031': '002000', '00080032': '002000' }, { '00181072': '234000' }))).toBeCloseTo(0.0002 * 2 ** 0.4, 12);
  });

  it('is the same for all beds, by the start of the series', () => {
    const beds = [pet({ '00080032': '120000' }), pet({ '00080032': '114000' })];
    expect(suvOf(beds)).toEqual(suvOf([pet(), pet()]));
  });

  it('is what scanners of several makers mean (values computed apart with pydicom and math)', () => {
    // Public files: a CPS scanner, a GE one, a Siemens one whose series begins 10 µs after its acquisition.
    const cps = { '00080021': '19860810', '00080031': '130244.678000', '00080022': '19860810', '00080032': '130852.206000', '00101030': '66.2' };
    expect(factor(pet(cps, { '00181072': '113900.000000', '00181074': '381470000', '00181075': '6586.2' }))).toBeCloseTo(0.0002944804047131298, 12);
    const ge = { '00080021': '20141023', '00080031': '110036.00', '00080022': '20141023', '00080032': '110036.00', '00101030': '90' };
    expect(factor(pet(ge, { '00181072': '093200.00', '00181074': '474592928', '00181075': '6588' }))).toBeCloseTo(0.0003317637074216024, 12);
    const siemens = { '00080021': '20130723', '00080031': '192001.000000', '00080022': '20130723', '00080032': '192000.999990', '00101030': '9.73', '00541300': '8.857965E5', '00181242': '1800000' };
    expect(factor(pet(siemens, { '00181072': '183900.000000', '00181074': '1.97e7', '00181075': '6.5862E3' }))).toBeCloseTo(0.0006399256324923229, 12);
  });

  it('takes the scan time that GE keeps where the series was written later', () => {
    const later = { '00080031': '180000' };
    expect(suvOf([pet(later)])).toMatchObject([{ keyword: 'FrameReferenceTime' }]);
    expect(factor(pet({ ...later, '00090010': 'GEMS_PETD_01', '0009100D': '20240229114000.00' }))).toBe(0.0004);
  });

  it('of Philips is by its own factors, in whatever block they stand', () => {
    const counts = { '00541001': 'CNTS', '70530011': 'Philips PET Private Group' };
    expect(suvOf([pet({ ...counts, '70531100': '0.000027', '70531109': '0.5' })])).toEqual([{ factor: 0.000027, raw: 'CNTS' }]);
    expect(suvOf([pet({ ...counts, '70531100': '0', '70531109': '0.5' })])).toEqual([{ factor: 0.0002, raw: 'CNTS' }]);
    const unknown = { ...pet(counts), '70531100': { vr: 'UN', InlineBinary: btoa('0.000027 ') } };
    expect(factor(unknown)).toBe(0.000027);
    expect(suvOf([pet({ '00541001': 'CNTS' })])).toEqual([{ keyword: 'Units', tag: '(0054,1001)', value: 'CNTS' }]);
  });

  it('is stored as such in grams per millilitre, but for other sizes than weight', () => {
    expect(factor(attributes({ '00080060': 'PT', '00541001': 'GML' }))).toBe(1);
    expect(suvOf([attributes({ '00080060': 'PT', '00541001': 'GML', '00541006': 'LBM' })])).toEqual([{ keyword: 'SUVType', tag: '(0054,1006)', value: 'LBM' }]);
  });

  it.each([
    ['PatientWeight', '(0010,1030)', '', pet({ '00101030': '' })],
    ['PatientWeight', '(0010,1030)', '0', pet({ '00101030': '0' })],
    ['RadionuclideTotalDose', '(0018,1074)', '', pet({}, { '00181074': '' })],
    ['RadionuclideHalfLife', '(0018,1075)', '', pet({}, { '00181075': '' })],
    ['RadiopharmaceuticalStartTime', '(0018,1072)', '', pet({}, { '00181072': '' })],
    ['RadiopharmaceuticalStartDateTime', '(0018,1078)', '20240301100000', pet({}, { '00181078': '20240301100000' })],
    ['RadiopharmaceuticalInformationSequence', '(0054,0016)', '', attributes(plain)],
    ['DecayCorrection', '(0054,1102)', 'NONE', pet({ '00541102': 'NONE' })],
    ['CorrectedImage', '(0028,0051)', 'DECY', pet({ '00280051': 'DECY' })],
    ['Units', '(0054,1001)', 'PROPCPS', pet({ '00541001': 'PROPCPS' })],
    ['AcquisitionTime', '(0008,0032)', '', pet({ '00080031': '', '00080032': '' })],
  ])('is not made up: %s %s “%s”', (keyword, tag, value, set) => {
    expect(suvOf([set])).toEqual([{ keyword, tag, value }]);
  });

  it('is nothing for other images', () => {
    expect(suvOf([attributes({ '00080060': 'CT' })])).toEqual([undefined]);
  });
});
