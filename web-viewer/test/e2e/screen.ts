/** Reading what is on the screen: the pixels of the canvas, not what the page says of itself. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { size } from './phantom';

/** Waits until the image with this 0-based index stands in the viewport. */
export async function shows(page: Page, index: number): Promise<void> {
  await page.waitForSelector(`.viewport[data-ready="true"][data-index="${index}"]`, { timeout: 30_000 });
}

/**
 * Red, green and blue at a place of the image, given as parts of its width and height, when the image is fitted
 * into the viewport; the mean of 5 × 5 screen pixels.
 */
export function colour(page: Page, x: number, y: number): Promise<[number, number, number]> {
  return page.evaluate(
    ({ x, y, size }) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.viewport canvas');
      const context = canvas?.getContext('2d');
      if (!canvas || !context) throw new Error('the viewport has no canvas to read');
      const scale = Math.min(canvas.width, canvas.height) / size;
      const left = Math.round(canvas.width / 2 + (x - 0.5) * size * scale) - 2;
      const top = Math.round(canvas.height / 2 + (y - 0.5) * size * scale) - 2;
      const { data } = context.getImageData(left, top, 5, 5);
      const mean = (channel: number): number => {
        let sum = 0;
        for (let at = channel; at < data.length; at += 4) sum += data[at] ?? 0;
        return sum / (data.length / 4);
      };
      return [mean(0), mean(1), mean(2)] as [number, number, number];
    },
    { x, y, size },
  );
}

/** Grey value at a place; fails when the place is coloured. */
export async function greyAt(page: Page, x: number, y: number): Promise<number> {
  const [red, green, blue] = await colour(page, x, y);
  if (Math.abs(red - green) > 1 || Math.abs(red - blue) > 1) throw new Error(`not grey at ${x}, ${y}: ${red} ${green} ${blue}`);
  return red;
}

/** Waits until the grey at a place is as told, within two steps of 255; answers what it was at last. */
export async function greyBecomes(page: Page, x: number, y: number, wanted: number): Promise<number> {
  const until = Date.now() + 10_000;
  let found = await greyAt(page, x, y);
  while (Math.abs(found - wanted) > 2 && Date.now() < until) {
    await page.waitForTimeout(50);
    found = await greyAt(page, x, y);
  }
  return found;
}

/** Waits until the first viewport is drawn as large as it is: a panel that opened or closed beside it has given it other room. */
export async function fills(page: Page): Promise<void> {
  const isDrawn = (): Promise<boolean> =>
    page.locator('.viewport').first().evaluate((element) => {
      const canvas = element.querySelector('canvas');
      const drawn = (side: number): number => Math.round(side * devicePixelRatio);
      return canvas?.width === drawn(element.clientWidth) && canvas.height === drawn(element.clientHeight);
    });
  await expect.poll(isDrawn).toBe(true);
}

/** Where a part of the width and height of a square image, fitted into the first viewport, is on the page. */
export async function onPage(page: Page, [x, y]: readonly [number, number]): Promise<[number, number]> {
  await fills(page);
  const box = await page.locator('.viewport').first().boundingBox();
  if (!box) throw new Error('no viewport');
  const side = Math.min(box.width, box.height);
  return [box.x + box.width / 2 + (x - 0.5) * side, box.y + box.height / 2 + (y - 0.5) * side];
}

/** Red, green and blue of the page, all that lies there over one another; the mean of 5 × 5 screen pixels. */
export async function seen(page: Page, [x, y]: readonly [number, number]): Promise<[number, number, number]> {
  const picture = await page.screenshot({ clip: { x: Math.round(x) - 2, y: Math.round(y) - 2, width: 5, height: 5 } });
  return page.evaluate(async (base64) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
    const context = new OffscreenCanvas(5, 5).getContext('2d');
    context?.drawImage(image, 0, 0);
    const { data } = context?.getImageData(0, 0, 5, 5) ?? { data: [] };
    const mean = (channel: number): number => [...data].filter((_, at) => at % 4 === channel).reduce((sum, value) => sum + value, 0) / 25;
    return [mean(0), mean(1), mean(2)] as [number, number, number];
  }, picture.toString('base64'));
}
