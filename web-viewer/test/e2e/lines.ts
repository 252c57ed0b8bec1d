/** Lengths drawn on the page, and what the list of measurements tells of them. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { onPage } from './screen';

type Place = readonly [number, number];

/** A line between two places, as parts of the width and height. */
export async function drawLine(page: Page, from: Place, to: Place): Promise<void> {
  await page.keyboard.press('l');
  const [a, b] = [await onPage(page, from), await onPage(page, to)];
  await page.mouse.move(...a);
  await page.mouse.down();
  await page.mouse.move(...b, { steps: 5 });
  await page.mouse.up();
}

/** Each length with its unit, as the list of measurements has them. */
export function lengths(page: Page): Promise<(readonly [number, string])[]> {
  return page.locator('[data-quantity=length]').evaluateAll((all) => all.map((one) => [Number(one.getAttribute('data-value')), (one.textContent ?? '').split(' ').at(-1) ?? ''] as const));
}

/** Waits until the lengths are these, each with its unit. */
export async function lengthsBecome(page: Page, wanted: readonly (readonly [number, string])[]): Promise<void> {
  // A line is as long as the mouse hits whole screen pixels: two in a hundred.
  await expect.poll(async () => (await lengths(page)).map(([value, unit], at) => [Math.abs(value - (wanted[at]?.[0] ?? 0)) < 0.02 * value, unit])).toEqual(wanted.map(([, unit]) => [true, unit]));
}
