import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { send } from './bench';
import { makeStudy, slices } from './phantom';
import { visits } from './visit';

/** Slices of 5 mm from 5 mm on, and an older study of the same patient: slices of 2 mm from 31 mm on, in another frame of reference. */
const study = makeStudy({ date: '20240229' });
const [priorFirst, priorSpacing, priorSlices] = [31, 2, 30];
const prior = makeStudy({ date: '20230115', patientId: study.patientId, first: priorFirst, spacing: priorSpacing, slices: priorSlices });
const visit = visits();
let page: Page;

beforeAll(async () => {
  await send(study);
  await send(prior);
});

async function open(query: string): Promise<void> {
  page = await visit.open(`/viewer?study=${study.uid}${query}`);
}

/** Waits until image `index` stands in viewport `pane`. */
async function stands(pane: number, index: number): Promise<void> {
  await page.waitForSelector(`[data-pane="${pane}"] .viewport[data-ready="true"][data-index="${index}"]`, { timeout: 30_000 });
}

async function overlay(pane: number, part: string): Promise<string> {
  return page.innerText(`[data-pane="${pane}"] [data-overlay=${part}]`);
}

it('shows several series side by side, and the same after a reload', async () => {
  await open(`&series=${study.uid}.1`);
  await stands(0, 0);
  await page.getByRole('button', { name: 'Layout' }).click();
  await page.click('[data-layout="1x2"]');
  await stands(1, 0);
  expect(await page.locator('.pane').nth(1).innerText()).toContain('MONOCHROME1');
  await page.reload();
  await stands(0, 0);
  await stands(1, 0);
  expect(new URL(page.url()).searchParams.get('layout')).toBe('1x2');
});

it('gives the keys to the viewport that was pressed last', async () => {
  await open('&layout=1x2');
  await stands(0, 0);
  await stands(1, 0);
  await page.keyboard.press('n');
  await page.keyboard.press('ArrowLeft');
  await stands(1, 0);
  await page.keyboard.press('End');
  await stands(1, slices - 1);
  await stands(0, 0);
});

it('puts a prior beside the study and scrolls both to the same millimetre', async () => {
  await open(`&series=${study.uid}.1`);
  await stands(0, 0);
  await page.click(`[data-prior="${prior.uid}"]`);
  await stands(1, 0);
  expect(await page.locator('.pane').nth(1).innerText()).toContain('2023-01-15');
  // Slice 2 of the prior and slice 0 of the study are held to be the same place from now on.
  await page.mouse.move(1100, 400);
  await page.mouse.wheel(0, 100);
  await stands(1, 1);
  await page.mouse.wheel(0, 100);
  await stands(1, 2);
  await page.mouse.click(400, 400);
  await page.keyboard.press('x');
  for (const slice of [2, 4, 8]) {
    await page.keyboard.press('Home');
    await stands(0, 0);
    await stands(1, 2);
    for (let step = 0; step < slice; step += 1) await page.keyboard.press('ArrowDown');
    await stands(0, slice);
    const travelled = slice * 5;
    await stands(1, 2 + travelled / priorSpacing);
  }
});

it('zooms and windows linked viewports alike', async () => {
  await open(`&layout=1x2&priors=${prior.uid}&series=${study.uid}.1,${prior.uid}.1`);
  await stands(0, 0);
  await stands(1, 0);
  await page.mouse.click(400, 400);
  await page.keyboard.press('x');
  await page.keyboard.press('5');
  await page.waitForFunction(() => [...document.querySelectorAll('[data-overlay=window]')].every((text) => /W 2,?500/.test(text.textContent ?? '')));
  const before = await overlay(1, 'zoom');
  await page.mouse.move(400, 300);
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(400, 420, { steps: 5 });
  await page.mouse.up({ button: 'right' });
  await page.waitForFunction((text) => document.querySelector('[data-pane="1"] [data-overlay=zoom]')?.textContent !== text, before);
  await page.waitForFunction(() => new Set([...document.querySelectorAll('[data-overlay=zoom]')].map((text) => text.textContent)).size === 1);
});
