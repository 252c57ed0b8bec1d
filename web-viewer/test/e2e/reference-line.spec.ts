import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { send } from './bench';
import { coronal, ct, makePetStudy } from './pet-phantom';
import { visits } from './visit';

const study = makePetStudy({ isAcross: true });
const visit = visits();

beforeAll(async () => {
  await send(study);
});

/** Middle of what is drawn over a viewport's image, as parts of its height; how many screen pixels across it is drawn. */
function drawn(page: Page, pane: number): Promise<{ readonly at: number; readonly across: number } | undefined> {
  return page.locator(`[data-pane="${pane}"]`).evaluate((element) => {
    const canvas = element.querySelector<HTMLCanvasElement>('canvas[data-overlay=regions]');
    const { data, width = 0, height = 0 } = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
    if (!data) return undefined;
    let [sum, count] = [0, 0];
    const columns = new Set<number>();
    for (let at = 0; at < width * height; at += 1) {
      const alpha = data[at * 4 + 3] ?? 0;
      sum += alpha * (Math.floor(at / width) + 0.5);
      count += alpha;
      if (alpha > 0) columns.add(at % width);
    }
    return count > 0 ? { at: sum / count / height, across: columns.size } : undefined;
  });
}

/** Where a row of an image is that stands in the middle, as a part of the viewport's height; and how many screen pixels it takes. */
async function row(page: Page, pane: number, { size, spacing }: typeof ct | typeof coronal, at: number): Promise<{ readonly at: number; readonly across: number }> {
  const { width, height } = (await page.locator(`[data-pane="${pane}"] .viewport`).boundingBox()) ?? { width: NaN, height: NaN };
  const zoom = await page.locator(`[data-pane="${pane}"] [data-overlay=zoom]`).textContent();
  const column = Number(/\d+/.exec(zoom ?? '')?.[0]) / 100;
  return { at: 0.5 + ((at + 0.5 - size[1] / 2) * spacing[1] * (column / spacing[0])) / height, across: Math.min(width, size[0] * column) };
}

describe('reference lines', () => {
  it('stand where the active image cuts through the other, and follow it', async () => {
    const page = await visit.open(`/viewer?study=${study.uid}&series=${study.ct},${study.coronal}&layout=1x2`);
    for (const pane of [0, 1]) await page.waitForSelector(`[data-pane="${pane}"] .viewport[data-ready=true]`);
    expect(await drawn(page, 1)).toBeUndefined();
    await page.keyboard.press(',');
    const stands = async (pane: number, grid: typeof ct | typeof coronal, at: number): Promise<void> => {
      const wanted = await row(page, pane, grid, at);
      await expect.poll(async () => Math.abs(((await drawn(page, pane))?.at ?? NaN) - wanted.at)).toBeLessThan(0.003);
      expect(Math.abs(((await drawn(page, pane))?.across ?? NaN) - wanted.across)).toBeLessThan(4);
    };
    // The first slice lies at z 0: twenty rows of 3 mm below 60.
    await stands(1, coronal, 20);
    await page.keyboard.press('PageDown');
    // The eleventh, at z 30.
    await stands(1, coronal, 10);
    // The other way about: y 9 is 36 rows of 2 mm from -63.
    await page.keyboard.press('n');
    await stands(0, ct, 36);
    expect(await drawn(page, 1)).toBeUndefined();
    await page.getByRole('button', { name: 'Over the images' }).click();
    await page.locator('[data-tool=lines]').click();
    await expect.poll(() => drawn(page, 0)).toBeUndefined();
  });
});
