/** A doctor of one institution sees in an emergency what another one holds, and is told why; an auditor reviews it. On a server of two institutions (YINGYUN_REGION_URL). */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './axe';
import { launch } from './bench';
import { makeStudy, type Study } from './phantom';

const url = (process.env['YINGYUN_REGION_URL'] ?? '').replace(/\/$/, '');
const records = process.env['YINGYUN_REGION_RECORDS'] ?? '';
const auditor = process.env['YINGYUN_REGION_AUDITOR'] ?? '';
const doctor = process.env['YINGYUN_REGION_DOCTOR'] ?? '';
const chosen = 'a-longer-passphrase-7';

/** STOW-RS by the archivist of the holding institution. */
async function store(study: Study): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const signedIn = await fetch(`${url}/api/session`, { method: 'POST', headers, body: JSON.stringify({ user: 'records', password: records, new_password: chosen }) });
  expect(signedIn.status).toBe(200);
  const { token } = (await signedIn.json()) as { readonly token: string };
  const parts = study.files.flatMap((file) => [Buffer.from('--limit\r\nContent-Type: application/dicom\r\n\r\n'), file, Buffer.from('\r\n')]);
  const type = 'multipart/related; type="application/dicom"; boundary=limit';
  const stored = await fetch(`${url}/dicom-web/studies`, { method: 'POST', headers: { 'Content-Type': type, Authorization: `Bearer ${token}` }, body: Buffer.concat([...parts, Buffer.from('--limit--\r\n')]) });
  expect(stored.status).toBe(200);
}

describe.skipIf(url === '')('an emergency', () => {
  const study = makeStudy({ slices: 2 });
  let browser: Browser;
  let page: Page;

  async function enter(user: string, password: string, institution: string): Promise<Page> {
    const entered = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })).newPage();
    await entered.goto(url);
    await entered.fill('[name=organization]', institution);
    await entered.fill('[name=username]', user);
    await entered.fill('[name=password]', password);
    await entered.keyboard.press('Enter');
    await entered.fill('[name=new-password]', chosen);
    await entered.keyboard.press('Enter');
    return entered;
  }

  beforeAll(async () => {
    browser = await launch();
    await store(study);
    page = await enter('wang.wu', doctor, 'east');
  });
  afterAll(() => browser?.close());

  it('is declared by a doctor who sees nothing of the patient', async () => {
    await page.getByText('The archive is empty').waitFor();
    await page.getByRole('button', { name: 'Emergency access' }).click();
    await page.getByText('It is written down with your name').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.fill('[name=glass-id]', study.patientId);
    await page.fill('[name=glass-issuer]', 'local');
    await page.selectOption('[name=glass-reason]', 'life_threatening');
    await page.fill('[name=glass-words]', 'brought in after a fall');
    await page.getByRole('button', { name: 'See the images' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText(study.patientId).first().waitFor();
  });

  it('shows the study, and on what it is seen', async () => {
    await page.goto(`${url}/viewer?study=${study.uid}`);
    const basis = page.locator('[data-basis]');
    await basis.waitFor();
    expect([await basis.getAttribute('data-basis'), await basis.innerText()]).toEqual(['emergency', 'local · emergency']);
    expect(await basis.getAttribute('title')).toContain('Held by another institution; seen until');
  });

  it('is reviewed by an auditor of the institution whose images were opened', async () => {
    const console = await enter('auditor', auditor, 'local');
    await console.getByRole('heading', { name: 'Emergency reviews' }).waitFor();
    const row = console.getByRole('row').filter({ hasText: study.patientId });
    expect(await row.innerText()).toContain('danger to life · brought in after a fall');
    await row.locator('[data-review=due]').waitFor();
    await row.getByRole('button', { name: 'Write the review' }).click();
    await console.getByRole('button', { name: 'Violation' }).click();
    await console.getByRole('alert').getByText('what was wrong').waitFor();
    await console.fill('[name=note]', 'seen on the ward');
    expect(await violations(console)).toEqual([]);
    await console.getByRole('button', { name: 'Justified' }).click();
    await row.locator('[data-review=justified]').waitFor();
    expect(await row.innerText()).toContain('seen on the ward');
    expect(await row.getByRole('button').count()).toBe(0);
  });
});
