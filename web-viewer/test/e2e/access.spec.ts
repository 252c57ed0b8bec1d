/** The reading page for who sees little of it, or works it by keyboard. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { violations } from './axe';
import { send } from './bench';
import { makeStudy } from './phantom';
import { shows } from './screen';
import { visits } from './visit';

const study = makeStudy();
const visit = visits({ lasting: true });
let page: Page;


describe('the reading page', () => {
  beforeAll(async () => {
    await send(study);
    page = await visit.open(`/viewer?study=${study.uid}&series=${study.uid}.1,${study.uid}.2&layout=1x2`, { locale: 'zh-CN' });
    await shows(page, 0);
  });

  it('leaves axe nothing to mend, in Chinese and in English', async () => {
    // Colours that are on their way to others are not those that axe is to judge.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const language of ['zh-CN', 'en']) {
      expect(await page.getAttribute('html', 'lang')).toBe(language);
      await page.keyboard.press('j');
      await page.keyboard.press('\\');
      await page.locator('[role=menu]').waitFor();
      expect(await violations(page), `${language}: page, measurements, menu`).toEqual([]);
      await page.click('[data-do="edit-protocols"]');
      await page.locator('[data-viewport="2"]').waitFor();
      expect(await violations(page, 'dialog'), `${language}: hanging editor`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('#');
      await page.locator('[data-tag="00100010"]').getByText('PatientName').waitFor();
      expect(await violations(page, 'dialog'), `${language}: tags`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.locator('dialog dl').waitFor();
      expect(await violations(page, 'dialog'), `${language}: keys`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('j');
      await page.click('.language button');
    }
    await page.emulateMedia({ reducedMotion: null });
  });

  it('shows where the keyboard is, and comes back there from a dialog and a menu', async () => {
    const unseen = new Set<string>();
    const buttons = page.locator(':is(header, nav) button:enabled');
    const stops = await buttons.count();
    await buttons.first().focus();
    for (let stop = 1; stop < stops; stop += 1) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const element = document.activeElement ?? document.body;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return { name: element.getAttribute('aria-label') ?? element.textContent ?? '', isSeen: outlineStyle === 'solid' && outlineWidth === '2px' };
      });
      if (!found.isSeen) unseen.add(found.name);
    }
    expect([...unseen]).toEqual([]);
    const focused = (): Promise<string | null | undefined> => page.evaluate(() => document.activeElement?.getAttribute('data-tool') ?? document.activeElement?.getAttribute('aria-haspopup'));
    await page.locator('[data-tool="help"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('help');
    await page.locator('[aria-haspopup=menu]').last().focus();
    await page.keyboard.press('Enter');
    await page.locator('[role=menu]').waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('lines');
    await page.keyboard.press(' ');
    await page.locator('[role=menu]').waitFor({ state: 'detached' });
    expect(await focused()).toBe('menu');
  });
});
