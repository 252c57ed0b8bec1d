/** Upload from the study list: what is dropped or chosen is stored, or named with the reason. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { zip } from '../zip';
import { launch, url } from './bench';
import type { Study } from './phantom';
import { makeRow } from './records';

let browser: Browser;
let context: BrowserContext;
let page: Page;
let folder: string;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser?.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upload-e2e-'));
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  page = await context.newPage();
  faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);
  await page.locator('[role=grid], .notice').first().waitFor();
});

afterEach(async () => {
  await context.close();
  await rm(folder, { recursive: true });
  expect(faults).toEqual([]);
});

async function choose(...paths: string[]): Promise<void> {
  await page.keyboard.press('u');
  await page.setInputFiles('[name=upload-files]', paths);
}

async function put(path: string, bytes: Buffer): Promise<string> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), bytes);
  return join(folder, path);
}

/** Drops files and folders of this machine on the page, as a hand does. */
async function drop(...paths: string[]): Promise<void> {
  const client = await context.newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await client.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data: { items: [], files: paths, dragOperationsMask: 1 } });
    if (type === 'dragOver') await page.getByText('Drop DICOM files, folders or zip archives').waitFor();
  }
}

const done = async (): Promise<string> => {
  await page.waitForSelector('[data-upload=done]');
  return page.locator('[data-upload]').innerText();
};

/** How many instances of a study the archive shows. */
async function instances(study: Study): Promise<number> {
  const response = await fetch(`${url}/dicom-web/studies/${study.uid}/instances`, { headers: { Accept: 'application/dicom+json' } });
  return response.status === 204 ? 0 : ((await response.json()) as unknown[]).length;
}

const bytes = (study: Study, index = 0): Buffer => study.files[index] as Buffer;

