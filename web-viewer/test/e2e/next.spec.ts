/** From one study of the list to the next, which is there before it is asked for. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { send } from './bench';
import { makeStudy } from './phantom';
import { shows } from './screen';
import { visits } from './visit';

const newer = makeStudy({ date: '20240229' });
/** Of somebody else, so that it is no prior. */
const older = makeStudy({ date: '20230115', patientId: `${newer.patientId}-2` });
const visit = visits();
let page: Page;

beforeAll(async () => {
  await send(newer);
  await send(older);
});

/** The pixels of a frame, not a picture of it. */
function isFrame(path: string, study: string): boolean {
  return path.includes(study) && /\/frames\/\d+$/.test(path);
}

/** Frames of a study that the page asks for, as they are asked. */
function framesAsked(of: Page, study: string): string[] {
  const asked: string[] = [];
  of.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    if (isFrame(path, study)) asked.push(path);
  });
  return asked;
}

async function openFirst(): Promise<void> {
  page = await visit.open('/');
  await page.fill('[name=search]', newer.patientId);
  const listed = (): Promise<(string | null)[]> => page.locator('[data-study]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-study')));
  // Before the search answers, the list holds what others sent.
  await expect.poll(listed, { timeout: 30_000 }).toEqual([newer.uid, older.uid]);
}

it('leads to the next study of the list, whose first image needs no further request', async () => {
  await openFirst();
  const asked = framesAsked(page, older.uid);
  const ahead = page.waitForEvent('requestfinished', (request) => isFrame(new URL(request.url()).pathname, older.uid));
  await page.locator(`[data-study="${newer.uid}"]`).dblclick();
  await shows(page, 0);
  await page.getByText('1 of 2', { exact: true }).waitFor();
  await ahead;
  const [first = ''] = asked;
  expect(asked).toHaveLength(1);
  await page.keyboard.press('Shift+N');
  await page.getByText('2 of 2', { exact: true }).waitFor();
  await shows(page, 0);
  expect(asked.filter((path) => path === first)).toHaveLength(1);
  await page.keyboard.press('Shift+N');
  await page.getByText('The list has no further study').waitFor();
});

it('knows its place in the list after a reload, and leads back', async () => {
  await openFirst();
  await page.locator(`[data-study="${older.uid}"]`).dblclick();
  await shows(page, 0);
  await page.reload();
  await shows(page, 0);
  await page.getByRole('button', { name: 'Previous study of the list' }).click();
  await page.getByText('1 of 2', { exact: true }).waitFor();
  await shows(page, 0);
  expect(new URL(page.url()).searchParams.get('study')).toBe(newer.uid);
});
