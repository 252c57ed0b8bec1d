/** OHIF as its user meets it: thumbnails, viewports, what stands on the screen. */
import type { Page } from 'playwright-core';
import { until } from './watch';

/** Opens a study and waits until its first image is drawn. */
export async function open(page: Page, origin: string, study: string): Promise<void> {
  await page.goto(`${origin}/viewer?StudyInstanceUIDs=${study}`);
  await page.locator('[data-cy=viewport-pane]').first().waitFor({ timeout: 60_000 });
}

/** Double-clicks the thumbnail whose text has these words. */
export async function choose(page: Page, words: string | RegExp): Promise<void> {
  const thumbnail = page.locator('[data-cy=study-browser-thumbnail], [data-cy=study-browser-thumbnail-no-image]').filter({ hasText: words }).first();
  await thumbnail.waitFor();
  await thumbnail.dblclick();
}

/** Different colours among a grid of pixels of the first viewport, taken from a picture of the screen. */
export async function colours(page: Page): Promise<number> {
  const picture = (await page.locator('[data-cy=viewport-pane]').first().screenshot()).toString('base64');
  return page.evaluate(async (png) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(bitmap, 0, 0);
    // The middle, where neither text nor buttons stand.
    const { data } = context.getImageData(bitmap.width / 4, bitmap.height / 4, bitmap.width / 2, bitmap.height / 2);
    const found = new Set<number>();
    for (let at = 0; at < data.length; at += 4) found.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
    return found.size;
  }, picture);
}

/** Waits until an image with at least this many colours stands in the first viewport. */
export async function drawn(page: Page, least: number): Promise<void> {
  await until(page, `an image of ${least} colours`, async () => (await colours(page)) >= least, 60_000);
}
