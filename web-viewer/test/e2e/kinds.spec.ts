/** What is no image: reports, documents, waveforms, segments, tags. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { violations } from './axe';
import { send } from './bench';
import { boxes, ecg, grid, pdf, pdfBytes, plan, report, segmentation, square, structures } from './objects-phantom';
import { makeStudy, size, slices } from './phantom';
import { visits } from './visit';

const images = makeStudy();
const study = { ...images, files: [...images.files, ...[report, pdf, ecg, segmentation, plan, structures].map((make) => make(images))] };
const visit = visits();
let page: Page;

beforeAll(async () => {
  await send(study);
});

async function open(series: number, query = ''): Promise<void> {
  page = await visit.open(`/viewer?study=${study.uid}&series=${study.uid}.${series}${query}`);
  page.setDefaultTimeout(10_000);
}

async function stands(pane: number, index: number): Promise<void> {
  await page.waitForSelector(`[data-pane="${pane}"] .viewport[data-ready="true"][data-index="${index}"]`, { timeout: 30_000 });
}

it('shows a report as a tree whose references lead to the images', async () => {
  await open(3);
  const text = page.locator('[data-kind="report"]');
  await text.getByText('Diagnostic Imaging Report').waitFor();
  const words = await text.innerText();
  for (const part of ['Complete · Verified', 'Findings', '右肺上叶结节', 'Length', '12.5 mm']) expect(words).toContain(part);
  await page.click(`[data-instance="${study.uid}.1.8"]`);
  await stands(1, 7);
  // The report does not say where this one lies: the archive does.
  await page.click(`[data-instance="${study.uid}.1.3"]`);
  await stands(1, 2);
  await text.locator('summary').click();
  expect(await text.innerText()).not.toContain('12.5 mm');
});

it('hands a PDF to the browser as it was stored, and saves it', async () => {
  // The policy of the server's pages, with frames of the page's own making.
  const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' blob: data:; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; frame-src 'self' blob:; object-src 'none'";
  await open(1);
  await page.route('**/viewer?**', async (route) => route.fulfill({ response: await route.fetch(), headers: { 'Content-Type': 'text/html', 'Content-Security-Policy': policy } }));
  const answer = await page.goto(page.url().replace(`series=${study.uid}.1`, `series=${study.uid}.4`));
  expect(answer?.headers()['content-security-policy']).toBe(policy);
  const frame = page.locator('[data-kind="pdf"] iframe');
  await frame.waitFor();
  await page.getByText('Letter to the physician').waitFor();
  const [type, bytes] = await page.evaluate(async (address) => {
    const file = await (await fetch(address ?? '')).blob();
    return [file.type, [...new Uint8Array(await file.arrayBuffer())]] as const;
  }, await frame.getAttribute('src'));
  expect(type).toBe('application/pdf');
  expect(Buffer.from(bytes).subarray(0, pdfBytes().length).equals(pdfBytes())).toBe(true);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-do="document"]')]);
  expect((await readFile(await download.path())).equals(pdfBytes())).toBe(true);
});

it('draws an ECG to scale', async () => {
  await open(5);
  const line = page.locator('[data-channel="I"]');
  await line.waitFor({ state: 'attached' });
  const box = async (channel: string): Promise<{ width: number; height: number }> =>
    page.locator(`[data-channel="${channel}"]`).evaluate((path) => {
      const { width, height } = path.getBoundingClientRect();
      return { width, height };
    });
  const millimetre = 96 / 25.4;
  // One millivolt is 10 mm high; 4999 steps of 2 ms are 249.95 mm long.
  expect((await box('I')).height).toBeCloseTo(10 * millimetre, 0);
  expect((await box('II')).height).toBeCloseTo(5 * millimetre, 0);
  expect((await box('I')).width).toBeCloseTo(249.95 * millimetre, 0);
  await page.getByLabel('Gain').selectOption({ label: '20 mm/mV' });
  await page.getByLabel('Paper speed').selectOption({ label: '50 mm/s' });
  expect((await box('I')).height).toBeCloseTo(20 * millimetre, 0);
  expect((await box('I')).width).toBeCloseTo(499.9 * millimetre, 0);
});

