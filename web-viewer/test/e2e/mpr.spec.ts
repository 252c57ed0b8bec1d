import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { send, url } from './bench';
import { grey } from './phantom';
import { shows } from './screen';
import { visits } from './visit';
import { makeVolumeStudy, origin, slices, spacing, valueAt, voxel, window as stored } from './volume-phantom';

type Place = readonly [number, number, number];
type Part = 'axial' | 'coronal' | 'sagittal' | 'solid';

const study = makeVolumeStudy();
const visit = visits();
let page: Page;

beforeAll(async () => {
  await send(study);
});

async function openVolume(): Promise<void> {
  page = await visit.open(`/viewer?study=${study.uid}&series=${study.uid}.1&view=mpr`, { viewport: { width: 960, height: 720 } });
  await page.waitForSelector('[data-volume=ready]', { timeout: 30_000 });
}

/** The middle of a part, moved by screen pixels. */
async function at(part: Part, right = 0, down = 0): Promise<readonly [number, number]> {
  const box = await page.locator(`[data-part=${part}]`).boundingBox();
  if (!box) throw new Error(`${part} is not on the screen`);
  return [Math.round(box.x + box.width / 2 + right), Math.round(box.y + box.height / 2 + down)];
}

/** `R 1.5  A 2  H 10 mm` as coordinates of the patient. */
function placeIn(text: string): Place {
  const parts = [...text.matchAll(/([RLAPFH]) (\d+(?:\.\d+)?)/g)].map(([, letter = '', value]) => ('RAF'.includes(letter) ? -1 : 1) * Number(value));
  if (parts.length !== 3) throw new Error(`no place in "${text}"`);
  return parts as unknown as Place;
}

async function center(): Promise<Place> {
  return placeIn(await page.innerText('[data-readout=center]'));
}

/** What the page says of the point the mouse is moved to. */
async function pointAt(part: Part, right: number, down: number): Promise<{ place: Place; value: number }> {
  const [x, y] = await at(part, right, down);
  // Even when the mouse is there already, what lies under it may have changed.
  await page.mouse.move(x + 3, y);
  await page.mouse.move(x, y);
  const text = await page.innerText('[data-readout=pointer]');
  return { place: placeIn(text), value: Number(/(-?[\d.]+) HU/.exec(text)?.[1] ?? NaN) };
}

/** What is drawn there: the mean of 3 × 3 screen pixels. */
async function greyIn(part: Part, right: number, down: number): Promise<number> {
  const [x, y] = await at(part, right, down);
  return page.evaluate(
    ({ part, x, y }) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`[data-part=${part}] canvas`);
      const context = canvas?.getContext('2d');
      if (!canvas || !context) throw new Error('nothing to read');
      const { left, top } = canvas.getBoundingClientRect();
      const { data } = context.getImageData(Math.round(x - left) - 1, Math.round(y - top) - 1, 3, 3);
      return Array.from({ length: 9 }, (_, pixel) => data[pixel * 4] ?? 0).reduce((a, b) => a + b, 0) / 9;
    },
    { part, x, y },
  );
}

async function draws(part: Part, right: number, down: number, wanted: number, what: string): Promise<void> {
  const until = Date.now() + 5_000;
  let found = await greyIn(part, right, down);
  while (Math.abs(found - wanted) > 4 && Date.now() < until) {
    await page.waitForTimeout(100);
    found = await greyIn(part, right, down);
  }
  expect(Math.abs(found - wanted), `${what}, ${part} ${right} ${down}: ${found}, not ${wanted}`).toBeLessThanOrEqual(4);
}

/** Beside the lines, which would be dragged. The engine waits whether a press becomes a double one, before it moves the planes. */
async function press(part: Part, right: number, down: number): Promise<void> {
  const { place } = await pointAt(part, right, down);
  await page.mouse.down();
  await page.mouse.up();
  await expect.poll(center).toEqual(place);
}

async function choose(menu: string, item: string): Promise<void> {
  await page.getByRole('button', { name: menu, exact: true }).click();
  await page.click(item);
}

const points = [[0, 0], [40, 60], [-50, -70], [30, -90]] as const;

/** Values that the voxel nearest to a place may have, where the place is told to a tenth of a millimetre. */
function nearest(place: Place): number[] {
  const around = [-0.06, 0, 0.06];
  const index = (axis: 0 | 1 | 2, off: number): number => Math.round((place[axis] + off - origin[axis]) / spacing[axis]);
  return around.flatMap((x) => around.flatMap((y) => around.map((z) => voxel(index(0, x), index(1, y), index(2, z)))));
}