describe('an upload', () => {
  it('of chosen files stores them, and the study stands in the list', async () => {
    const study = makeRow({ name: 'Chosen^Files', images: 3, date: '20991231' });
    await choose(...(await Promise.all(study.files.map((file, index) => put(`${index}.dcm`, file)))));
    expect(await done()).toBe('3 stored');
    expect(await instances(study)).toBe(3);
    await page.locator(`[data-study="${study.uid}"]`).waitFor();
    expect(await page.getByText('3 of 3 files').count()).toBe(1);
    expect(await page.getByRole('progressbar', { name: 'Upload progress' }).getAttribute('aria-valuenow')).toBe('100');
  });

  it('of a folder that is dropped takes all folders in it, in requests of bounded length', async () => {
    const study = makeRow({ images: 250 });
    await Promise.all(study.files.map((file, index) => put(`disc/DICOM/S${index % 7}/IM${index}`, file)));
    await put('disc/AUTORUN.INF', Buffer.from('[autorun]'));
    const requests: number[] = [];
    page.on('request', (request) => request.method() === 'POST' && requests.push(1));
    await drop(join(folder, 'disc'));
    expect(await done()).toMatch(/^250 stored\s+1 left out$/);
    expect(await instances(study)).toBe(250);
    expect(requests).toHaveLength(3);
    await page.getByText('disc/AUTORUN.INF').waitFor();
    await page.getByText('Not a DICOM file').waitFor();
  });

  it('of a zip archive unpacks it', async () => {
    const study = makeRow({ images: 4 });
    const archive = zip(study.files.map((content, index) => ({ name: Buffer.from(`影像/${index}`), content, deflated: index % 2 === 0 })));
    await drop(await put('study.zip', archive));
    expect(await done()).toBe('4 stored');
    expect(await instances(study)).toBe(4);
  });

  it('says of each file why it was not stored', async () => {
    const study = makeRow();
    const cut = bytes(makeRow()).subarray(0, 500);
    const paths = [
      await put('good.dcm', bytes(study)),
      await put('cut.dcm', cut),
      await put('notes.pdf', Buffer.from('%PDF-1.7')),
      await put('broken.zip', zip([{ name: Buffer.from('1'), content: bytes(makeRow()) }]).subarray(0, 300)),
    ];
    await choose(...paths);
    expect(await done()).toMatch(/^1 stored\s+1 not stored\s+2 left out$/);
    expect(await instances(study)).toBe(1);
    const reasons = await page.getByRole('list', { name: 'What was not stored, and why' }).innerText();
    expect(reasons).toMatch(/cut\.dcm\s+The file is damaged or lacks a required identifier \(C[0-9A-F]{3}H\)/);
    expect(reasons).toMatch(/notes\.pdf\s+Not a DICOM file/);
    expect(reasons).toMatch(/broken\.zip\s+This zip archive cannot be unpacked/);
  });

  it('gives each reason of the server its words, and sends again what may go better', async () => {
    const studies = [makeRow(), makeRow(), makeRow()];
    const sop = (study: Study): unknown => ({ '00081155': { vr: 'UI', Value: [`${study.uid}.1.1`] } });
    await page.route('**/dicom-web/studies', (route) => {
      const failed = [0xa700, 0x0124].map((code, at) => ({ ...(sop(studies[at + 1] as Study) as object), '00081197': { vr: 'US', Value: [code] } }));
      return route.fulfill({ status: 202, contentType: 'application/dicom+json', body: JSON.stringify({ '00081199': { vr: 'SQ', Value: [sop(studies[0] as Study)] }, '00081198': { vr: 'SQ', Value: failed } }) });
    });
    await choose(...(await Promise.all(studies.map((study, index) => put(`${index}.dcm`, bytes(study))))));
    expect(await done()).toMatch(/^1 stored\s+2 not stored$/);
    const reasons = await page.getByRole('list', { name: 'What was not stored, and why' }).innerText();
    expect(reasons).toMatch(/1\.dcm\s+The server has no room for it.*\(A700H\)\s+2\.dcm\s+You may not store it.*\(0124H\)/);
    await page.unroute('**/dicom-web/studies');
    await page.getByRole('button', { name: 'Send those not stored again' }).click();
    await page.getByText('1 of 1 files').waitFor();
    expect(await done()).toBe('1 stored');
    expect(await Promise.all(studies.map(instances))).toEqual([0, 1, 0]);
  });

  it('waits for a busy server, and says so when it stays silent', async () => {
    const study = makeRow();
    let asked = 0;
    await page.route('**/dicom-web/studies', (route) => {
      asked += 1;
      return asked === 1 ? route.fulfill({ status: 503, headers: { 'Retry-After': '1' } }) : route.continue();
    });
    await choose(await put('1.dcm', bytes(study)));
    expect(await done()).toBe('1 stored');
    await page.unroute('**/dicom-web/studies');
    await page.route('**/dicom-web/studies', (route) => route.abort());
    await page.setInputFiles('[name=upload-files]', await put('2.dcm', bytes(makeRow())));
    await page.getByText('The server did not answer').waitFor();
    expect(await done()).toMatch(/^0 stored\s+1 not stored$/);
  });

  it('is cancelled with a press: what is on its way stops, what was stored stays', async () => {
    const study = makeRow({ images: 320 });
    let held = 0;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/dicom-web/studies', async (route) => {
      held += 1;
      if (held > 1) await gate;
      await route.continue().catch(() => undefined);
    });
    await choose(...(await Promise.all(study.files.map((file, index) => put(`${index}.dcm`, file)))));
    await page.getByText('100 stored').waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText('Cancelled. What was stored before stays.').waitFor();
    release();
    await page.waitForTimeout(500);
    expect(await instances(study)).toBe(100);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('goes on while a study is read, and shows how far it is on the way back', async () => {
    const study = makeRow({ date: '20991230' });
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/dicom-web/studies', async (route) => {
      await gate;
      await route.continue();
    });
    await choose(await put('1.dcm', bytes(study)));
    await page.waitForSelector('[data-upload=sending]');
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/viewer?**');
    release();
    await page.goBack();
    await page.locator('[role=grid]').waitFor();
    expect(await done()).toBe('1 stored');
  });

  it('in Chinese says the same', async () => {
    await page.getByRole('button', { name: 'Switch to Chinese' }).click();
    await choose(await put('notes.txt', Buffer.from('hello')));
    await page.waitForSelector('[data-upload=done]');
    expect(await page.locator('[data-upload]').innerText()).toMatch(/^已存储 0 个\s+略过 1 个$/);
    await page.getByText('不是 DICOM 文件').waitFor();
  });
});
