/** The administrators' console: on a server with a door (YINGYUN_GUARDED_URL) as a security administrator, and on the open one. */
import { createHmac } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './axe';
import { launch, url as open } from './bench';

const guarded = (process.env['YINGYUN_GUARDED_URL'] ?? '').replace(/\/$/, '');
const oneTime = process.env['YINGYUN_KEEPER_PASSWORD'] ?? '';
const chosen = 'a-longer-passphrase-7';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

async function newPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', permissions: ['clipboard-read', 'clipboard-write'] });
  return context.newPage();
}

/** Signs in by a one-time password, which is changed. */
async function enter(page: Page, user: string, password: string): Promise<void> {
  await page.goto(guarded);
  await page.fill('[name=username]', user);
  await page.fill('[name=password]', password);
  await page.keyboard.press('Enter');
  await page.fill('[name=new-password]', chosen);
  await page.keyboard.press('Enter');
}

const row = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

describe.skipIf(guarded === '')('the console of a security administrator', () => {
  let keeper: Page;
  let doctor: Page;

  beforeAll(async () => {
    [keeper, doctor] = [await newPage(), await newPage()];
    await enter(keeper, 'keeper', oneTime);
  });

  it('is where one lands who sees no images, and says why', async () => {
    await keeper.getByRole('heading', { name: 'Accounts' }).waitFor();
    await keeper.getByText('You keep the house and see no images: this is your place.').waitFor();
    expect(await keeper.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Accounts', 'Tokens']);
    expect(await keeper.locator('[name=search]').count()).toBe(0);
    await row(keeper, 'keeper').waitFor();
    expect(await row(keeper, 'keeper').getByRole('button').count()).toBe(0);
  });

  it('makes an account, whose password it tells once, and whose owner reads images', async () => {
    await keeper.fill('[name=account]', 'wang.wu');
    await keeper.getByLabel('Radiologist').check();
    await keeper.getByRole('button', { name: 'Add' }).click();
    const secret = await keeper.locator('[data-secret]').innerText();
    await keeper.getByRole('button', { name: 'Copy' }).click();
    await keeper.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await keeper.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    await keeper.keyboard.press('Escape');
    await row(keeper, 'wang.wu').getByText('one-time password').waitFor();
    await enter(doctor, 'wang.wu', secret);
    await doctor.locator('[name=search]').waitFor();
    expect(await doctor.locator('[data-do=console]').count()).toBe(0);
  });

  it('leaves an administrator no other role', async () => {
    const isChosen = (name: string): Promise<boolean> => keeper.getByLabel(name).isChecked();
    await keeper.getByLabel('Physician').check();
    await keeper.getByLabel('Audit administrator').check();
    expect([await isChosen('Physician'), await isChosen('Audit administrator')]).toEqual([false, true]);
    await keeper.getByLabel('Archivist').check();
    expect([await isChosen('Archivist'), await isChosen('Audit administrator')]).toEqual([true, false]);
  });

  it('says at the form what the server refused', async () => {
    await keeper.fill('[name=account]', 'wang.wu');
    await keeper.getByRole('button', { name: 'Add' }).click();
    await keeper.getByRole('alert').getByText('there is an account wang.wu already').waitFor();
  });

  it('locks an account after asking: its owner is out at once, and is told why', async () => {
    await row(keeper, 'wang.wu').getByRole('button', { name: 'Lock' }).click();
    await keeper.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
    await row(keeper, 'wang.wu').getByText('locked').waitFor();
    await doctor.reload();
    await doctor.fill('[name=username]', 'wang.wu');
    await doctor.fill('[name=password]', chosen);
    await doctor.keyboard.press('Enter');
    await doctor.getByText('This account is locked.').waitFor();
  });

  it('issues a token and revokes it', async () => {
    await keeper.getByRole('link', { name: 'Tokens' }).click();
    await keeper.fill('[name=token]', 'his');
    await keeper.getByLabel('search').check();
    await keeper.getByRole('button', { name: 'Add' }).click();
    const token = await keeper.locator('[data-secret]').innerText();
    await keeper.keyboard.press('Escape');
    const asked = async (): Promise<number> => (await fetch(`${guarded}/dicom-web/studies`, { headers: { Authorization: `Bearer ${token}` } })).status;
    expect([200, 204]).toContain(await asked());
    await row(keeper, 'his').getByRole('button', { name: 'Revoke' }).click();
    await keeper.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
    await keeper.getByText('Nothing here yet').waitFor();
    expect(await asked()).toBe(401);
  });

  it('leaves axe nothing to mend', async () => {
    await keeper.getByRole('link', { name: 'Accounts' }).click();
    await row(keeper, 'wang.wu').waitFor();
    expect(await violations(keeper)).toEqual([]);
  });
});

/** What an authenticator app shows that was given `secret` (RFC 6238), so many steps of 30 seconds from now. */
function code(secret: string, ahead: number): string {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const digest = createHmac('sha1', key).update(step).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe.skipIf(guarded === '')('an authenticator app', () => {
  let page: Page;

  beforeAll(async () => {
    page = await newPage();
    await page.goto(guarded);
    await page.fill('[name=username]', 'keeper');
    await page.fill('[name=password]', chosen);
    await page.keyboard.press('Enter');
    await page.locator('[data-do=account]').click();
  });

  let secret = '';

  it('is set up by whoever knows the password, and turned on by its first code', async () => {
    await page.fill('[name=own-password]', 'guessed-password');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('dialog').getByRole('alert').getByText('User name or password is wrong.').waitFor();
    await page.fill('[name=own-password]', chosen);
    await page.getByRole('button', { name: 'Set up' }).click();
    secret = await page.locator('[data-secret]').innerText();
    const picture = page.getByRole('img', { name: 'Key for an authenticator app' });
    expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth > 0))).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.fill('[name=own-code]', code(secret, 0));
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('Sign-in asks for a code of your app.').waitFor();
    await page.keyboard.press('Escape');
  });

  it('is asked at sign-in, and takes each code once', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.fill('[name=username]', 'keeper');
    await page.fill('[name=password]', chosen);
    await page.keyboard.press('Enter');
    await page.fill('[name=code]', code(secret, -1));
    await page.keyboard.press('Enter');
    await page.getByText('The code is wrong, or was used before.').waitFor();
    await page.fill('[name=code]', code(secret, 1));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
  });
});

