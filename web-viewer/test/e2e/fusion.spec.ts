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

type Place = readonly [number, number, number];

/** `R 1.5  A 2  H 10 mm` as coordinates of the patient. */
async function placed(selector: string): Promise<Place> {
  const parts = [...(await page.innerText(selector)).matchAll(/([RLAPFH]) (\d+(?:\.\d+)?)/g)].map(([, letter = '', value]) => ('RAF'.includes(letter) ? -1 : 1) * Number(value));
  return parts as unknown as Place;
}

/** Which axes of the patient run across and down in an upright plane. */
const axes = { axial: [0, 1], coronal: [0, 2], sagittal: [1, 2] } as const;

/** Where a place is in an upright plane, on the page: found by the places that the page tells of two points of it. */
async function onPlane(part: keyof typeof axes, place: Place): Promise<readonly [number, number]> {
  const box = await page.locator(`[data-part=${part}]`).boundingBox();
  if (!box) throw new Error(`${part} is not on the screen`);
  const [right, down] = axes[part];
  const told = async (x: number, y: number): Promise<Place> => {
    await page.mouse.move(x + 3, y);
    await page.mouse.move(x, y);
    return placed('[data-readout=pointer] b:first-of-type');
  };
  const from = [Math.round(box.x + box.width * 0.2), Math.round(box.y + box.height * 0.2)] as const;
  const to = [Math.round(box.x + box.width * 0.8), Math.round(box.y + box.height * 0.8)] as const;
  const [a, b] = [await told(...from), await told(...to)];
  const on = (axis: 0 | 1 | 2, low: number, high: number): number => Math.round(low + ((place[axis] - a[axis]) / (b[axis] - a[axis])) * (high - low));
  return [on(right, from[0], to[0]), on(down, from[1], to[1])];
}

/** What is seen in a plane: the Hounsfield units there under the uptake. The mouse stands there afterwards. */
async function over(part: keyof typeof axes, place: Place, [hu, suv]: readonly [number, number]): Promise<void> {
  const at = await onPlane(part, place);
  await page.mouse.move(...at);
  const wanted = mixed(hu, suv / 16, 0.6);
  await expect.poll(async () => Math.max(...(await seen(page, at)).map((one, channel) => Math.abs(one - (wanted[channel] ?? NaN)))), { message: `${part} ${place.join()} ${wanted.join()}`, timeout: 10_000 }).toBeLessThan(4);
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

  it('lies over the planes of the CT as a volume, at the same places', async () => {
    page = await visit.open(`/viewer?study=${study.uid}&series=${study.ct}&view=mpr`, { viewport: { width: 960, height: 640 } });
    page.setDefaultTimeout(20_000);
    await page.waitForSelector('[data-volume=ready]', { timeout: 60_000 });
    await page.keyboard.press('=');
    await page.getByLabel('Up to (SUVbw)').fill('16');
    await page.getByLabel('Up to (SUVbw)').blur();
    await page.getByRole('img', { name: 'Hot iron: 0 – 16 SUVbw' }).waitFor();
    // The planes meet at (0, 0, 0); in the box nothing but its value lies within 18 … 30, -30 … -18 and 10 … 23.5.
    const [x, y, z] = middleOf(hot);
    await over('axial', [x, y, 0], [halves[1], background]);
    // A press moves the others there.
    await page.mouse.click(...(await onPlane('coronal', [x - 4, 0, z])));
    await expect.poll(async () => Math.abs((await placed('[data-readout=center]'))[2] - z)).toBeLessThan(1);
    await over('axial', [x + 3, y + 3, z], [halves[1], hot.suv]);
    await over('axial', [x - 13, y, z], [halves[1], background]);
    await over('sagittal', [x - 4, y + 3, z + 3], [halves[1], hot.suv]);
    await over('coronal', [x + 3, 0, z + 3], [halves[1], background]);
    expect(await page.innerText('[data-readout=uptake]')).toBe(`PET ${background} SUVbw`);
  }, 120_000);
});
