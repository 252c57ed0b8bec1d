/** Sign-in by an OpenID provider, at the door of a server that knows one (YINGYUN_REGION_URL). */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './bench';

const url = (process.env['YINGYUN_REGION_URL'] ?? '').replace(/\/$/, '');
const place = '/viewer?study=2.25.77';

describe.skipIf(url === '')('the door beside the door', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })).newPage();
  });

  afterAll(() => browser?.close());

  /** Fills the provider's own forms. */
  const asPerson = async (person: string): Promise<void> => {
    await page.getByRole('link', { name: 'Sign in with City login' }).click();
    await page.fill('[name=login]', person);
    await page.fill('[name=password]', 'any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
  };

  it('says why somebody who is nothing here does not come in, once', async () => {
    const doors: string[] = [];
    page.on('request', (request) => doors.push(request.url()));
    await page.goto(`${url}/#q=PROVIDED`);
    await asPerson('nobody');
    const message = page.getByText('Your account at the sign-in service has no role here.');
    await message.waitFor();
    expect(new URL(page.url()).search).toBe('');
    // A search is nobody's business but the browser's.
    expect(doors.filter((door) => door.includes('/api/session/openid/city?to=')).length).toBe(1);
    expect(doors.filter((door) => !door.includes('#') && door.includes('PROVIDED'))).toEqual([]);
    await page.reload();
    await page.locator('[name=username]').waitFor();
    expect(await message.count()).toBe(0);
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('yingyun_session');
  });

  it('opens for whom the provider vouches, and leads to where the sign-in was begun', async () => {
    await page.context().clearCookies();
    await page.goto(url + place);
    await asPerson('zhang');
    await page.waitForURL(url + place);
    const { pathname, search } = new URL(page.url());
    expect(pathname + search).toBe(place);
    const cookies = await page.context().cookies();
    expect(cookies.find(({ name }) => name === 'yingyun_session')).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(cookies.map(({ name }) => name)).not.toContain('yingyun_openid');
  });

  it('is somebody here until sign-out, and the password is still there to be asked for', async () => {
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('[name=username]').waitFor();
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('yingyun_session');
  });
});
