/** The reading page under fingers, and on narrow screens. */
import type { CDPSession, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { send } from './bench';
import { background, grey, makeStudy, patches, window as stored } from './phantom';
import { greyBecomes, onPage, seen, shows } from './screen';
import { visits } from './visit';

type Point = readonly [number, number];

const study = makeStudy();
const tablet = { hasTouch: true, isMobile: true, viewport: { width: 768, height: 1024 } };
const visit = visits();
let page: Page;
let hand: CDPSession;

beforeAll(() => send(study));

async function open(query: string): Promise<void> {
  page = await visit.open(`/viewer?study=${study.uid}${query}`, tablet);
  hand = await visit.context.newCDPSession(page);
  await shows(page, 0);
}

/** Fingers that are put down where each way begins, go along it, and are taken off. Two are known as two from their first move on. */
async function move(...ways: readonly (readonly [Point, Point])[]): Promise<void> {
  const at = (part: number): { x: number; y: number; id: number }[] => ways.map(([[x, y], [toX, toY]], id) => ({ x: x + (toX - x) * part, y: y + (toY - y) * part, id }));
  await hand.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (const part of [0.02, 0.2, 0.4, 0.6, 0.8, 1]) await hand.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(part) });
  await hand.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

/** A double tap of 150 ms, however long the machine takes for it. */
async function tapTwice([x, y]: Point): Promise<void> {
  const now = Date.now() / 1000;
  for (const [at, touchPoints] of [[0, [{ x, y }]], [0.05, []], [0.1, [{ x, y }]], [0.15, []]] as const) {
    await hand.send('Input.dispatchTouchEvent', { type: touchPoints.length > 0 ? 'touchStart' : 'touchEnd', touchPoints: [...touchPoints], timestamp: now + at });
  }
}

function told(part: string): Promise<number[]> {
  return page.locator(`[data-overlay=${part}]`).first().innerText().then((text) => text.replaceAll(',', '').match(/-?\d+(\.\d+)?/g)?.map(Number) ?? []);
}

it('windows with one finger, and zooms and moves the image with two', async () => {
  await open(`&series=${study.uid}.1&layout=1x1`);
  const [, , , bright] = patches;
  const [x, y] = await onPage(page, [bright.x, bright.y]);
  const is = async (place: Point, wanted: number): Promise<void> => {
    await expect.poll(async () => Math.abs((await seen(page, place))[0] - wanted)).toBeLessThanOrEqual(2);
  };
  await is([x, y], grey(bright.hu, stored));
  const [zoom = 0] = await told('zoom');
  // From 100 to 200 pixels apart, round the patch: twice as large, and the patch stays.
  await move([[x - 50, y], [x - 100, y]], [[x + 50, y], [x + 100, y]]);
  await expect.poll(async () => Math.abs(((await told('zoom'))[0] ?? 0) / zoom - 2)).toBeLessThan(0.06);
  await is([x, y], grey(bright.hu, stored));
  expect(await told('window')).toEqual([400, 40]);
  // Half a patch was 60 pixels before.
  await is([x - 80, y], grey(bright.hu, stored));
  await move([[x - 50, y], [x - 50, y - 160]], [[x + 50, y], [x + 50, y - 160]]);
  await is([x, y - 160], grey(bright.hu, stored));
  await is([x, y], grey(background, stored));
  await page.keyboard.press('r');
  await is([x, y], grey(bright.hu, stored));
  await move([[300, 400], [360, 460]]);
  await expect.poll(() => told('window')).not.toEqual([400, 40]);
  const [width = 0, center = 0] = await told('window');
  expect(await greyBecomes(page, 0.2, 0.2, grey(0, { width, center }))).toBeCloseTo(grey(0, { width, center }), -0.7);
  expect((await told('zoom'))[0]).toBe(zoom);
});

it('gives a viewport the room of all by a double tap, and takes it back', async () => {
  await open(`&series=${study.uid}.1,${study.uid}.2&layout=1x2`);
  const across = (): Promise<number | undefined> => page.locator('[data-pane="1"]').boundingBox().then((box) => box?.width);
  const all = (await page.locator('main').boundingBox())?.width ?? 0;
  const [half, [x, y]] = [await across(), await page.locator('[data-pane="1"]').boundingBox().then((box) => [(box?.x ?? 0) + 60, (box?.y ?? 0) + 400] as const)];
  expect(half).toBe((all - 2) / 2);
  await tapTwice([x, y]);
  await expect.poll(across).toBe(all);
  expect(await page.isVisible('[data-pane="0"] canvas')).toBe(false);
  await tapTwice([x, y]);
  await expect.poll(across).toBe(half);
  expect(await page.isVisible('[data-pane="0"] canvas')).toBe(true);
  await page.keyboard.press('Enter');
  await expect.poll(across).toBe(all);
  await page.keyboard.press('Escape');
  await expect.poll(across).toBe(half);
});

/** What a finger may miss: smaller than 40 pixels. */
function small(): Promise<string[]> {
  return page.locator('button, select, input, [role=slider]').evaluateAll((found) =>
    found.flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      const isSeen = element.checkVisibility({ visibilityProperty: true });
      return isSeen && Math.min(width, height) < 40 ? [`${element.getAttribute('aria-label') ?? element.textContent}: ${width} × ${height}`] : [];
    }),
  );
}

it('cuts nothing off at 768 and 390 pixels, and is large enough for fingers', async () => {
  await open(`&series=${study.uid}.1&layout=1x1`);
  await page.keyboard.press('j');
  await page.locator('aside').waitFor();
  for (const [width, height] of [[768, 1024], [390, 844]] as const) {
    await page.setViewportSize({ width, height });
    const strip = page.locator('[data-series]').first();
    if (width < 720) {
      await strip.waitFor({ state: 'detached' });
      await page.keyboard.press('b');
    }
    await strip.waitFor();
    expect(await small()).toEqual([]);
    const image = await page.locator('main').boundingBox();
    expect(Math.min(image?.width ?? 0, image?.height ?? 0)).toBeGreaterThan(300);
    for (const opener of await page.locator('header [aria-haspopup=menu]:enabled').all()) {
      await opener.scrollIntoViewIfNeeded();
      await opener.tap();
      const menu = await page.locator('[role=menu]').boundingBox();
      expect(menu && menu.x >= 0 && menu.y >= 0 && menu.x + menu.width <= width && menu.y + menu.height <= height, (await opener.getAttribute('title')) ?? '').toBe(true);
      expect(await small()).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('[role=menu]').waitFor({ state: 'detached' });
    }
    const language = await page.getAttribute('html', 'lang');
    await page.locator('.language button').tap();
    await page.waitForFunction((before) => document.documentElement.lang !== before, language);
    expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([width, height]);
  }
});
