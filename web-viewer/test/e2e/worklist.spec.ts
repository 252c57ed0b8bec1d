/** The study list against a running server: finding, going on, what comes, who else was there. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { violations } from './axe';
import { launch, send, url } from './bench';
import type { Study } from './phantom';
import { makeRow, moreOf, type Row } from './records';

let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

/** A word that no other study of the server has: 8 letters, none a syllable of pinyin. */
const mark = `XQ${Array.from({ length: 6 }, () => 'BCDFGHJK'[Math.floor(Math.random() * 8)]).join('')}`;

const rows = {
  wei: makeRow({ name: `Zhang^Wei ${mark}=张^伟`, date: '20240105', modality: 'MR', institution: '市人民医院', accession: `${mark}01` }),
  san: makeRow({ name: `Li^San ${mark}=李^三`, date: '20240104', modality: 'CT', institution: 'County Hospital', patientId: `${mark}P` }),
  old: makeRow({ name: `Wang^Er ${mark}=王^二`, date: '20190301', modality: 'US' }),
};

/** Studies of one date for the pages, sent once. */
const many: Study[] = [];

async function sendAll(studies: readonly Study[]): Promise<void> {
  await send({ uid: '', patientId: '', accession: '', files: studies.flatMap(({ files }) => files) });
}

beforeAll(async () => {
  await sendAll(Object.values(rows));
  browser = await launch();
});

afterAll(() => browser?.close());

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  page = await context.newPage();
  faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
});

afterEach(async () => {
  await context.close();
  expect(faults).toEqual([]);
});

async function open(query = ''): Promise<void> {
  await page.goto(`${url}/${query && `#${query}`}`);
  await page.locator('[role=grid], .notice').first().waitFor();
}

/** Waits until just these studies stand in the list, in this order. */
async function lists(...studies: Study[]): Promise<void> {
  const wanted = studies.map(({ uid }) => uid);
  await page.waitForFunction((uids) => {
    const there = [...document.querySelectorAll<HTMLElement>('[data-study]')].sort((a, b) => Number(a.dataset['row']) - Number(b.dataset['row']));
    return there.map((row) => row.dataset['study']).join() === uids.join();
  }, wanted, { timeout: 15_000 });
}

const selected = (): Promise<string | null> => page.locator('[aria-selected=true]').getAttribute('data-study');

describe('filters', () => {
  it('find a name by Chinese, by pinyin and by its beginning', async () => {
    await open(`name=${mark}`);
    await lists(rows.wei, rows.san, rows.old);
    for (const [words, found] of [['伟', rows.wei], ['zhangwei', rows.wei], ['李三', rows.san], ['wang er', rows.old]] as const) {
      await page.fill('[name=search]', words);
      await lists(found);
    }
  });

  it('narrow by id, accession number, institution, modality and dates, each alone', async () => {
    await open();
    await page.keyboard.press('f');
    await page.fill('[name=filter-name]', mark);
    await lists(rows.wei, rows.san, rows.old);
    for (const [field, value, found] of [['patientId', `${mark}P`, rows.san], ['accession', `${mark}*`, rows.wei], ['institution', '人民', rows.wei]] as const) {
      await page.fill(`[name=filter-${field}]`, value);
      await lists(found);
      await page.fill(`[name=filter-${field}]`, '');
    }
    await page.getByRole('button', { name: 'US', exact: true }).click();
    await lists(rows.old);
    await page.getByRole('button', { name: 'MR', exact: true }).click();
    await lists(rows.wei, rows.old);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.fill('[name=filter-from]', '2024-01-05');
    await lists(rows.wei);
    await page.fill('[name=filter-from]', '');
    await page.fill('[name=filter-to]', '2024-01-04');
    await lists(rows.san, rows.old);
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    expect(await page.inputValue('[name=filter-name]')).toBe('');
    expect(new URL(page.url()).hash).toBe('');
  });

  it('have presets of dates', async () => {
    const day = new Date();
    const today = `${day.getFullYear()}${String(day.getMonth() + 1).padStart(2, '0')}${String(day.getDate()).padStart(2, '0')}`;
    const study = makeRow({ name: `Now^${mark}`, date: today });
    await send(study);
    await open(`name=Now ${mark}`);
    await lists(study);
    await page.getByRole('button', { name: 'Yesterday' }).click();
    await page.getByText('No study matches').waitFor();
    for (const preset of ['Today', 'Last 7 days', 'Last 30 days']) {
      await page.getByRole('button', { name: preset }).click();
      await lists(study);
    }
  });

  it('stand in the address, where no server sees them, and come back with a reload and from a study', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await open();
    await page.fill('[name=search]', `san ${mark}`);
    await page.getByRole('button', { name: 'CT', exact: true }).click();
    await lists(rows.san);
    await page.reload();
    await lists(rows.san);
    expect(await page.inputValue('[name=search]')).toBe(`san ${mark}`);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/viewer?**');
    await page.goBack();
    await lists(rows.san);
    expect(asked.filter((each) => each.includes(mark) && new URL(each).pathname === '/')).toEqual([]);
  });

  it('are saved by name, taken with one press, and deleted', async () => {
    await open(`name=${mark}`);
    await page.getByRole('button', { name: 'MR', exact: true }).click();
    await lists(rows.wei);
    await page.getByRole('button', { name: 'Saved filters' }).click();
    await page.fill('[name=filter-title]', 'My MRs');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.goto(url);
    await page.reload();
    await page.getByRole('button', { name: 'Saved filters' }).click();
    await page.getByRole('button', { name: 'My MRs', exact: true }).click();
    await lists(rows.wei);
    await page.getByRole('button', { name: 'Saved filters' }).click();
    await page.getByRole('button', { name: 'Delete “My MRs”' }).click();
    await page.getByText('No filter is saved yet').waitFor();
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('yingyun.filters')).map((key) => localStorage.getItem(key)))).toEqual(['[]']);
  });
});

