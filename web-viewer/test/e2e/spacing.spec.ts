import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { send } from './bench';
import { makeDetector } from './detector-phantom';
import { onPage, shows } from './screen';
import { visits } from './visit';

const bare = makeDetector();
const imager = makeDetector([0.2, 0.2]);
const visit = visits({ lasting: true });
let page: Page;

type Place = readonly [number, number];

async function open(study: string): Promise<void> {
  page = await visit.open(`/viewer?study=${study}`);
  page.setDefaultTimeout(8_000);
  await shows(page, 0);
  await page.keyboard.press('j');
}

/** A line between two places, as parts of the width and height. */
async function line(from: Place, to: Place): Promise<void> {
  await page.keyboard.press('l');
  const [a, b] = [await onPage(page, from), await onPage(page, to)];
  await page.mouse.move(...a);
  await page.mouse.down();
  await page.mouse.move(...b, { steps: 5 });
  await page.mouse.up();
}

const shown = async (): Promise<(readonly [number, string])[]> =>
  page.locator('[data-quantity=length]').evaluateAll((all) => all.map((one) => [Number(one.getAttribute('data-value')), (one.textContent ?? '').split(' ').at(-1) ?? ''] as const));

async function becomes(wanted: readonly (readonly [number, string])[]): Promise<void> {
  // A line is as long as the mouse hits whole screen pixels: one in a hundred.
  await expect.poll(async () => (await shown()).map(([value, unit], at) => [Math.abs(value - (wanted[at]?.[0] ?? 0)) < 0.02 * value, unit])).toEqual(wanted.map(([, unit]) => [true, unit]));
}

beforeAll(async () => {
  await send(bare);
  await send(imager);
});

describe('an image without spacing', () => {
  it('is measured in pixels, and says so', async () => {
    await open(bare.uid);
    await page.locator('[data-spacing=none]').waitFor();
    await line([0.25, 0.5], [0.75, 0.5]);
    await becomes([[128, 'px']]);
  });
});

describe('an image whose spacing is the detector’s', () => {
  it('is measured in millimetres at the detector, and says so', async () => {
    page.once('dialog', (dialog) => void dialog.accept());
    await open(imager.uid);
    await page.locator('[data-spacing=detector]').waitFor();
    await line([0.25, 0.5], [0.75, 0.5]);
    await becomes([[25.6, 'mm']]);
  });
});
