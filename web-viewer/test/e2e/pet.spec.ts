import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { send } from './bench';
import { grey } from './phantom';
import { background, hot, makePetStudy, middleOf, onPicture, pet, suvOfBecquerel, warm } from './pet-phantom';
import { greyBecomes, onPage, shows } from './screen';
import { visits } from './visit';

const study = makePetStudy();
const untold = makePetStudy({ weight: '' });
const visit = visits({ lasting: true });
let page: Page;

beforeAll(async () => {
  await Promise.all([send(study), send(untold)]);
});

/** Grey of a standardized uptake value where 0 is black and `white` is white: LINEAR_EXACT (PS3.3 C.11.2.1.3.2). */
function greyOf(suv: number, white: number): number {
  return grey(suv, { center: white / 2 + 0.5, width: white + 1 });
}

describe('PET', () => {
  const [hotX, hotY] = onPicture(pet, middleOf(hot));
  const [warmX, warmY] = onPicture(pet, middleOf(warm));

  it('stands in SUV from 0 to 5, and in the window that a key gives', async () => {
    page = await visit.open(`/viewer?study=${study.uid}&series=${study.pet}&layout=1x1`);
    page.setDefaultTimeout(8_000);
    await shows(page, 0);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await shows(page, hot.from[2]);
    for (const [x, y, suv] of [[hotX, hotY, hot.suv], [warmX, warmY, warm.suv], [0.5, 0.5, background]] as const) {
      expect(await greyBecomes(page, x, y, greyOf(suv, 5))).toBeCloseTo(greyOf(suv, 5), -0.5);
    }
    await page.keyboard.press('3');
    for (const [x, y, suv] of [[hotX, hotY, hot.suv], [warmX, warmY, warm.suv]] as const) {
      expect(await greyBecomes(page, x, y, greyOf(suv, 10))).toBeCloseTo(greyOf(suv, 10), -0.5);
    }
    expect(await page.locator('[data-overlay=window]').textContent()).toBe('SUVbw 0 – 10');
  });

  it('is measured in SUV, with the activity beside', async () => {
    await page.keyboard.press('j');
    await page.getByRole('complementary', { name: 'Measurements' }).waitFor();
    for (const [place, suv] of [[[hotX, hotY], hot.suv], [[warmX, warmY], warm.suv]] as const) {
      await page.keyboard.press('u');
      await page.mouse.click(...(await onPage(page, place)));
      const value = page.locator('[data-kind="probe"] [data-quantity="intensity"]').last();
      await expect.poll(async () => Number(await value.getAttribute('data-value'))).toBeCloseTo(suv, 4);
      expect(Number(await value.locator('[data-raw]').getAttribute('data-raw'))).toBeCloseTo(suv / suvOfBecquerel, 1);
      expect(await value.textContent()).toBe(`${suv} SUVbw${suv / suvOfBecquerel} Bq/ml`);
    }
    await page.locator('[data-measurement] [aria-label^="Delete"]').first().click();
    await page.locator('[data-measurement] [aria-label^="Delete"]').first().click();
  });

  it('without what SUV needs stays as stored, and says what is missing', async () => {
    page = await visit.open(`/viewer?study=${untold.uid}&series=${untold.pet}&layout=1x1`);
    page.setDefaultTimeout(8_000);
    await shows(page, 0);
    expect(await page.locator('[data-overlay=suv]').textContent()).toBe('No SUV: PatientWeight (0010,1030) is missing');
    await page.keyboard.press('j');
    await page.getByRole('complementary', { name: 'Measurements' }).waitFor();
    await page.keyboard.press('u');
    await page.mouse.click(...(await onPage(page, [warmX, warmY])));
    const value = page.locator('[data-kind="probe"] [data-quantity="intensity"]');
    await expect.poll(() => value.textContent()).toBe(`${warm.suv / suvOfBecquerel} Bq/ml`);
    await page.locator('[data-measurement] [aria-label^="Delete"]').click();
  });
});
