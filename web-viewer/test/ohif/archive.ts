/** The archive under test and what is put into it before OHIF asks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { send, url } from '../e2e/bench';
import { makeStudy, type Study } from '../e2e/phantom';

export const archive = url;

/** Where the archive lets OHIF ask from (`http.cors.allowed_origins`), as in `http://127.0.0.1:8899`. */
export const allowedOrigin = process.env['YINGYUN_OHIF_ORIGIN'];

/** Test data that the repository does not carry. */
export const testData = process.env['YINGYUN_TESTDATA'];

/** CT of 12 slices, made here. OHIF 3.13.2 takes the first letter of a VOI LUT Function for all of it, and shows nothing. */
export const phantom = makeStudy({ voiLutFunction: false });
/** Files of pydicom's wheel: colour ultrasound of 30 frames, a resting ECG. */
export const ultrasound = '1.2.840.114340.3.8251017118051.1.20160503.120850.2171';
export const ecg = '1.3.76.13.65829.2.20130125082826.1072139.2';
/** Of the test data: CT of 55 slices; a CT with SEG, RTSTRUCT, SR and PDF. */
export const abdomen = '1.3.6.1.4.1.14519.5.2.1.6279.6001.265704884949271879044145982159';
export const mixed = '1.2.826.0.1.3680043.8.498.12244338024585922559';

/** Puts all of it into the archive. */
export async function load(): Promise<void> {
  await send(phantom);
  await send(files(wheel('examples_ybr_color.dcm'), wheel('waveform_ecg.dcm')));
  if (!testData) return;
  await send(files(...folder(testData, 'series/ct_abdomen_philips_every5th')));
  const beside = ['seg_binary', 'rtstruct', 'sr_basic_text', 'encapsulated_pdf'].map((name) => join(testData, 'generated/object', `${name}.dcm`));
  await send(files(...folder(testData, 'generated/object/ref_ct'), ...beside));
}

function wheel(name: string): string {
  const root = resolve(import.meta.dirname, '../../../.venv/lib');
  const path = readdirSync(root).map((python) => join(root, python, 'site-packages/pydicom/data/test_files', name)).find((at) => existsSync(at));
  if (!path) throw new Error(`pydicom's ${name} is not there: \`make deps\` installs it`);
  return path;
}

function folder(root: string, name: string): string[] {
  const at = join(root, name);
  return readdirSync(at).filter((file) => file.endsWith('.dcm')).sort().map((file) => join(at, file));
}

function files(...paths: string[]): Study {
  return { uid: '', patientId: '', accession: '', files: paths.map((path) => readFileSync(path)) };
}
