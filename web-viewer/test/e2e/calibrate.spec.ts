import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { send } from './bench';
import { makeDetector } from './detector-phantom';
import { makeStudy } from './phantom';
import { drawLine, lengths, lengthsBecome } from './lines';
import { shows } from './screen';
import { visits } from './visit';

const bare = makeDetector();
const imager = makeDetector([0.2, 0.2]);
const placed = makeStudy();
const visit = visits({ lasting: true });
let page: Page;

async function open(study: string): Promise<void> {
  page = await visit.open(`/viewer?study=${study}`);
  page.setDefaultTimeout(8_000);
  await shows(page, 0);
  await page.keyboard.press('j');
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
    await drawLine(page, [0.25, 0.5], [0.75, 0.5]);
    await lengthsBecome(page, [[128, 'px']]);
    await drawLine(page, [0.5, 0.25], [0.5, 0.5]);
    await lengthsBecome(page, [[128, 'px'], [64, 'px']]);
    await page.locator('[data-calibrate]').first().click();
    await page.getByRole('spinbutton').fill('64');
    await page.keyboard.press('Enter');
    await lengthsBecome(page, [[64, 'mm'], [32, 'mm']]);
    await page.locator('[data-spacing=user]').waitFor();
    await page.keyboard.press('Control+z');
    await lengthsBecome(page, [[128, 'px'], [64, 'px']]);
    await page.keyboard.press('Control+Shift+z');
    await lengthsBecome(page, [[64, 'mm'], [32, 'mm']]);
  });

  it('is kept with what is saved, and holds for what is measured after', async () => {
    const before = await lengths(page);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('[data-saved=yes]').waitFor();
    await open(bare.uid);
    await page.locator('[data-saved=yes]').waitFor();
    expect(await lengths(page)).toEqual(before);
    await drawLine(page, [0.25, 0.75], [0.75, 0.75]);
    await lengthsBecome(page, [[64, 'mm'], [32, 'mm'], [64, 'mm']]);
  });
});

describe('an image with the spacing of its detector', () => {
  it('is calibrated too, and without its calibration measures at the detector again', async () => {
    page.once('dialog', (dialog) => void dialog.accept());
    await open(imager.uid);
    await page.locator('[data-spacing=detector]').waitFor();
    await drawLine(page, [0.25, 0.5], [0.75, 0.5]);
    await lengthsBecome(page, [[25.6, 'mm']]);
    await page.locator('[data-calibrate]').click();
    await page.getByRole('spinbutton').fill('20');
    await page.keyboard.press('Enter');
    await lengthsBecome(page, [[20, 'mm']]);
    await page.locator('[data-uncalibrate]').click();
    await lengthsBecome(page, [[25.6, 'mm']]);
    await page.locator('[data-spacing=detector]').waitFor();
    await page.keyboard.press('Control+z');
    await lengthsBecome(page, [[20, 'mm']]);
  });
});

describe('an image that tells its spacing in the patient', () => {
  it('is not calibrated, and the viewer says why', async () => {
    page.once('dialog', (dialog) => void dialog.accept());
    await open(placed.uid);
    await drawLine(page, [0.25, 0.5], [0.75, 0.5]);
    await page.locator('[data-calibrate]').click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    expect(await page.getByRole('spinbutton').count()).toBe(0);
  });
});