describe('the console of an open server', () => {
  let page: Page;

  beforeAll(async () => {
    page = await newPage();
    await page.goto(open);
    await page.locator('[data-do=console]').click();
  });

  const upload = (text: string): Promise<void> => page.setInputFiles('[name=table]', { name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

  it('enters an institution, names what is wrong with a table, and moves it on', async () => {
    await page.getByRole('heading', { name: 'Institutions' }).waitFor();
    await upload('id,credit_code,name,region\neast,123502004266007917,East Hospital,350200\n');
    await page.getByRole('alert').getByText('line 2: credit_code: the credit code ends in 7, but 6 is due').waitFor();
    await upload('id,credit_code,name,region\neast,123502004266007916,East Hospital,350200\n');
    await page.getByText('1 rows entered').waitFor();
    await row(page, 'east').getByRole('button', { name: '→ testing' }).click();
    await page.getByText('East Hospital: from “pending” to “testing”?').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
    await page.locator('[data-standing=testing]').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('keeps its application entities, and tells what was done', async () => {
    await page.getByRole('link', { name: 'DICOM devices' }).click();
    await page.fill('[name=institution]', 'east');
    await page.fill('[name=ae_title]', 'CT1');
    await page.fill('[name=host]', '10.0.0.7');
    await page.getByRole('button', { name: 'Save' }).click();
    await row(page, 'CT1').waitFor();
    expect(await row(page, 'CT1').getByRole('cell').allInnerTexts()).toEqual(['east', '10.0.0.7', '104', 'store', 'Change Remove']);
    await row(page, 'CT1').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Nothing here yet').waitFor();
    await page.getByRole('link', { name: 'What was done' }).click();
    await page.locator('[data-deed]').first().waitFor();
    const latest = (await page.locator('[data-deed]').allInnerTexts()).slice(0, 4);
    expect(latest).toEqual(['application entity removed', 'application entity entered or changed', 'institution moved', 'institution entered or changed']);
    await page.getByRole('button', { name: 'Switch to Chinese' }).click();
    await page.getByText('移除应用实体').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: '切换到英文' }).click();
    await page.getByRole('button', { name: 'Studies' }).click();
    await page.locator('[name=search]').waitFor();
  });
});
