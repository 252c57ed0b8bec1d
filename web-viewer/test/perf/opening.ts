/** From an address to true pixels in a new context: nothing cached, nothing kept. */
import type { Browser } from 'playwright-core';

/** A network as Chromium imitates it. */
export interface Line {
  /** Round trip added to each request, milliseconds. */
  readonly latency: number;
  /** Megabits a second. */
  readonly rate: number;
}

export interface Opening {
  /** Until a labelled preview or the pixels themselves stand, milliseconds. */
  readonly picture: number;
  /** Until pixels stand in the canvas, milliseconds. */
  readonly pixels: number;
  /** Received by then: as sent, compressed. */
  readonly bytes: number;
  readonly requests: number;
}

interface Seen {
  preview?: number;
  pixels?: number;
}

/**
 * Runs in the page: looks every 20 ms whether a preview is decoded, and whether a canvas as large as a viewport holds
 * more than 12 different greys: the phantoms have 18. What a viewer says of itself plays no part.
 */
function watch(): void {
  const seen: Seen = {};
  (window as unknown as { seen: Seen }).seen = seen;
  // Made when there is something to look at: the first canvas of a page starts the graphics process and costs it time.
  let small: OffscreenCanvasRenderingContext2D | null | undefined;
  const greys = (canvas: HTMLCanvasElement): number => {
    small ??= new OffscreenCanvas(64, 64).getContext('2d', { willReadFrequently: true });
    if (!small) return 0;
    small.clearRect(0, 0, 64, 64);
    small.drawImage(canvas, 0, 0, 64, 64);
    const { data } = small.getImageData(0, 0, 64, 64);
    const found = new Set<number>();
    for (let at = 0; at < data.length; at += 4) found.add(data[at] ?? 0);
    return found.size;
  };
  const look = (): void => {
    const preview = document.querySelector<HTMLImageElement>('img.preview');
    if (preview?.complete && preview.naturalWidth > 0) seen.preview ??= performance.now();
    for (const canvas of document.querySelectorAll('canvas')) {
      if (canvas.width < 400 || canvas.height < 300 || greys(canvas) <= 12) continue;
      seen.pixels = performance.now();
      return;
    }
    setTimeout(look, 20);
  };
  look();
}

/** Draws something elsewhere first: a graphics process that starts, a quarter of a second here, is the browser's affair. */
export async function warm(browser: Browser): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('data:text/html,<canvas></canvas><p>warm');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  await context.close();
}

/** Opens `address` and waits for its pixels; `picture` is where a picture of the screen then goes. */
export async function opening(browser: Browser, address: string, line?: Line, picture?: string): Promise<Opening> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  try {
    const page = await context.newPage();
    const client = await context.newCDPSession(page);
    let [bytes, requests] = [0, 0];
    await client.send('Network.enable');
    client.on('Network.requestWillBeSent', () => requests++);
    client.on('Network.dataReceived', (data) => (bytes += data.encodedDataLength));
    if (line) {
      const perSecond = (line.rate * 1_000_000) / 8;
      await client.send('Network.emulateNetworkConditions', { offline: false, latency: line.latency, downloadThroughput: perSecond, uploadThroughput: perSecond });
    }
    await page.addInitScript(watch);
    await page.goto(address, { waitUntil: 'commit' });
    await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.pixels, undefined, { timeout: 120_000, polling: 50 });
    const counted = { bytes, requests };
    const seen = await page.evaluate(() => (window as unknown as { seen: Seen }).seen);
    if (picture) await page.screenshot({ path: picture });
    const pixels = seen.pixels ?? Number.NaN;
    return { picture: Math.min(seen.preview ?? pixels, pixels), pixels, ...counted };
  } finally {
    await context.close();
  }
}
