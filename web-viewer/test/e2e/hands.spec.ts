import { beforeAll, expect, it } from 'vitest';
import { send } from './bench';
import { makeStudy } from './phantom';
import { shows } from './screen';
import { visits } from './visit';

const study = makeStudy();
const visit = visits();

beforeAll(() => send(study));

it('fills the screen and reads as a volume by a key, and comes back', async () => {
  const page = await visit.open(`/viewer?study=${study.uid}`);
  await shows(page, 0);
  await page.keyboard.press('.');
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await page.getByRole('status').getByText('Full screen').waitFor();
  await page.waitForSelector('[data-tool="fullScreen"][aria-pressed="true"]');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.fullscreenElement === null);
  await page.getByRole('status').getByText('Full screen').waitFor({ state: 'detached' });
  await page.click('[data-tool="fullScreen"]');
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await page.keyboard.press('.');
  await page.waitForFunction(() => document.fullscreenElement === null);
  await page.keyboard.press('0');
  await page.waitForSelector('[data-volume]');
  expect(new URL(page.url()).searchParams.get('view')).toBe('mpr');
  // The volume mode has keys of its own, and tells them.
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys of the volume' });
  await keys.getByText('Crosshair').waitFor();
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.waitForSelector('[data-volume]', { state: 'detached' });
});