/** Colours of the overlay by pixels of the CT, each with how many of its screen pixels have them; edges are left out. */
function marked(): Promise<Record<string, { columns: [number, number]; rows: [number, number]; pixels: number }>> {
  return page.evaluate(({ size }) => {
    const found: Record<string, { columns: [number, number]; rows: [number, number]; pixels: number }> = {};
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-overlay="regions"]');
    if (!canvas) return found;
    const { data, width, height } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const scale = Math.min(width, height) / size;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue;
      const column = ((at / 4) % width) + 0.5 - width / 2;
      const row = Math.floor(at / 4 / width) + 0.5 - height / 2;
      const colour = data[at + 2]! > 0 ? 'blue' : data[at]! > data[at + 1]! ? 'red' : 'green';
      const box = (found[colour] ??= { columns: [1e9, -1e9], rows: [1e9, -1e9], pixels: 0 });
      box.columns = [Math.min(box.columns[0], column / scale + size / 2), Math.max(box.columns[1], column / scale + size / 2)];
      box.rows = [Math.min(box.rows[0], row / scale + size / 2), Math.max(box.rows[1], row / scale + size / 2)];
      box.pixels += 1 / scale ** 2;
    }
    return found;
  }, { size });
}

it('lays segments over just the pixels they mark', async () => {
  await open(6);
  await page.getByText('cyst').waitFor();
  await page.click('[data-do="marks"]');
  await stands(0, 0);
  expect(await marked()).toEqual({});
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowDown');
  await stands(0, 3);
  await page.waitForSelector('canvas[data-overlay="regions"]');
  await page.getByText('PTV').waitFor();
  const found = await marked();
  for (const { number, columns, rows } of boxes) {
    const box = found[number === 1 ? 'red' : 'green'];
    const edge = (from: number, pixel: number): number => from + pixel * grid.millimetres;
    const expected = [edge(grid.left, columns[0]), edge(grid.left, columns[1] + 1), edge(grid.top, rows[0]), edge(grid.top, rows[1] + 1)];
    const drawn = [...(box?.columns ?? []), ...(box?.rows ?? [])];
    // Half a screen pixel of slack at an edge.
    for (const [at, value] of expected.entries()) expect(Math.abs((drawn[at] ?? 0) - value), `${number} ${at}`).toBeLessThan(0.5);
    const area = (expected[1]! - expected[0]!) * (expected[3]! - expected[2]!);
    expect(Math.abs((box?.pixels ?? 0) / area - 1)).toBeLessThan(0.02);
  }
  const outline = found['blue'];
  const drawn = [...(outline?.columns ?? []), ...(outline?.rows ?? [])];
  for (const [at, value] of [square.left, square.right, square.top, square.bottom].entries()) expect(Math.abs((drawn[at] ?? 0) - value), `contour ${at}`).toBeLessThan(1);
  const liver = page.locator('section', { hasText: 'liver' }).locator('[data-region="1"] input');
  await liver.click();
  expect(Object.keys(await marked()).sort()).toEqual(['blue', 'green']);
  await page.keyboard.press('ArrowDown');
  await stands(0, 4);
  expect(await marked()).toEqual({});
  await liver.click();
  expect(Object.keys(await marked())).toEqual(['red']);
});

it('says why an object is not shown, and lets its tags be searched', async () => {
  await open(7);
  await page.locator('[data-kind="plan"]').getByText('beams, fractions and doses').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-do="download"]')]);
  expect((await readFile(await download.path())).subarray(128, 132).toString()).toBe('DICM');
  await page.keyboard.press('#');
  const rows = page.locator('[role="row"]');
  await page.locator('[data-tag="00100010"]').getByText('PatientName').waitFor();
  await page.keyboard.type('plan liver');
  expect(await rows.count()).toBe(0);
  await page.getByRole('searchbox').fill('rtplanlabel');
  expect(await rows.innerText()).toMatch(/\(300A,0002\)\s+SH\s+RTPlanLabel\s+PLAN/);
  // The first empties the search.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  expect(page.url()).toContain('/viewer');
});

it('browses the tags of the image on the screen, sequences and all', async () => {
  await open(1);
  await stands(0, 0);
  await page.keyboard.press('End');
  await stands(0, slices - 1);
  await page.keyboard.press('#');
  await page.getByRole('searchbox').fill('0020,0013');
  expect(await page.locator('[data-tag="00200013"]').innerText()).toContain(String(slices));
});

it('leaves axe nothing to mend', async () => {
  await open(3);
  await page.getByText('Diagnostic Imaging Report').waitFor();
  expect(await violations(page, 'article')).toEqual([]);
  await page.keyboard.press(';');
  await page.getByText('PTV').waitFor();
  expect(await violations(page, 'aside')).toEqual([]);
  await page.click(`[data-series="${study.uid}.5"]`);
  await page.locator('[data-channel="I"]').waitFor({ state: 'attached' });
  expect(await violations(page, 'article')).toEqual([]);
  await page.click('[data-do="tags"]');
  await page.locator('[data-tag="00100010"]').getByText('PatientName').waitFor();
  expect(await violations(page, 'dialog')).toEqual([]);
});
