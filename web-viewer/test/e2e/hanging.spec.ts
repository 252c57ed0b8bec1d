import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { send } from './bench';
import { breast, makeBreasts, views } from './breasts';
import { makeStudy, slices } from './phantom';
import { visits } from './visit';

const breasts = makeBreasts();
const study = makeStudy();
const prior = makeStudy({ date: '20230115', patientId: study.patientId });
const [alone, next] = [makeStudy(), makeStudy()];
const visit = visits();
let page: Page;

beforeAll(async () => {
  for (const one of [breasts, prior, study, alone, next]) await send(one);
});

async function open(uid: string, query = ''): Promise<void> {
  page = await visit.open(`/viewer?study=${uid}${query}`);
}

async function stands(pane: number, index: number): Promise<void> {
  await page.waitForSelector(`[data-pane="${pane}"] .viewport[data-ready="true"][data-index="${index}"]`, { timeout: 30_000 });
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly height: number;
}

/** Where pixels of a grey stand in a viewport: pixels from its left and right edge, and how many of them. */
function found(pane: number, grey: number): Promise<Place> {
  return page.evaluate(
    ({ pane, grey }) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`[data-pane="${pane}"] .viewport canvas`);
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const { width = 0 } = canvas ?? {};
      let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
      for (let at = 0; at < data.length; at += 4) {
        if (Math.abs((data[at] ?? 0) - grey) > 3) continue;
        const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
        [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      }
      return { left, right: width - 1 - right, width: right - left + 1, height: bottom - top + 1 };
    },
    { pane, grey },
  );
}

/** The four breasts as they stand, when they stand as `isDone` wants, or after ten seconds. */
async function all(isDone: (places: readonly Place[]) => boolean): Promise<Place[]> {
  const until = Date.now() + 10_000;
  for (;;) {
    const places = await Promise.all(views.map(({ grey }, at) => found(at, grey)));
    if (isDone(places) || Date.now() > until) return places;
    await page.waitForTimeout(100);
  }
}

const isBackToBack = (places: readonly Place[]): boolean => places.every(({ left, right }, at) => (at % 2 === 0 ? right : left) <= 1);

it('hangs a mammography back to back, at the chest wall and in equal millimetres', async () => {
  await open(breasts.uid);
  await page.waitForFunction(() => document.querySelectorAll('.viewport[data-ready="true"]').length === 4);
  const places = await all(isBackToBack);
  expect(isBackToBack(places), JSON.stringify(places)).toBe(true);
  const scale = (places[0]?.width ?? 0) / breast.width;
  expect(scale).toBeGreaterThan(1);
  for (const { width, height } of places) {
    expect(Math.abs(width - breast.width * scale), JSON.stringify(places)).toBeLessThanOrEqual(2);
    expect(Math.abs(height - breast.height * scale), JSON.stringify(places)).toBeLessThanOrEqual(3);
  }
  // The largest images just fit: 100 mm high at 0.5 mm.
  const high = await page.locator('[data-pane="0"] .viewport').evaluate((element) => element.clientHeight);
  expect(Math.abs(scale - high / 100)).toBeLessThan(0.15);
  // The address names the study alone: a reload hangs it again. At another size it stands so too.
  expect(new URL(page.url()).search).toBe(`?study=${breasts.uid}`);
  await page.keyboard.press('b');
  const wider = await all((now) => isBackToBack(now) && new Set(now.map(({ width }) => width)).size <= 2);
  expect(isBackToBack(wider), JSON.stringify(wider)).toBe(true);
});

it('hangs a CT beside its prior, linked', async () => {
  await open(study.uid);
  await stands(0, 0);
  await stands(1, 0);
  expect(await page.locator('.pane').nth(1).innerText()).toContain('2023-01-15');
  await page.waitForSelector('[data-tool=link][aria-pressed=true]');
  await page.keyboard.press('End');
  await stands(0, slices - 1);
  await stands(1, slices - 1);
});

it('leaves what the address tells, and goes back to one viewport', async () => {
  await open(study.uid, `&series=${study.uid}.2`);
  await stands(0, 0);
  await page.waitForSelector(`[data-prior="${prior.uid}"]`);
  expect(await page.locator('.pane').count()).toBe(1);
  expect(await page.locator('.pane').innerText()).toContain('MONOCHROME1');
  await page.keyboard.press('\\');
  await page.click('[data-protocol=ct-prior]');
  await stands(1, 0);
  expect(new URL(page.url()).searchParams.get('hang')).toBe('ct-prior');
  await page.keyboard.press('\\');
  await page.click('[data-protocol=none]');
  await page.waitForFunction(() => document.querySelectorAll('.pane').length === 1);
});

it('keeps a layout as a protocol, hangs the next study of that kind by it, and says what is wrong with a file', async () => {
  await open(alone.uid);
  await stands(0, 0);
  await page.getByRole('button', { name: 'Layout' }).click();
  await page.click('[data-layout="2x1"]');
  await stands(1, 0);
  await page.keyboard.press('\\');
  await page.click('[data-do=edit-protocols]');
  await page.locator('dialog').waitFor();
  await page.fill('[name=protocol-name]', 'Two above');
  expect(await page.inputValue('[data-viewport="2"] label.wide input')).toBe('PATCHES MONOCHROME1');
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await page.locator('[data-own]').waitFor();
  await page.setInputFiles('input[type=file]', { name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{"version":1,"protocols":[{"id":"a","name":{"zh":"a","en":"a"},"when":{},"rows":7,"columns":1,"viewports":[{"series":[{}]}]}]}') });
  expect(await page.getByRole('alert').innerText()).toContain('protocols[0].rows must be a number, 1 … 4');
  await open(next.uid);
  await stands(0, 0);
  await stands(1, 0);
  const tops = await page.locator('.pane').evaluateAll((panes) => panes.map((pane) => pane.getBoundingClientRect().top));
  expect(tops.length).toBe(2);
  expect(tops[1]).toBeGreaterThan((tops[0] ?? 0) + 100);
  expect(await page.locator('.pane').nth(1).innerText()).toContain('MONOCHROME1');
});
