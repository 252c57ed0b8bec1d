import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { firstPart } from '../../src/api/multipart';
import { send, url } from './bench';
import { makeStudy, patches, size } from './phantom';
import { shows } from './screen';
import { visits } from './visit';

const study = makeStudy();
const visit = visits({ lasting: true });
let page: Page;

type Place = readonly [number, number];

/** Where a place of the fitted image, in pixels from its corner, is on the page. */
async function onPage([x, y]: Place): Promise<Place> {
  const box = await page.locator('.viewport canvas').boundingBox();
  if (!box) throw new Error('no canvas');
  const scale = Math.min(box.width, box.height) / size;
  return [box.x + box.width / 2 + (x - size / 2) * scale, box.y + box.height / 2 + (y - size / 2) * scale];
}

async function drag(tool: string, from: Place, to: Place): Promise<void> {
  await page.keyboard.press(tool);
  const [a, b] = [await onPage(from), await onPage(to)];
  await page.mouse.move(...a);
  await page.mouse.down();
  await page.mouse.move((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, { steps: 4 });
  await page.mouse.move(...b, { steps: 4 });
  await page.mouse.up();
  // Values follow a drag at intervals.
  await page.waitForTimeout(300);
}

/** What the list tells of a measurement: its values by their names. */
async function told(kind: string): Promise<Record<string, number>> {
  const item = page.locator(`[data-kind="${kind}"]`);
  await item.locator('[data-value]').first().waitFor();
  return item.locator('[data-value]').evaluateAll((all) => Object.fromEntries(all.map((one) => [one.getAttribute('data-quantity') ?? '', Number(one.getAttribute('data-value'))])));
}

async function reports(modality = 'SR'): Promise<string[]> {
  const answer = await fetch(`${url}/dicom-web/studies/${study.uid}/instances?Modality=${modality}`, { headers: { Accept: 'application/dicom+json' } });
  if (answer.status === 204) return [];
  const found = (await answer.json()) as Record<string, { Value?: string[] }>[];
  const value = (one: (typeof found)[number], key: string): string => one[key]?.Value?.[0] ?? '';
  return found.map((one) => `${url}/dicom-web/studies/${study.uid}/series/${value(one, '0020000E')}/instances/${value(one, '00080018')}`);
}

/** Errors that dicom3tools finds in an instance. */
async function judged(instance: string, module = 'ComprehensiveSR'): Promise<string[]> {
  const answer = await fetch(instance, { headers: { Accept: 'multipart/related; type="application/dicom"' } });
  const bytes = firstPart(answer.headers.get('Content-Type') ?? '', new Uint8Array(await answer.arrayBuffer()));
  const folder = await mkdtemp(join(tmpdir(), 'yingyun-measure-'));
  try {
    await writeFile(join(folder, 'sr.dcm'), bytes);
    const lines = await new Promise<string>((resolve) => execFile('dciodvfy', [join(folder, 'sr.dcm')], (_, stdout, stderr) => resolve(stdout + stderr)));
    expect(lines).toContain(module);
    return lines.split('\n').filter((line) => line.startsWith('Error'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function open(): Promise<void> {
  page = await visit.open(`/viewer?study=${study.uid}`);
  page.setDefaultTimeout(8_000);
  await shows(page, 0);
  await page.keyboard.press('j');
}

beforeAll(async () => {
  await send(study);
});

describe('measurements', () => {
  const patch = patches[1];
  const centre: Place = [patch.x * size, patch.y * size];
  let before: Record<string, Record<string, number>>;

  it('tell millimetres and Hounsfield units as the phantom has them', async () => {
    await open();
    await drag('l', [60, 100], [180, 190]);
    // Pixels are 1 mm: a triangle of 120, 90 and 150; the mouse hits whole screen pixels.
    expect(Math.abs(((await told('length'))['length'] ?? 0) - 150)).toBeLessThan(1);
    // From the middle outwards.
    await drag('e', centre, [centre[0] + 12, centre[1] + 8]);
    const ellipse = await told('ellipse');
    expect([ellipse['mean'], ellipse['min'], ellipse['max'], ellipse['stdDev']]).toEqual([patch.hu, patch.hu, patch.hu, 0]);
    await drag('u', [patches[3].x * size, patches[3].y * size], [patches[3].x * size, patches[3].y * size]);
    expect((await told('probe'))['intensity']).toBe(patches[3].hu);
  });

  it('are not lost when the server cannot take them', async () => {
    await page.route('**/dicom-web/studies', (route) => route.abort());
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The measurements were not saved.').waitFor();
    expect(await page.locator('[data-measurement]').count()).toBe(3);
    await page.unroute('**/dicom-web/studies');
    expect(await reports()).toEqual([]);
  });

  it('go to the archive as a valid report', async () => {
    await page.locator('[data-kind="length"] input').fill('结节 A');
    await page.keyboard.press('Enter');
    before = { length: await told('length'), ellipse: await told('ellipse'), probe: await told('probe') };
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('[data-saved=yes]').waitFor();
    const [report, ...more] = await reports();
    expect(more).toEqual([]);
    expect(await judged(report ?? '')).toEqual([]);
  });

  it('stand again after a reload, with the same values and names', async () => {
    await open();
    await page.locator('[data-saved=yes]').waitFor();
    expect({ length: await told('length'), ellipse: await told('ellipse'), probe: await told('probe') }).toEqual(before);
    expect(await page.locator('[data-kind="length"] input').inputValue()).toBe('结节 A');
    expect(await page.locator('.viewport svg.svg-layer line').count()).toBeGreaterThan(0);
  });

  it('that were deleted stay deleted', async () => {
    await page.locator('[data-kind="probe"]').getByRole('button', { name: 'Delete Probe' }).click();
    await page.locator('[data-saved=no]').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('[data-saved=yes]').waitFor();
    await open();
    await page.locator('[data-saved=yes]').waitFor();
    expect(await page.locator('[data-kind="probe"]').count()).toBe(0);
    expect(await page.locator('[data-measurement]').count()).toBe(2);
  });

  it('that are not saved are asked about before the page is left', async () => {
    await drag('l', [60, 200], [120, 200]);
    await page.locator('[data-saved=no]').waitFor();
    const asked = new Promise<string>((resolve) => page.once('dialog', (dialog) => { resolve(dialog.message()); void dialog.dismiss(); }));
    await page.keyboard.press('Escape');
    expect(await asked).toContain('not saved');
    expect(await page.locator('[data-measurement]').count()).toBe(3);
  });
});

describe('texts on the image', () => {
  const dialog = (): ReturnType<Page['locator']> => page.getByRole('dialog', { name: 'Text on the image' });

  it('are asked for; cancelled, nothing is left', async () => {
    const before = await page.locator('[data-measurement]').count();
    await page.keyboard.press('k');
    await page.mouse.click(...(await onPage([128, 60])));
    await dialog().waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => page.locator('[data-measurement]').count()).toBe(before);
  });

  it('take what is typed, of which no key is a shortcut', async () => {
    await drag('v', [150, 60], [190, 40]);
    await dialog().getByRole('textbox').pressSequentially('jio 结节*');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    expect(await page.locator('[data-kind="arrow"] input').inputValue()).toBe('jio 结节*');
    expect(await page.locator('[data-key=yes]').count()).toBe(0);
  });
});

describe('key images', () => {
  it('get a star, and go to the archive as a valid KO', async () => {
    await page.locator('[data-tool=star]').click();
    await page.locator('[data-key=yes]').waitFor();
    await page.keyboard.press('End');
    await page.locator('[data-key=yes]').waitFor({ state: 'detached' });
    await page.keyboard.press('*');
    await page.locator('[data-key=yes]').waitFor();
    if (process.env['YINGYUN_SHOTS']) await page.screenshot({ path: join(process.env['YINGYUN_SHOTS'], 'key-images.png') });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('[data-saved=yes]').waitFor();
    const [document, ...more] = await reports('KO');
    expect(more).toEqual([]);
    expect(await judged(document ?? '', 'KeyObjectSelectionDocument')).toEqual([]);
  });

  it('stand again after a reload, and are jumped to', async () => {
    await open();
    await page.locator('[data-key=yes]').waitFor();
    expect(await page.locator('[data-key-image]').count()).toBe(2);
    await page.locator('[data-key-image] .jump').last().click();
    await shows(page, 11);
    await page.locator('[data-key=yes]').waitFor();
  });

  it('without their star are none any more, and the document before stays in the archive', async () => {
    await page.keyboard.press('*');
    await page.locator('[data-keys-saved=no]').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('[data-saved=yes]').waitFor();
    expect(await reports('KO')).toHaveLength(2);
    await open();
    await page.locator('[data-key=yes]').waitFor();
    expect(await page.locator('[data-key-image]').count()).toBe(1);
  });
});
