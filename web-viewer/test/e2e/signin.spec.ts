/** The door of a server without `--dev` (YINGYUN_GUARDED_URL) whose account zhang.san nobody has used yet. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './bench';
import { makeRow } from './records';

const url = (process.env['YINGYUN_GUARDED_URL'] ?? '').replace(/\/$/, '');
const oneTime = process.env['YINGYUN_ONE_TIME_PASSWORD'] ?? '';
const chosen = 'a-longer-passphrase-7';

describe.skipIf(url === '')('the door', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })).newPage();
    await page.goto(url);
    await page.locator('[name=username]').waitFor();
  });

  afterAll(() => browser?.close());

  const enter = async (password: string): Promise<void> => {
    await page.fill('[name=username]', 'zhang.san');
    await page.fill('[name=password]', password);
    await page.keyboard.press('Enter');
  };

  const cookies = async (): Promise<string[]> => (await page.context().cookies()).map((cookie) => cookie.name);

  it('stays shut for a wrong password, and says so', async () => {
    await enter('guessed-password');
    await page.getByText('User name or password is wrong.').waitFor();
    expect(await cookies()).toEqual([]);
  });

  it('asks for another password in place of the one-time password, and refuses a short one', async () => {
    await enter(oneTime);
    await page.locator('[name=new-password]').waitFor();
    expect(await cookies()).toEqual([]);
    await page.fill('[name=new-password]', 'short');
    await page.keyboard.press('Enter');
    expect(await page.locator('[name=new-password]').evaluate((field: HTMLInputElement) => field.validity.tooShort)).toBe(true);
  });

  it('opens with it to the study list, which says where studies can be sent', async () => {
    await page.fill('[name=new-password]', chosen);
    await page.keyboard.press('Enter');
    await page.getByText('The archive is empty').waitFor();
    const [host = '', port = ''] = (process.env['YINGYUN_GUARDED_DICOM'] ?? '').split(':');
    expect(await page.locator('code').innerText()).toBe(`dcmsend --no-halt +sd +r -aec ${process.env['YINGYUN_AET'] ?? ''} ${host} ${port} .`);
    const cookie = (await page.context().cookies()).find(({ name }) => name === 'yingyun_session');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    await page.reload();
    await page.getByText('The archive is empty').waitFor();
  });

  it('shuts again after sign-out, and opens with the new password only', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('[name=username]').waitFor();
    expect(await cookies()).toEqual([]);
    await enter(oneTime);
    await page.getByText('User name or password is wrong.').waitFor();
    await enter(chosen);
    await page.getByText('The archive is empty').waitFor();
  });

  it('lets who is in upload, keeps a filter for this user alone, and leaves no search behind', async () => {
    const row = makeRow({ name: 'Signed^In' });
    await page.keyboard.press('u');
    await page.setInputFiles('[name=upload-files]', { name: '1.dcm', mimeType: 'application/dicom', buffer: row.files[0] as Buffer });
    await page.waitForSelector('[data-upload=done]');
    expect(await page.locator('[data-upload]').innerText()).toBe('1 stored');
    await page.keyboard.press('Escape');
    await page.fill('[name=search]', 'signed');
    await page.locator(`[data-study="${row.uid}"]`).dblclick();
    await page.getByRole('button', { name: 'Studies', exact: true }).click();
    await page.locator(`[data-study="${row.uid}"]`).waitFor();
    await page.getByRole('button', { name: 'Saved filters' }).click();
    await page.fill('[name=filter-title]', 'mine');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['yingyun.order']);
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('yingyun.filters')))).toEqual(['yingyun.filters.zhang.san']);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('[name=username]').waitFor();
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
    await enter(chosen);
    await page.locator(`[data-study="${row.uid}"]`).waitFor();
    expect(await page.inputValue('[name=search]')).toBe('');
  });

  it('makes who guesses wait, and says how long', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('[name=username]').waitFor();
    // One right after the other, faster than anybody types: the first wait is a second long.
    const answers = await page.evaluate(async () => {
      const statuses: number[] = [];
      for (let guess = 1; guess <= 6; guess += 1) {
        const body = JSON.stringify({ user: 'zhang.san', password: `guess-number-${guess}` });
        const headers = { 'Content-Type': 'application/json' };
        statuses.push((await fetch('/api/session', { method: 'POST', headers, body })).status);
      }
      return statuses;
    });
    expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
    // Typed, a guess may come after the wait that the last one earned; the next wait is twice as long.
    const told = page.getByText(/^Too many attempts\. Try again in \d+ s\.$/);
    for (let guess = 7; guess < 12 && !(await told.isVisible()); guess += 1) {
      const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/session');
      await enter(`guess-number-${guess}`);
      await answered;
    }
    await told.waitFor();
  });
});
