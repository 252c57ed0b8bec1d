/** What a user can set: a key, a mouse button, a window. */
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { send } from './bench';
import { grey, makeStudy, window as stored } from './phantom';
import { greyBecomes, shows } from './screen';
import { visits } from './visit';

const study = makeStudy();
const visit = visits();
let page: Page;

beforeAll(() => send(study));

beforeEach(async () => {
  page = await visit.open(`/viewer?study=${study.uid}&series=${study.uid}.1&layout=1x1`);
  await shows(page, 0);
});

it('gives a key to another action, names who had it, and shows it wherever keys are shown', async () => {
  await page.keyboard.press('Control+,');
  await page.click('[data-action=invert] .key');
  await page.keyboard.press('y');
  expect(await page.getByRole('alert').innerText()).toContain('Y is the key of “Freehand region”');
  await page.getByRole('button', { name: 'Use it here' }).click();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('y');
  expect(await greyBecomes(page, 0.2, 0.2, 255 - grey(0, stored))).toBeCloseTo(255 - grey(0, stored), -0.7);
  expect(await page.getAttribute('[data-tool=invert]', 'title')).toBe('Invert (Y)');
  await page.keyboard.press('?');
  expect(await page.locator('dt', { hasText: /^Y$/ }).locator('+ dd').innerText()).toBe('Invert');
});

it('zooms with the button that is bound to it, does at a press what another is, and turns ten images at once', async () => {
  const zoom = page.locator('[data-overlay=zoom]');
  const before = await zoom.innerText();
  await page.keyboard.press('Control+,');
  await page.click('[data-settings=mouse]');
  await page.click('[data-mouse=weasis]');
  await page.selectOption('[data-gesture="ctrl+right"]', 'zoom');
  await page.selectOption('[data-gesture=right]', 'invert');
  await page.selectOption('[data-gesture="shift+wheel"]', 'tenImages');
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.mouse.move(700, 300);
  await page.keyboard.down('Control');
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(700, 400, { steps: 5 });
  await page.mouse.up({ button: 'right' });
  await page.keyboard.up('Control');
  await expect.poll(() => zoom.innerText()).not.toBe(before);
  await page.keyboard.press('f');
  await expect.poll(() => zoom.innerText()).toBe(before);
  await page.mouse.click(700, 300, { button: 'right' });
  expect(await greyBecomes(page, 0.2, 0.2, 255 - grey(0, stored))).toBeCloseTo(255 - grey(0, stored), -0.7);
  await page.keyboard.down('Shift');
  await page.mouse.wheel(0, 100);
  await page.keyboard.up('Shift');
  await shows(page, 10);
  expect(await zoom.innerText()).toBe(before);
});

it('keeps a window that was made: after a reload it is in the menu, its key takes it, and a file brings it back', async () => {
  await page.keyboard.press('Control+,');
  await page.click('[data-settings=windows]');
  await page.fill('[name=window-name]', 'Stroke');
  await page.fill('[name=window-center]', '60');
  await page.fill('[name=window-width]', '240');
  await page.click('[data-do=add-window]');
  await page.click('[data-window="7"] .key');
  await page.keyboard.press('z');
  expect(await page.getByRole('alert').innerText()).toBe('Z is the key of “Zoom”.');
  await page.keyboard.press('Alt+s');
  await page.locator('[data-window="7"] kbd').waitFor();
  const file = await Promise.all([page.waitForEvent('download'), page.click('[data-do=export]')]).then(([download]) => download.path());
  await page.reload();
  await shows(page, 0);
  await page.keyboard.press('Alt+s');
  const made = { center: 60, width: 240 };
  expect(await greyBecomes(page, 0.8, 0.2, grey(120, made))).toBeCloseTo(grey(120, made), -0.7);
  const menu = page.locator('.opener', { hasText: 'Stroke' });
  await menu.click();
  expect(await page.getByRole('menuitemradio', { checked: true }).innerText()).toMatch(/Stroke[^]*Alt\+S/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+,');
  await page.click('[data-settings=windows]');
  await page.click('[data-do=reset-windows]');
  await expect.poll(() => menu.count()).toBe(0);
  await page.setInputFiles('input[type=file]', { name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{"version":1,"keys":{},"mouse":{"right":"fly"},"windows":{}}') });
  expect(await page.getByRole('alert').innerText()).toContain('mouse.right must be one of: window, pan, zoom');
  await page.setInputFiles('input[type=file]', file);
  await menu.waitFor({ state: 'attached' });
});