describe('a long list', () => {
  const count = 320;

  beforeAll(async () => {
    for (let at = 0; at < count; at += 1) {
      const time = String(at).padStart(6, '0');
      many.push(makeRow({ name: `Page^${mark}`, date: '20230606', time, patientId: `${mark}${at}`, modality: at % 2 ? 'CT' : 'MR' }));
    }
    await sendAll(many);
  });

  async function goesToTheEnd(): Promise<void> {
    for (const loaded of [100, 200, 300]) {
      await page.getByText(`${loaded} or more studies`).waitFor();
      await page.keyboard.press('End');
    }
    await page.getByText(`${count} studies`, { exact: true }).waitFor();
  }

  it('goes on page after page behind the last row, draws the rows in sight, and keeps its order', async () => {
    const asked: URL[] = [];
    page.on('request', (request) => request.url().includes('/studies?') && asked.push(new URL(request.url())));
    await open(`name=Page ${mark}`);
    await goesToTheEnd();
    await page.keyboard.press('End');
    await page.waitForSelector(`[data-study="${many[0]?.uid}"][aria-selected=true]`);
    expect(await page.locator('[data-study]').count()).toBeLessThan(60);
    const pages = asked.filter((each) => each.searchParams.get('limit') === '100');
    expect(pages.map((each) => [each.searchParams.has('offset'), each.searchParams.has('after')])).toEqual([[false, false], [false, true], [false, true], [false, true]]);
    for (const step of [60, 120, 200, 310]) {
      await page.evaluate((row) => document.querySelector('[role=grid]')?.scrollTo(0, row * 42), step);
      const uid = many[count - 1 - step]?.uid;
      await page.waitForSelector(`[data-study="${uid}"][aria-rowindex="${step + 2}"]`);
    }
  });

  it('joins several modalities in one order', async () => {
    await open(`name=Page ${mark}&modality=CT,MR`);
    await goesToTheEnd();
    await page.keyboard.press('Home');
    await page.waitForSelector(`[data-study="${many.at(-1)?.uid}"][aria-rowindex="2"][aria-selected=true]`);
    await page.waitForSelector(`[data-study="${many.at(-2)?.uid}"][aria-rowindex="3"]`);
  });

  it('comes back from a study to the row that was opened', async () => {
    await open(`name=Page ${mark}`);
    await page.getByText('100 or more studies').waitFor();
    for (let presses = 0; presses < 9; presses += 1) await page.keyboard.press('PageDown');
    const uid = await selected();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/viewer?**');
    await page.goBack();
    await page.waitForSelector(`[data-study="${uid}"][aria-selected=true]`);
    await page.waitForFunction((wanted) => {
      const row = document.querySelector(`[data-study="${wanted}"]`)?.getBoundingClientRect();
      return row !== undefined && row.top > 0 && row.bottom < innerHeight;
    }, uid);
  });
});

describe('what comes while somebody looks', () => {
  const row: Row = { name: `Live^${mark}`, date: '20220101' };

  it('stands in its place at once, is counted and marked, and the selected row stays', async () => {
    const [first, second] = [makeRow({ ...row, time: '080000' }), makeRow({ ...row, time: '070000' })];
    await sendAll([first, second]);
    await open(`name=Live ${mark}`);
    await lists(first, second);
    await page.keyboard.press('ArrowDown');
    const came = makeRow({ ...row, time: '090000' });
    await send(came);
    await lists(came, first, second);
    expect(await selected()).toBe(second.uid);
    await page.getByRole('button', { name: '1 new study' }).waitFor();
    expect(await page.locator(`[data-study="${came.uid}"]`).innerText()).toContain('New');
    await page.keyboard.press('n');
    expect(await selected()).toBe(came.uid);
    expect(await page.getByRole('button', { name: '1 new study' }).count()).toBe(0);
    await send(moreOf(came, { ...row, time: '090000' }));
    await page.waitForFunction((uid) => document.querySelector(`[data-study="${uid}"] .number`)?.textContent === '2', came.uid);
  });

  it('leaves the rows where they are for somebody who is further down', async () => {
    await open(`name=Page ${mark}`);
    await page.getByText('100 or more studies').waitFor();
    await page.evaluate(() => document.querySelector('[role=grid]')?.scrollTo(0, 50 * 42));
    const target = page.locator(`[data-study="${many[319 - 52]?.uid}"]`);
    const before = (await target.boundingBox())?.y;
    const came = makeRow({ name: `Page^${mark}`, date: '20230607' });
    await send(came);
    await page.getByRole('button', { name: '1 new study' }).waitFor();
    await page.waitForFunction((uid) => document.querySelector(`[data-study="${uid}"]`)?.getAttribute('data-row') === '53', many[319 - 52]?.uid);
    expect((await target.boundingBox())?.y).toBe(before);
  });

  it('is not asked for while the page is hidden, and caught up with after', async () => {
    await open(`name=Hidden ${mark}`);
    await page.getByText('No study matches').waitFor();
    const look = (state: string): Promise<void> => page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
    await look('hidden');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const came = makeRow({ name: `Hidden^${mark}` });
    await send(came);
    await page.waitForTimeout(1500);
    expect(asked).toEqual([]);
    await look('visible');
    await lists(came);
  });

  it('is looked up again after the server was away', async () => {
    await open(`name=Away ${mark}`);
    await page.getByText('No study matches').waitFor();
    await page.route('**/api/changes**', (route) => route.abort());
    const came = makeRow({ name: `Away^${mark}` });
    await send(came);
    await page.waitForTimeout(1500);
    await page.unroute('**/api/changes**');
    await lists(came);
  });
});

