/** What it costs to go on: a scroll step when all images are there, memory after studies were opened and left. */
import { readFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from 'playwright-core';

/** Milliseconds of script a step of the wheel, over `steps` of them, when every image of the series is there. */
export async function scriptOfStep(browser: Browser, address: string, steps: number): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(address);
    await stands(page, 0);
    await page.waitForLoadState('networkidle');
    const client = await context.newCDPSession(page);
    await client.send('Performance.enable');
    const viewport = page.locator('.viewport').first();
    await viewport.hover();
    // Once through, so that all is compiled and every image was drawn.
    await walk(page, 1, steps);
    await walk(page, -1, steps);
    const before = await scriptTime(client);
    await walk(page, 1, steps);
    return (((await scriptTime(client)) - before) * 1000) / steps;
  } finally {
    await context.close();
  }
}

async function walk(page: Page, way: 1 | -1, steps: number): Promise<void> {
  const from = Number(await page.getAttribute('.viewport', 'data-index'));
  for (let step = 1; step <= steps; step++) {
    await page.mouse.wheel(0, 100 * way);
    await stands(page, from + step * way);
  }
}

async function stands(page: Page, index: number): Promise<void> {
  // No handle: it would hold the page that is left in memory.
  await page.locator(`.viewport[data-ready="true"][data-index="${index}"]`).waitFor({ timeout: 60_000 });
}

async function scriptTime(client: CDPSession): Promise<number> {
  const { metrics } = await client.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN;
}

/** Mebibytes when the first study was left, and when the last was: back in the list each time. */
export async function memoryAfter(browser: Browser, list: string, studies: readonly string[]): Promise<readonly [number, number]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const measured: number[] = [];
  try {
    const page = await context.newPage();
    await page.goto(list);
    for (const study of studies) {
      await page.locator(`[data-study="${study}"]`).dblclick();
      await stands(page, 0);
      await page.waitForLoadState('networkidle');
      await page.goBack();
      await page.locator(`[data-study="${study}"]`).waitFor();
      measured.push(await memory(browser, await context.newCDPSession(page)));
    }
  } finally {
    await context.close();
  }
  return [measured[0] ?? Number.NaN, measured.at(-1) ?? Number.NaN];
}

/**
 * What the page's objects and buffers take and what the graphics process does, after garbage is gone. The size of the
 * page's own process would say nothing: the debugging protocol keeps the bodies of answers there.
 */
async function memory(browser: Browser, client: CDPSession): Promise<number> {
  await client.send('HeapProfiler.collectGarbage');
  const heap = (await client.send('Runtime.getHeapUsage')) as Record<string, number>;
  await client.detach();
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const graphics = processInfo.filter(({ type }) => type === 'GPU').map(({ id }) => {
    const text = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1]) / 1024;
  });
  const parts = ['usedSize', 'backingStorageSize', 'embedderHeapUsedSize'].map((part) => (heap[part] ?? 0) / 1024 / 1024);
  return [...parts, ...graphics].reduce((sum, part) => sum + part, 0);
}
