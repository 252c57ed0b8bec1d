import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { send } from './bench';
import { grey } from './phantom';
import { background, half, hot, makePetStudy, middleOf, onPicture, pet, suvOfBecquerel, warm } from './pet-phantom';
import { colour, greyBecomes, onPage, shows } from './screen';
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

/** Hot iron below its middle: red alone, twice the entry (PS3.6 B.1.1). */
function iron(suv: number, white: number): readonly number[] {
  return [2 * Math.round((suv / white) * 255), 0, 0];
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

  it('stands in the colours that are chosen, on every image, with a bar that tells them; reset in greys', async () => {
    await page.getByRole('button', { name: 'Colours' }).click();
    await page.locator('[data-map=hotIron]').click();
    await page.getByRole('img', { name: 'Hot iron: 0 – 10 SUVbw' }).waitFor();
    const off = async (x: number, y: number, wanted: readonly number[]): Promise<number> => Math.max(...(await colour(page, x, y)).map((one, channel) => Math.abs(one - (wanted[channel] ?? NaN))));
    await expect.poll(() => off(warmX, warmY, iron(warm.suv, 10))).toBeLessThan(4);
    await page.keyboard.press('Home');
    await shows(page, 0);
    // The hot box does not reach the first image.
    await expect.poll(() => off(hotX, hotY, iron(background, 10))).toBeLessThan(4);
    await page.keyboard.press('r');
    await expect.poll(() => off(warmX, warmY, Array(3).fill(greyOf(warm.suv, 5)))).toBeLessThan(4);
    expect(await page.locator('[data-colours]').count()).toBe(0);
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
    // Here the lowest and the highest value are whole, and one between is not.
    for (let slice = 0; slice < half.from[2]; slice += 1) await page.keyboard.press('ArrowDown');
    await shows(page, half.from[2]);
    await page.mouse.click(...(await onPage(page, onPicture(pet, middleOf(half)))));
    await expect.poll(async () => Number(await value.getAttribute('data-value'))).toBeCloseTo(half.becquerel, 3);
    await page.locator('[data-measurement] [aria-label^="Delete"]').click();
  });
});
