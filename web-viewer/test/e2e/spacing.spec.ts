import { beforeAll, describe, it } from 'vitest';
import type { Page } from 'playwright-core';
import { send } from './bench';
import { makeDetector } from './detector-phantom';
import { drawLine, lengthsBecome } from './lines';
import { shows } from './screen';
import { visits } from './visit';

const bare = makeDetector();
const imager = makeDetector([0.2, 0.2]);
const visit = visits({ lasting: true });
let page: Page;

async function open(study: string): Promise<void> {
  page = await visit.open(`/viewer?study=${study}`);
  page.setDefaultTimeout(8_000);
  await shows(page, 0);
  await page.keyboard.press('j');
}

beforeAll(async () => {
  await send(bare);
  await send(imager);
});

describe('an image without spacing', () => {
  it('is measured in pixels, and says so', async () => {
    await open(bare.uid);
    await page.locator('[data-spacing=none]').waitFor();
    await drawLine(page, [0.25, 0.5], [0.75, 0.5]);
    await lengthsBecome(page, [[128, 'px']]);
  });
});

describe('an image whose spacing is the detector’s', () => {
  it('is measured in millimetres at the detector, and says so', async () => {
    page.once('dialog', (dialog) => void dialog.accept());
    await open(imager.uid);
    await page.locator('[data-spacing=detector]').waitFor();
    await drawLine(page, [0.25, 0.5], [0.75, 0.5]);
    await lengthsBecome(page, [[25.6, 'mm']]);
  });
});
