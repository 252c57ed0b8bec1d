import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { send, url } from './bench';
import { background, grey, makeStudy, middle, patches, person, slices, window as stored } from './phantom';
import { fills, greyAt, greyBecomes, shows } from './screen';
import { visits } from './visit';

const study = makeStudy();
const visit = visits();
let page: Page;

beforeAll(async () => {
  await send(study);
});

async function open(path: string, locale: string): Promise<void> {
  page = await visit.open(path, { locale });
}

describe('the study list', () => {
  beforeEach(async () => {
    await open('/', 'zh-CN');
    await page.locator('[data-study]').first().waitFor();
  });

  it('finds a study by one Chinese character of the name and shows its row', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('晓');
    const row = page.locator(`[data-study="${study.uid}"]`);
    await row.waitFor();
    const text = await row.innerText();
    for (const part of [person.ideographic, person.alphabetic, study.patientId, '女 · 45 岁', '2024-02-29', 'CT', person.description, String(study.files.length)]) {
      expect(text).toContain(part);
    }
  });

  it('finds it by patient id and by accession number', async () => {
    for (const words of [study.patientId, study.accession]) {
      await page.fill('[name=search]', words);
      await page.locator(`[data-study="${study.uid}"]`).waitFor();
      await page.waitForFunction(() => document.querySelectorAll('[data-study]').length === 1);
    }
  });

  it('says that nothing matches, and comes back when the filters are cleared', async () => {
    await page.fill('[name=search]', 'ZZZZ');
    await page.getByText('没有符合条件的检查').waitFor();
    await page.getByText('清除全部条件').click();
    await page.locator('[data-study]').first().waitFor();
  });

  it('opens the study with the keyboard alone, and comes back with Escape', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type(study.patientId);
    await page.waitForFunction(() => document.querySelectorAll('[data-study]').length === 1);
    await page.keyboard.press('Enter');
    await shows(page, 0);
    expect(new URL(page.url()).searchParams.get('study')).toBe(study.uid);
    await page.keyboard.press('Escape');
    await page.locator(`[data-study="${study.uid}"]`).waitFor();
  });

  it('speaks English after one press', async () => {
    await page.getByRole('button', { name: '切换到英文' }).click();
    await page.getByRole('columnheader', { name: 'Patient ID' }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('en');
  });
});

