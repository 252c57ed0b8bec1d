import type { Page, Route } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { send, url } from './bench';
import { grey, makeStudy, middle, patches, slices, window as stored } from './phantom';
import { greyAt, greyBecomes, shows } from './screen';
import { visits } from './visit';

const study = makeStudy();
const visit = visits();
const last = slices - 1;

beforeAll(() => send(study));

/** Opens the study after `prepare` had the page, which stands elsewhere until then. */
async function open(prepare: (page: Page) => Promise<unknown>): Promise<Page> {
  const page = await visit.open('/login');
  await prepare(page);
  await page.goto(`${url}/viewer?study=${study.uid}`);
  return page;
}

const isFirst = (route: Route): boolean => route.request().url().includes(`/instances/${study.uid}.1.1/`);

it('goes on by itself where the network was lost, and shows no other image meanwhile', async () => {
  let lose = (): void => undefined;
  const gone = new Promise<void>((resolve) => (lose = resolve));
  const page = await open((page) =>
    page.route('**/frames/*', async (route) => {
      if (!isFirst(route)) await gone;
      await route.continue().catch(() => undefined);
    }),
  );
  await shows(page, 0);
  await visit.context.setOffline(true);
  lose();
  await page.waitForSelector('.wait');
  await page.keyboard.press('End');
  await page.getByText('This image has not come yet').waitFor();
  expect(await page.locator('.viewport canvas').isVisible()).toBe(false);
  await visit.context.setOffline(false);
  await shows(page, last);
  expect(await greyBecomes(page, 0.5, 0.5, grey(middle(last), stored))).toBeCloseTo(grey(middle(last), stored), -0.7);
  await page.waitForSelector('.wait', { state: 'detached' });
});

it('asks a busy server again when it said, not before', async () => {
  const asked: number[] = [];
  const page = await open((page) =>
    page.route('**/frames/*', async (route) => {
      if (!isFirst(route)) return route.continue();
      asked.push(Date.now());
      // First what is to stand until the engine draws, then the engine.
      if (asked.length > 2) return route.continue();
      return route.fulfill({ status: 503, headers: { 'Retry-After': '2' }, body: 'busy' });
    }),
  );
  await page.getByText('The server is busy').first().waitFor();
  await shows(page, 0);
  expect((asked[2] ?? 0) - (asked[1] ?? 0)).toBeGreaterThanOrEqual(2000);
  expect(await greyBecomes(page, 0.5, 0.5, grey(middle(0), stored))).toBeCloseTo(grey(middle(0), stored), -0.7);
});

it('draws stacks without WebGL, and says why there is no volume', async () => {
  const page = await open((page) =>
    page.addInitScript(() => {
      const before = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) => RenderingContext | null;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind.includes('webgl') ? null : before.call(this, kind, ...rest);
      } as typeof HTMLCanvasElement.prototype.getContext;
    }),
  );
  await shows(page, 0);
  for (const { x, y, hu } of patches) expect(Math.abs((await greyAt(page, x, y)) - grey(hu, stored))).toBeLessThanOrEqual(2);
  await page.keyboard.press('End');
  await shows(page, last);
  expect(Math.abs((await greyBecomes(page, 0.5, 0.5, grey(middle(last), stored))) - grey(middle(last), stored))).toBeLessThanOrEqual(2);
  await page.click('[data-tool="volume"]');
  await page.getByText('it needs WebGL 2').waitFor();
});