describe('the patient beside the list', () => {
  it('says where the study was made', async () => {
    await open(`accession=${rows.wei.accession}`);
    await page.locator('aside').getByText('市人民医院').waitFor();
  });

  it('has all studies in one line of time, those of another issuer not, and opens each', async () => {
    const patientId = `${mark}T`;
    const person = { name: `Time^${mark}`, patientId, issuer: 'HERE' };
    const now = makeRow({ ...person, date: '20240601', description: 'Chest follow-up' });
    const prior = makeRow({ ...person, date: '20220601', modality: 'DX', description: 'Chest X-ray' });
    const first = makeRow({ ...person, date: '20220529', modality: 'MR' });
    const other = makeRow({ ...person, issuer: 'THERE', date: '20230101' });
    await sendAll([now, prior, first, other]);
    await open(`accession=${now.accession}`);
    await lists(now);
    const line = page.getByRole('list', { name: 'Studies of this patient' });
    await line.waitFor();
    expect(await line.locator('[data-prior]').evaluateAll((all) => all.map((each) => each.getAttribute('data-prior')))).toEqual([now.uid, prior.uid, first.uid]);
    const text = await line.locator(`[data-prior="${prior.uid}"]`).innerText();
    for (const part of ['2022-06-01', '2 years earlier', 'DX', 'Chest X-ray']) expect(text).toContain(part);
    expect(await line.locator('[aria-current=true]').getAttribute('data-prior')).toBe(now.uid);
    await page.keyboard.press('p');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/viewer?study=${prior.uid}`);
  });
});

describe('trouble', () => {
  it('is told with what to do, and mended with a press', async () => {
    await page.route('**/dicom-web/studies?**', (route) => route.fulfill({ status: 500, json: { message: 'the index is closed' } }));
    await open();
    await page.getByText('The server has a problem').waitFor();
    await page.getByText('the index is closed').waitFor();
    await page.unroute('**/dicom-web/studies?**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('[data-study]').first().waitFor();
  });

  it('on a later page leaves the rows and says that they are not all', async () => {
    await page.route('**/dicom-web/studies?**after=**', (route) => route.abort());
    await open(`name=Page ${mark}`);
    await page.getByText('100 or more studies').waitFor();
    await page.keyboard.press('End');
    await page.getByText('The list is not complete').waitFor();
    await page.unroute('**/dicom-web/studies?**after=**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('200 or more studies').waitFor();
    expect(await page.getByText('The list is not complete').count()).toBe(0);
  });
});

describe('for everybody', () => {
  it('all keys stand in a page that Escape closes', async () => {
    await open();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.waitFor();
    expect(await dialog.locator('dt').count()).toBe(15);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it.each(['zh-CN', 'en-US'])('axe finds nothing to mend in %s', async (locale) => {
    await context.close();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale, reducedMotion: 'reduce' });
    page = await context.newPage();
    await open(`name=${mark}`);
    await page.locator('[data-study]').first().waitFor();
    await page.locator('aside img, aside ul li').first().waitFor();
    expect(await violations(page), 'list').toEqual([]);
    await page.keyboard.press('f');
    await page.locator('[aria-controls=saved-filters]').click();
    expect(await violations(page), 'filters').toEqual([]);
    await open(`name=Time ${mark}`);
    await page.locator('[data-prior]').first().waitFor();
    await send(makeRow({ name: `Time^${mark}`, date: '20210101' }));
    await page.locator('.fresh').waitFor();
    expect(await violations(page), 'patient, new study').toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('u');
    await page.getByRole('dialog').waitFor();
    expect(await violations(page), 'upload').toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await violations(page), 'help').toEqual([]);
    await open('q=nobody-is-called-this');
    await page.locator('.notice').waitFor();
    expect(await violations(page), 'empty').toEqual([]);
  });
});