describe('a series as a volume', () => {
  it('is drawn in three planes as a reslice of its voxels', async () => {
    page = await visit.open(`/viewer?study=${study.uid}&series=${study.uid}.1`);
    await shows(page, 0);
    await page.keyboard.press('PageDown');
    await shows(page, 10);
    await page.click('[data-tool=volume]');
    await page.waitForSelector('[data-volume=ready]');
    expect(new URL(page.url()).searchParams.get('view')).toBe('mpr');
    expect((await center())[2], 'the slice that stood in the stack').toBe(origin[2] + 10 * spacing[2]);
    for (const part of ['axial', 'coronal', 'sagittal'] as const) {
      for (const [right, down] of points) {
        const { place, value } = await pointAt(part, right, down);
        await draws(part, right, down, grey(valueAt(place), stored), place.join(' '));
        expect(nearest(place), `${part} ${place.join(' ')}`).toContain(value);
      }
    }
    const letters = (part: Part): Promise<string[]> => page.locator(`[data-part=${part}] span`).allInnerTexts();
    expect([await letters('axial'), await letters('coronal'), await letters('sagittal')]).toEqual([['A', 'P', 'R', 'L'], ['H', 'F', 'R', 'L'], ['H', 'F', 'A', 'P']]);
  });

  it('moves the other planes to the millimetre that is pressed, and turns them', async () => {
    await openVolume();
    await press('coronal', 20, -40);
    const { place } = await pointAt('axial', -45, 55);
    await press('axial', -45, 55);
    expect((await pointAt('coronal', 10, 50)).place[1]).toBe(place[1]);
    const { place: other } = await pointAt('sagittal', 25, -60);
    expect(other[0]).toBe(place[0]);
    await draws('sagittal', 25, -60, grey(valueAt(other), stored), 'the plane that moved');

    // The handle of the sagittal plane's line, half way between the middle and the upper edge.
    const box = await page.locator('[data-part=axial]').boundingBox();
    const up = 20 + ((box?.height ?? 0) / 2 + 55 - 20) / 2;
    await page.mouse.move(...(await at('axial', -45, 55 - up)));
    await page.mouse.down();
    await page.mouse.move(...(await at('axial', -5, 55 - up)), { steps: 4 });
    await page.mouse.move(...(await at('axial', 45, 55 - up)), { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => [...document.querySelectorAll('[data-part=sagittal] span')].some((letter) => (letter.textContent?.length ?? 0) > 1));
    const { place: oblique } = await pointAt('sagittal', 15, -50);
    expect(Math.abs(oblique[0] - place[0])).toBeGreaterThan(0.3);
    await draws('sagittal', 15, -50, grey(valueAt(oblique), stored), 'an oblique plane');
  });

  it('shows the highest, lowest and mean value of a slab', async () => {
    await openVolume();
    await press('coronal', 15, 0);
    const { place } = await pointAt('axial', 30, 40);
    const line = Array.from({ length: 401 }, (_, step) => valueAt([place[0], place[1], place[2] - 5 + step / 40]));
    await choose('Slab', '[data-thickness="10"]');
    await draws('axial', 30, 40, grey(Math.max(...line), stored), 'MIP');
    await choose('Slab', '[data-blend=lowest]');
    await draws('axial', 30, 40, grey(Math.min(...line), stored), 'MinIP');
    await choose('Slab', '[data-blend=mean]');
    await draws('axial', 30, 40, grey(line.reduce((a, b) => a + b, 0) / line.length, stored), 'average');
    await choose('Slab', '[data-blend=thin]');
    await draws('axial', 30, 40, grey(valueAt(place), stored), 'thin again');
  });

  it('is drawn from outside, in another way with another preset', async () => {
    await openVolume();
    const picture = (): Promise<number[]> =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('[data-part=solid] canvas');
        const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        const sums = [0, 0, 0];
        for (let pixel = 0; pixel < data.length; pixel += 4) for (const channel of [0, 1, 2]) sums[channel] = (sums[channel] ?? 0) + (data[pixel + channel] ?? 0);
        return sums.map((sum) => sum / (data.length / 4));
      });
    await expect.poll(async () => Math.max(...(await picture())), { timeout: 10_000 }).toBeGreaterThan(1);
    const before = await picture();
    await choose('3D appearance', '[data-solid=projection]');
    await expect.poll(async () => Math.max(...(await picture()).map((sum, channel) => Math.abs(sum - (before[channel] ?? 0)))), { timeout: 10_000 }).toBeGreaterThan(1);
  });

  it('stands again after a reload, and leaves for the image where the crosshair is', async () => {
    await openVolume();
    await press('coronal', 15, 70);
    const slice = Math.round(((await center())[2] - origin[2]) / spacing[2]);
    expect(slice).toBeGreaterThan(0);
    expect(slice).toBeLessThan(slices - 1);
    await page.keyboard.press('Escape');
    await shows(page, slice);
    expect(new URL(page.url()).searchParams.has('view')).toBe(false);
    await page.click('[data-tool=volume]');
    await page.waitForSelector('[data-volume=ready]');
    await page.reload();
    await page.waitForSelector('[data-volume=ready]', { timeout: 30_000 });
  });

  it('says why there is none: a missing slice, a browser without WebGL 2', async () => {
    page = await visit.open(`/viewer?study=${study.uid}&series=${study.uid}.2&view=mpr`);
    await page.getByText('Images are missing between others').waitFor();
    await page.getByRole('button', { name: 'Back to the images' }).last().click();
    await shows(page, 0);
    await page.addInitScript(() => {
      const own = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, ...given: unknown[]) => unknown;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...given: unknown[]) {
        return given[0] === 'webgl2' ? null : own.apply(this, given);
      } as typeof HTMLCanvasElement.prototype.getContext;
    });
    await page.goto(`${url}/viewer?study=${study.uid}&series=${study.uid}.1&view=mpr`);
    await page.getByText('it needs WebGL 2').waitFor();
  });
});
