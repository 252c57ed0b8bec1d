/** Measuring tools drawn with the mouse, told by hand arithmetic, undone and redone. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { send } from './bench';
import { makeStudy, size } from './phantom';
import { onPage, shows } from './screen';
import { visits } from './visit';

type Place = readonly [number, number];
interface Drawing {
  readonly kind: string;
  readonly key: string;
  /** Pressed at the first place, let go at the last, in pixels of the image, which are 1 mm. */
  readonly strokes: readonly (readonly Place[])[];
  /** By hand, and how far the whole screen pixels that a mouse hits may lead from it. */
  readonly values: Readonly<Record<string, readonly [number, number]>>;
}

const drawings: readonly Drawing[] = [
  { kind: 'length', key: 'l', strokes: [[[60, 100], [180, 190]]], values: { length: [150, 1] } },
  // The tool begins with a short axis of two thirds of the long one.
  { kind: 'bidirectional', key: 'd', strokes: [[[70, 128], [190, 128]]], values: { long: [120, 1], short: [80, 1] } },
  { kind: 'angle', key: 'a', strokes: [[[60, 60], [60, 180]], [[160, 180]]], values: { angle: [90, 1] } },
  // One line is level, the other falls 60 over 60.
  { kind: 'cobb', key: 'c', strokes: [[[60, 60], [180, 60]], [[80, 110], [140, 170]]], values: { angle: [45, 1] } },
  // From the middle outwards: half axes of 40 and 25.
  { kind: 'ellipse', key: 'e', strokes: [[[128, 128], [168, 153]]], values: { area: [Math.PI * 40 * 25, 80] } },
  { kind: 'rectangle', key: 'q', strokes: [[[80, 90], [160, 150]]], values: { area: [80 * 60, 80] } },
  { kind: 'circle', key: 'g', strokes: [[[128, 128], [158, 168]]], values: { radius: [50, 1], area: [Math.PI * 2500, 200] } },
  { kind: 'probe', key: 'u', strokes: [[[205, 51]]], values: { intensity: [120, 0] } },
];

const study = makeStudy();
const visit = visits({ lasting: true });
let page: Page;

async function at([x, y]: Place): Promise<Place> {
  return onPage(page, [x / size, y / size]);
}

async function draw({ key, strokes }: Drawing): Promise<void> {
  await page.keyboard.press(key);
  for (const [first, ...more] of strokes) {
    if (!first) continue;
    await page.mouse.move(...(await at(first)), { steps: 3 });
    await page.mouse.down();
    for (const place of more) await page.mouse.move(...(await at(place)), { steps: 6 });
    await page.mouse.up();
  }
}

async function told(kind: string): Promise<Record<string, number>> {
  const all = await page.locator(`[data-kind="${kind}"] [data-value]`).evaluateAll((found) => found.map((one) => [one.getAttribute('data-quantity') ?? '', Number(one.getAttribute('data-value'))] as const));
  return Object.fromEntries(all);
}

beforeAll(async () => {
  await send(study);
  page = await visit.open(`/viewer?study=${study.uid}`);
  page.setDefaultTimeout(8_000);
  await shows(page, 0);
  await page.keyboard.press('j');
});

describe('a drawing', () => {
  it.each(drawings)('of $kind tells what the phantom has, and undo and redo bring the same', async (drawing) => {
    const { kind, values } = drawing;
    // The list takes its room from the image.
    await expect.poll(() => at([0, 0]).then(() => true, () => false), { timeout: 10_000 }).toBe(true);
    await draw(drawing);
    const isRight = async (): Promise<boolean[]> => {
      const found = await told(kind);
      return Object.entries(values).map(([quantity, [wanted, far]]) => Math.abs((found[quantity] ?? Infinity) - wanted) <= far);
    };
    await expect.poll(isRight, { timeout: 4_000, message: JSON.stringify(await told(kind)) }).toEqual(Object.keys(values).map(() => true));
    const before = await told(kind);
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.locator('[data-measurement]').count()).toBe(0);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(async () => {
      const again = await told(kind);
      return Object.keys(before).filter((quantity) => !(Math.abs((again[quantity] ?? Infinity) - (before[quantity] ?? 0)) <= 1e-6));
    }).toEqual([]);
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.locator('[data-measurement]').count()).toBe(0);
  });
});