describe('the viewport', () => {
  beforeEach(async () => {
    await open(`/viewer?study=${study.uid}`, 'en-US');
    await shows(page, 0);
  });

  it('draws every value as the stored window says (PS3.3 C.11.2.1.2.1)', async () => {
    expect(await greyBecomes(page, 0.5, 0.5, grey(middle(0), stored))).toBeCloseTo(grey(middle(0), stored), -0.7);
    for (const patch of patches) expect(Math.abs((await greyAt(page, patch.x, patch.y)) - grey(patch.hu, stored)), `${patch.hu} HU`).toBeLessThanOrEqual(2);
    expect(await greyAt(page, 0.5, 0.15)).toBe(grey(background, stored));
  });

  it('scrolls by key and wheel to other pixels', async () => {
    await page.keyboard.press('ArrowDown');
    await shows(page, 1);
    expect(await greyBecomes(page, 0.5, 0.5, grey(middle(1), stored))).toBeCloseTo(grey(middle(1), stored), -0.7);
    await page.mouse.move(700, 400);
    await page.mouse.wheel(0, 100);
    await shows(page, 2);
    expect(await greyBecomes(page, 0.5, 0.5, grey(middle(2), stored))).toBeCloseTo(grey(middle(2), stored), -0.7);
    await page.keyboard.press('End');
    await shows(page, slices - 1);
    expect(await greyBecomes(page, 0.5, 0.5, grey(middle(slices - 1), stored))).toBeCloseTo(grey(middle(slices - 1), stored), -0.7);
    expect(await page.innerText('[data-overlay=slice]')).toBe(`Image ${slices} / ${slices}`);
  });

  it('changes window and level with a drag', async () => {
    const before = await greyAt(page, 0.2, 0.2);
    await page.mouse.move(700, 300);
    await page.mouse.down();
    await page.mouse.move(760, 420, { steps: 6 });
    await page.mouse.up();
    await page.waitForFunction((text) => document.querySelector('[data-overlay=window]')?.textContent !== text, 'W 400 \u2002 L 40');
    const [width = 0, center = 0] = (await page.innerText('[data-overlay=window]')).match(/-?\d+(\.\d+)?/g)?.map(Number) ?? [];
    const wanted = grey(0, { center, width });
    expect(Math.abs(wanted - before)).toBeGreaterThan(4);
    expect(Math.abs((await greyBecomes(page, 0.2, 0.2, wanted)) - wanted)).toBeLessThanOrEqual(2);
  });

  it('takes presets from the number keys', async () => {
    await page.keyboard.press('5');
    const bone = { center: 480, width: 2500 };
    expect(await greyBecomes(page, 0.8, 0.8, grey(400, bone))).toBeCloseTo(grey(400, bone), -0.7);
    await page.keyboard.press('1');
    expect(await greyBecomes(page, 0.8, 0.2, grey(120, stored))).toBeCloseTo(grey(120, stored), -0.7);
  });

  it('inverts, and resets window, inversion and place', async () => {
    await page.keyboard.press('i');
    expect(await greyBecomes(page, 0.2, 0.2, 255 - grey(0, stored))).toBeCloseTo(255 - grey(0, stored), -0.7);
    await page.keyboard.press('3');
    await page.keyboard.press('r');
    expect(await greyBecomes(page, 0.2, 0.2, grey(0, stored))).toBeCloseTo(grey(0, stored), -0.7);
  });

  it('flips left and right, letters too', async () => {
    expect(await page.locator('.edge').allInnerTexts()).toEqual(['A', 'P', 'R', 'L']);
    await page.keyboard.press('h');
    expect(await greyBecomes(page, 0.2, 0.2, grey(120, stored))).toBeCloseTo(grey(120, stored), -0.7);
    await page.waitForFunction(() => [...document.querySelectorAll('.edge')].map((edge) => edge.textContent).join('') === 'APLR');
  });

  it('zooms with the right button and pans with the middle one', async () => {
    const zoom = await page.innerText('[data-overlay=zoom]');
    await page.mouse.move(700, 300);
    await page.mouse.down({ button: 'right' });
    await page.mouse.move(700, 400, { steps: 5 });
    await page.mouse.up({ button: 'right' });
    await page.waitForFunction((text) => document.querySelector('[data-overlay=zoom]')?.textContent !== text, zoom);
    await page.keyboard.press('f');
    await page.waitForFunction((text) => document.querySelector('[data-overlay=zoom]')?.textContent === text, zoom);
    await page.mouse.down({ button: 'middle' });
    await page.mouse.move(780, 400, { steps: 5 });
    await page.mouse.up({ button: 'middle' });
    expect(await greyBecomes(page, 0.5, 0.5, grey(background, stored))).toBe(grey(background, stored));
  });

  it('keeps an image whole when its room changes', async () => {
    // A patch is a fifth of the image wide: just within its outer edge, and just beyond.
    const whole = async (): Promise<void> => {
      for (const [at, hu] of [[0.12, 0], [0.08, background]] as const) expect(await greyBecomes(page, at, at, grey(hu, stored)), String(at)).toBeCloseTo(grey(hu, stored), -0.7);
    };
    // Where a hanging protocol puts nothing.
    await open(`/viewer?study=${study.uid}&series=${study.uid}.1&layout=1x1`, 'en-US');
    await shows(page, 0);
    await whole();
    for (const [width, height] of [[760, 900], [1440, 500], [1440, 900]] as const) {
      await page.setViewportSize({ width, height });
      await fills(page);
      await whole();
    }
  });

  it('shows MONOCHROME1 with low values bright, and the first series as it was after it', async () => {
    await page.keyboard.press('ArrowRight');
    await page.getByText('MONOCHROME1').first().waitFor();
    await shows(page, 0);
    expect(await greyBecomes(page, 0.5, 0.15, 255)).toBe(255);
    expect(await greyBecomes(page, 0.2, 0.2, 255 - grey(0, stored))).toBeCloseTo(255 - grey(0, stored), -0.7);
    await page.keyboard.press('r');
    expect(await greyBecomes(page, 0.8, 0.2, 255 - grey(120, stored))).toBeCloseTo(255 - grey(120, stored), -0.7);
    await page.keyboard.press('ArrowLeft');
    expect(await greyBecomes(page, 0.8, 0.2, grey(120, stored))).toBeCloseTo(grey(120, stored), -0.7);
  });

  it('tells beside the image who, which image and which window', async () => {
    const text = await page.innerText('.overlay');
    for (const part of [person.ideographic, person.alphabetic, study.patientId, 'F · 45 y', person.description, '2024-02-29 10:15', `Image 1 / ${slices}`, 'W 400', 'L 40']) {
      expect(text).toContain(part);
    }
  });

  it('shows a labelled picture while the pixels are on their way, and the pixels alone after it', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/frames/**', async (route) => {
      if (!route.request().url().includes('/rendered')) await held;
      await route.continue();
    });
    await page.goto(`${url}/viewer?study=${study.uid}`);
    await page.getByRole('status').getByText('Preview, not for diagnosis').waitFor();
    expect(await page.getAttribute('.viewport', 'data-ready')).toBe('false');
    const across = await page.locator('img.preview').evaluate(async (picture: HTMLImageElement) => {
      await picture.decode();
      return picture.naturalWidth;
    });
    expect(across).toBe(512);
    release();
    await shows(page, 0);
    expect(await page.locator('img.preview').count()).toBe(0);
    expect(await greyBecomes(page, 0.2, 0.2, grey(0, stored))).toBeCloseTo(grey(0, stored), -0.7);
    await page.unroute('**/frames/**');
  });

  it('shows true pixels before the engine is there, and the same when it is', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/assets/screen-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${url}/viewer?study=${study.uid}`);
    await page.locator('canvas.first').waitFor();
    const drawn = await page.locator('canvas.first').evaluate((canvas: HTMLCanvasElement, places) => {
      const context = canvas.getContext('2d');
      return places.map(({ x, y }) => context?.getImageData(Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data[0]);
    }, patches.map(({ x, y }) => ({ x, y })));
    expect(drawn).toEqual(patches.map(({ hu }) => grey(hu, stored)));
    expect(await page.getAttribute('.viewport', 'data-ready')).toBe('false');
    expect(await page.getByText('Preview, not for diagnosis').count()).toBe(0);
    release();
    await shows(page, 0);
    expect(await page.locator('canvas.first').count()).toBe(0);
    for (const { x, y, hu } of patches) expect(await greyBecomes(page, x, y, grey(hu, stored))).toBeCloseTo(grey(hu, stored), -0.7);
    await page.unroute('**/assets/screen-*.js');
  });

  it('covers an image that cannot be fetched instead of showing another in its place', async () => {
    await page.route('**/frames/**', (route) => route.fulfill({ status: 500, body: 'broken' }));
    await page.goto(`${url}/viewer?study=${study.uid}`);
    await page.getByText('This image cannot be shown').waitFor();
    expect(await page.isVisible('.viewport canvas')).toBe(false);
    await page.unroute('**/frames/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await shows(page, 0);
    expect(await greyBecomes(page, 0.2, 0.2, grey(0, stored))).toBeCloseTo(grey(0, stored), -0.7);
  });
});

describe('the address', () => {
  it('brings study and series back after a reload', async () => {
    await open(`/viewer?study=${study.uid}&series=${study.uid}.2`, 'en-US');
    await shows(page, 0);
    expect(await page.getAttribute(`[data-series="${study.uid}.2"]`, 'aria-current')).toBe('true');
  });

  it('of a study that is not there says so', async () => {
    await open('/viewer?study=2.25.404', 'en-US');
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
  });
});
