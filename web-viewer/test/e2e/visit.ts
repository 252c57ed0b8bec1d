/** A page of one Chromium for the specs of a file; what the page throws, and what it asks of others, fails the spec. */
import type { BrowserContext, BrowserContextOptions, Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launch, url } from './bench';

export interface Visit {
  /** Opens `path` of the server under test in a new page and answers it. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** The page opened last. */
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong on the pages since the last look; a spec that means it to empties it. */
  readonly faults: string[];
}

/**
 * Registers the browser with the hooks of the calling file: one for the file; pages end with each spec, or with the
 * file when `lasting` (specs that go on from each other).
 */
export function visits({ lasting = false } = {}): Visit {
  let browser: Browser;
  let context: BrowserContext | undefined;
  /** What the context was made with: the next spec that asks the same has its cache of scripts. */
  let made = '';
  let page: Page | undefined;
  const faults: string[] = [];

  /** Nothing that a page kept by itself goes on to the next. */
  const leave = async (): Promise<void> => {
    if (page && !page.isClosed()) {
      await page.evaluate(() => (localStorage.clear(), sessionStorage.clear())).catch(() => undefined);
      await page.close();
    }
    await context?.clearCookies();
    await context?.clearPermissions();
    page = undefined;
    expect(faults.splice(0)).toEqual([]);
  };

  beforeAll(async () => {
    browser = await launch();
  });
  if (!lasting) afterEach(leave);
  afterAll(async () => {
    try {
      await leave();
    } finally {
      await browser?.close();
    }
  });

  return {
    faults,
    get page(): Page {
      if (!page) throw new Error('no page is open');
      return page;
    },
    get context(): BrowserContext {
      if (!context) throw new Error('no page is open');
      return context;
    },
    async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      await page?.close();
      if (!context || made !== JSON.stringify(options)) {
        await context?.close();
        context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', ...options });
        made = JSON.stringify(options);
      }
      page = await context.newPage();
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol.startsWith('http') && origin !== new URL(url).origin) faults.push(`asked elsewhere: ${request.url()}`);
      });
      await page.goto(url + path);
      return page;
    },
  };
}
