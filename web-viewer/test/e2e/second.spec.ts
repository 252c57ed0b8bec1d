/** A second window on the same study: in step with the first, and alive without it. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { send } from './bench';
import { makeStudy } from './phantom';
import { visits } from './visit';

/** Slices of 5 mm from 5 mm on; an older study of the patient in another frame of reference, slices of 2 mm from 31 mm on; and another's. */
const study = makeStudy({ date: '20240229' });
const prior = makeStudy({ date: '20230115', patientId: study.patientId, first: 31, spacing: 2, slices: 30 });
const other = makeStudy();
const visit = visits();

beforeAll(async () => {
  for (const one of [study, prior, other]) await send(one);
});

async function stands(page: Page, pane: number, index: number): Promise<void> {
  await page.waitForSelector(`[data-pane="${pane}"] .viewport[data-ready="true"][data-index="${index}"]`, { timeout: 30_000 });
}

/** The first window on the study, and the second that its key opens. */
async function both(): Promise<readonly [Page, Page]> {
  const first = await visit.open(`/viewer?study=${study.uid}&series=${study.uid}.1&layout=1x1`);
  await stands(first, 0, 0);
  const [second] = await Promise.all([first.waitForEvent('popup'), first.keyboard.press("'")]);
  second.on('pageerror', (error) => visit.faults.push(String(error)));
  await first.waitForSelector('[data-tool="second"][aria-pressed="true"]');
  return [first, second];
}

it('shows another series, and both scroll to the same millimetre, whichever is touched', async () => {
  const [first, second] = await both();
  await stands(second, 0, 0);
  expect(new URL(second.url()).searchParams.get('series')).toBe(`${study.uid}.2`);
  await second.click(`[data-prior="${prior.uid}"]`);
  await stands(second, 1, 0);
  await second.click('[data-pane="1"] .viewport');
  await second.click(`[data-series="${prior.uid}.1"]`);
  await second.getByRole('slider').waitFor();
  await stands(second, 1, 0);
  // 5 mm of the study and 31 mm of the prior are held to be the same place from now on.
  await first.keyboard.press('x');
  await second.waitForSelector('[data-tool="link"][aria-pressed="true"]');
  for (const index of [1, 2, 3, 4]) {
    await first.keyboard.press('ArrowDown');
    await stands(first, 0, index);
  }
  await stands(second, 1, 10);
  // 53 mm of the prior are 27 mm of the study: 25 mm are nearest.
  await second.keyboard.press('ArrowDown');
  await stands(second, 1, 11);
  await second.keyboard.press('PageDown');
  await stands(second, 1, 21);
  await stands(first, 0, 8);
  await first.keyboard.press('Home');
  await stands(first, 0, 0);
  await stands(second, 1, 0);
  await first.keyboard.press('5');
  await second.waitForFunction(() => /W 2,?500/.test(document.querySelector('[data-pane="1"] [data-overlay=window]')?.textContent ?? ''));
  await second.close();
});

it('follows the first to another study and out of the door, and lives on when that closes', async () => {
  const [first, second] = await both();
  await stands(second, 0, 0);
  await first.keyboard.press('Escape');
  await first.keyboard.press('/');
  await first.keyboard.type(other.patientId);
  await first.waitForFunction(() => document.querySelectorAll('[data-study]').length === 1);
  await first.keyboard.press('Enter');
  await second.waitForURL((url) => url.searchParams.get('study') === other.uid);
  await second.waitForSelector(`[data-series="${other.uid}.2"][aria-current="true"]`);
  await first.route('**/dicom-web/**', (route) => route.fulfill({ status: 401 }));
  await first.reload();
  await first.locator('[name=username]').waitFor();
  await second.locator('[name=username]').waitFor();
  await first.unroute('**/dicom-web/**');
  await first.reload();
  await second.waitForSelector(`[data-series="${other.uid}.2"][aria-current="true"]`);
  await stands(second, 0, 0);
  await second.close();
  await first.waitForSelector('[data-tool="second"][aria-pressed="false"]');
  const [again] = await Promise.all([first.waitForEvent('popup'), first.click('[data-tool="second"]')]);
  await stands(again, 0, 0);
  await first.close();
  await again.keyboard.press('ArrowLeft');
  await again.waitForSelector(`[data-series="${other.uid}.1"][aria-current="true"]`);
  await again.getByRole('slider').waitFor();
  await again.keyboard.press('End');
  await stands(again, 0, 11);
  await Promise.all([again.waitForEvent('close'), again.keyboard.press('Escape').catch(() => undefined)]);
});
