import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../e2e/bench';
import { abdomen, allowedOrigin, archive, ecg, load, mixed, phantom, testData, ultrasound } from './archive';
import { choose, drawn, lengths, measure, open, saveReport } from './reader';
import { expectKnown } from './requests';
import { serve, type Site } from './site';
import { until, watch, type Exchange, type Watch } from './watch';

let browser: Browser;
let context: BrowserContext;
let page: Page;
let seen: Watch;

beforeAll(async () => {
  await load();
  browser = await launch();
});

afterAll(() => browser?.close());

async function begin(site: Site): Promise<void> {
  context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-US' });
  await context.addInitScript(() => {
    // A frame without an origin has no storage.
    if (location.protocol.startsWith('http')) localStorage.setItem('shownTours', JSON.stringify(['basicViewerTour']));
  });
  seen = watch(context, site.root);
  page = await context.newPage();
}

afterEach(async () => {
  await context.close();
  expect(seen.faults).toEqual([]);
  expect(seen.exchanges.length, 'requests').toBeGreaterThan(0);
  expectKnown(seen.exchanges);
});

const frames = (): Exchange[] => seen.exchanges.filter(({ shape }) => shape.endsWith('/frames/{n}'));

async function study(site: Site, uid: string): Promise<void> {
  await begin(site);
  await open(page, site.origin, uid);
}

/** `direct`: OHIF on another origin, let in by `http.cors.allowed_origins`; else one proxy before both. */
const ways = [
  { way: 'behind one proxy with the archive', direct: false },
  ...(allowedOrigin ? [{ way: 'on another origin than the archive', direct: true }] : []),
];

describe.each(ways)('OHIF $way', ({ direct }) => {
  let site: Site;
  beforeAll(async () => {
    site = await serve(direct, direct ? Number(new URL(allowedOrigin ?? '').port) : 0);
  });
  afterAll(() => site?.close());

  it('lists the studies', async () => {
    await begin(site);
    await page.goto(site.origin);
    await page.getByText(phantom.accession).first().waitFor();
  });

  it('opens a CT', async () => {
    await study(site, phantom.uid);
    await drawn(page, 2);
    await until(page, 'every slice is asked', () => new Set(frames().map(({ path }) => path)).size >= 12);
  });

  it.runIf(!direct)('opens a multi-frame ultrasound', async () => {
    await study(site, ultrasound);
    await drawn(page, 100);
    await until(page, 'every frame is asked', () => new Set(frames().map(({ path }) => path)).size === 30);
  });

  it.runIf(!direct)('draws an ECG', async () => {
    await study(site, ecg);
    await page.locator('[data-cy=viewport-pane] canvas').first().waitFor();
    await drawn(page, 3);
    expect(seen.exchanges.filter(({ shape }) => shape.includes('/bulkdata/')).map(({ type }) => type)).toContain('application/octet-stream');
  });

  it.runIf(testData && !direct)('opens a CT of 55 slices', async () => {
    await study(site, abdomen);
    await drawn(page, 50);
    await until(page, 'every slice is asked', () => new Set(frames().map(({ path }) => path)).size === 55, 60_000);
  });

  it.runIf(testData && !direct)('draws the contours of an RTSTRUCT and lists them by name', async () => {
    await study(site, mixed);
    await drawn(page, 50);
    await choose(page, 'RTSTRUCT');
    await page.getByRole('button', { name: 'Yes', exact: true }).click();
    await page.locator('[data-cy=panelSegmentation-btn]').click();
    for (const name of ['PTV 计划靶区', '脊髓 cord']) await page.getByText(name).first().waitFor();
    await until(page, 'contours are drawn', async () => (await page.locator('[data-cy=viewport-pane] svg path, [data-cy=viewport-pane] svg polyline').count()) >= 1);
  });

  it.runIf(testData && !direct)('opens a SEG and lists its segments', async () => {
    await study(site, mixed);
    await drawn(page, 50);
    await choose(page, 'SEG');
    await page.getByRole('button', { name: 'Yes', exact: true }).click();
    await page.locator('[data-cy=panelSegmentation-btn]').click();
    for (const name of ['liver 肝', 'kidney 肾']) await page.getByText(name).first().waitFor();
  });

  it('keeps a length as SR, and has it again after it is opened anew', async () => {
    await study(site, phantom.uid);
    await drawn(page, 2);
    const length = await measure(page);
    await saveReport(page);
    const stored = seen.exchanges.filter(({ method }) => method === 'POST');
    expect(stored.map(({ status }) => status)).toEqual([200]);
    const reports = await fetch(`${archive}/dicom-web/studies/${phantom.uid}/series?Modality=SR`);
    expect(reports.status).toBe(200);
    await page.goto('about:blank');
    await open(page, site.origin, phantom.uid);
    await drawn(page, 2);
    await choose(page, 'SR');
    await page.getByRole('button', { name: 'Yes', exact: true }).click();
    await until(page, `the length of ${length} is back`, async () => (await lengths(page)).includes(length));
  });

  it.runIf(testData)('shows a PDF', async () => {
    await study(site, mixed);
    // OHIF stumbles over images of a viewport that it has left.
    await drawn(page, 50);
    await choose(page, 'PDF');
    const document = page.locator('object[type="application/pdf"]');
    await document.waitFor();
    await until(page, 'the PDF is an address of its bytes', async () => (await document.getAttribute('data'))?.startsWith('blob:') === true);
    const start = await document.evaluate(async (object) => (await (await fetch(object.getAttribute('data') ?? '')).text()).slice(0, 5));
    expect(start).toBe('%PDF-');
  });
});
