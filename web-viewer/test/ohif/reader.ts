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

const number = /\d+(?:\.\d+)? mm/g;

/** The lengths that the first viewport shows, as written there. */
export async function lengths(page: Page): Promise<string[]> {
  const text = (await page.locator('[data-cy=viewport-pane] svg').allTextContents()).join(' ');
  return text.match(number) ?? [];
}

/** Draws a length across the image and lets it be tracked; gives it as the viewport shows it. */
export async function measure(page: Page): Promise<string> {
  await page.locator('[data-cy=MeasurementTools-split-button-primary]').click();
  const box = await page.locator('[data-cy=viewport-pane]').first().boundingBox();
  if (!box) throw new Error('no viewport');
  const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(0.4, 0.4));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.45), { steps: 5 });
  await page.mouse.move(...at(0.6, 0.5), { steps: 5 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Yes', exact: true }).click();
  await until(page, 'a length stands in the image', async () => (await lengths(page)).length > 0);
  return (await lengths(page))[0] ?? '';
}

/** Saves what is tracked as a report: OHIF stores an SR. */
export async function saveReport(page: Page): Promise<void> {
  await page.locator('[data-cy=trackedMeasurements-btn]').click();
  await page.getByRole('button', { name: 'Create SR' }).click();
  const stored = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.locator('[data-cy=input-dialog-save-button]').click();
  await stored;
}
