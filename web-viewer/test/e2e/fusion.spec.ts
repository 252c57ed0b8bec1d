import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { send } from './bench';
import { grey } from './phantom';
import { background, ct, ctWindow, halves, hot, makePetStudy, middleOf, onPicture } from './pet-phantom';
import { onPage, seen, shows } from './screen';
import { visits } from './visit';

const study = makePetStudy();
const visit = visits();
let page: Page;

beforeAll(async () => {
  await send(study);
});

/** Hot iron below its middle: red alone, twice the entry (PS3.6 B.1.1). */
function ironRed(part: number): number {
  return Math.min(255, 2 * Math.round(part * 255));
}

/** A grey under a colour that lets the more through the lower its value is. */
function mixed(hu: number, part: number, opacity: number): [number, number, number] {
  const below = grey(hu, ctWindow);
  const alpha = part * opacity;
  return [below * (1 - alpha) + ironRed(part) * alpha, below * (1 - alpha), below * (1 - alpha)];
}

async function becomes(place: readonly [number, number, ...number[]], wanted: readonly number[]): Promise<void> {
  const at = await onPage(page, onPicture(ct, place));
  await expect.poll(async () => Math.max(...(await seen(page, at)).map((one, channel) => Math.abs(one - (wanted[channel] ?? NaN)))), { message: `${place.join()} ${wanted.join()}` }).toBeLessThan(4);
}

describe('PET over CT', () => {
  it('colours the CT where the uptake lies in the patient, and nowhere else', async () => {
    page = await visit.open(`/viewer?study=${study.uid}&series=${study.ct}&layout=1x1`);
    page.setDefaultTimeout(8_000);
    await shows(page, 0);
    await page.keyboard.press('=');
    await page.locator('[data-colours=hotIron]').waitFor();
    // Half of the window is the uptake of the hot box.
    await page.getByLabel('Up to (SUVbw)').fill('16');
    await page.getByLabel('Up to (SUVbw)').blur();
    await page.getByRole('img', { name: 'Hot iron: 0 – 16 SUVbw' }).waitFor();
    const [x, y] = middleOf(hot);
    // The first slice lies below the hot box: there is but the background, as beside it.
    await becomes([x, y], mixed(halves[1], background / 16, 0.6));
    for (let slice = 0; slice < 6; slice += 1) await page.keyboard.press('ArrowDown');
    await shows(page, 6);
    await becomes([x, y], mixed(halves[1], hot.suv / 16, 0.6));
    // The box reaches from 16 to 32 and from -32 to -16: just within, and a voxel further on.
    await becomes([x - 5, y + 5], mixed(halves[1], hot.suv / 16, 0.6));
    await becomes([x - 13, y], mixed(halves[1], background / 16, 0.6));
    await becomes([-x, -y], mixed(halves[0], background / 16, 0.6));
    await page.getByLabel('Opacity').fill('1');
    await becomes([x, y], mixed(halves[1], hot.suv / 16, 1));
    await page.getByRole('button', { name: 'Over the images' }).click();
    await page.locator('[data-tool=fusion]').click();
    await becomes([x, y], mixed(halves[1], 0, 0));
  });
});
