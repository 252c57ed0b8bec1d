import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { send } from './bench';
import { makeDetector } from './detector-phantom';
import { makeStudy } from './phantom';
import { onPage, shows } from './screen';
import { visits } from './visit';

const bare = makeDetector();
const imager = makeDetector([0.2, 0.2]);
const placed = makeStudy();
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
  await send(placed);
});

describe('calibration', () => {
  it('of an image without spacing makes its pixels millimetres, and undo takes it back', async () => {
    await open(bare.uid);
    await page.locator('[data-spacing=none]').waitFor();
    await line([0.25, 0.5], [0.75, 0.5]);
    await becomes([[128, 'px']]);
    await line([0.5, 0.25], [0.5, 0.5]);
    await becomes([[128, 'px'], [64, 'px']]);
    await page.locator('[data-calibrate]').first().click();
    await page.getByRole('spinbutton').fill('64');
    await page.keyboard.press('Enter');
    await becomes([[64, 'mm'], [32, 'mm']]);
    await page.locator('[data-spacing=user]').waitFor();
    await page.keyboard.press('Control+z');
    await becomes([[128, 'px'], [64, 'px']]);
    await page.keyboard.press('Control+Shift+z');
    await becomes([[64, 'mm'], [32, 'mm']]);
  });

  it('is kept with what is saved, and holds for what is measured after', async () => {
    const before = await shown();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('[data-saved=yes]').waitFor();
    await open(bare.uid);
    await page.locator('[data-saved=yes]').waitFor();
    expect(await shown()).toEqual(before);
    await line([0.25, 0.75], [0.75, 0.75]);
    await becomes([[64, 'mm'], [32, 'mm'], [64, 'mm']]);
  });
});

describe('an image with the spacing of its detector', () => {
  it('is calibrated too, and without its calibration measures at the detector again', async () => {
    page.once('dialog', (dialog) => void dialog.accept());
    await open(imager.uid);
    await page.locator('[data-spacing=detector]').waitFor();
    await line([0.25, 0.5], [0.75, 0.5]);
    await becomes([[25.6, 'mm']]);
    await page.locator('[data-calibrate]').click();
    await page.getByRole('spinbutton').fill('20');
    await page.keyboard.press('Enter');
    await becomes([[20, 'mm']]);
    await page.locator('[data-uncalibrate]').click();
    await becomes([[25.6, 'mm']]);
    await page.locator('[data-spacing=detector]').waitFor();
    await page.keyboard.press('Control+z');
    await becomes([[20, 'mm']]);
  });
});

describe('an image that tells its spacing in the patient', () => {
  it('is not calibrated, and the viewer says why', async () => {
    page.once('dialog', (dialog) => void dialog.accept());
    await open(placed.uid);
    await line([0.25, 0.5], [0.75, 0.5]);
    await page.locator('[data-calibrate]').click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    expect(await page.getByRole('spinbutton').count()).toBe(0);
  });
});
