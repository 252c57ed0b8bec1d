/** Pictures of what is no image, for docs/viewer.md: phantoms of our own, one picture a kind, into the folder that TOUR_PICTURES names. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { send } from '../e2e/bench';
import { ecg, report, segmentation } from '../e2e/objects-phantom';
import { makeStudy } from '../e2e/phantom';
import { visits } from '../e2e/visit';

const folder = process.env['TOUR_PICTURES'] ?? '';
const images = makeStudy();
const study = { ...images, files: [...images.files, ...[report, ecg, segmentation].map((make) => make(images))] };
const visit = visits();
/** Bytes: pictures are kept with the pages they stand in. */
const largest = 120_000;

beforeAll(async () => {
  if (folder === '') return;
  await mkdir(folder, { recursive: true });
  await send(study);
});

async function picture(name: string, series: number, ready: (page: Page) => Promise<unknown>, width = 820): Promise<void> {
  const page = await visit.open(`/viewer?study=${study.uid}&series=${study.uid}.${series}`, { viewport: { width, height: 480 } });
  await ready(page);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  expect((await stat(path)).size).toBeLessThan(largest);
}

const stands = (page: Page, index: number): Promise<unknown> => page.waitForSelector(`.viewport[data-ready="true"][data-index="${index}"]`);

it.skipIf(folder === '')('a report beside the image it refers to', () =>
  picture('report', 3, async (page) => {
    await page.click(`[data-instance="${study.uid}.1.8"]`);
    await stands(page, 7);
  }));

it.skipIf(folder === '')('an ECG', () => picture('ecg', 5, (page) => page.waitForSelector('[data-channel="I"]', { state: 'attached' }), 560));

it.skipIf(folder === '')('segments over the image', () =>
  picture('segments', 6, async (page) => {
    await page.click('[data-do="marks"]');
    await stands(page, 0);
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowDown');
    await stands(page, 3);
    await page.waitForSelector('canvas[data-overlay="regions"]');
  }));

it.skipIf(folder === '')('the tags of an image', () =>
  picture('tags', 1, async (page) => {
    await stands(page, 0);
    await page.keyboard.press('#');
    await page.locator('[data-tag="00100010"]').getByText('PatientName').waitFor();
  }));
