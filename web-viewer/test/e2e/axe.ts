/** What axe-core finds to mend on a page, or in a part of it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const script = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(part: string): Promise<{ readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[] }[] }>;
}

export async function violations(page: Page, part = 'html'): Promise<string[]> {
  await page.evaluate(script);
  return page.evaluate(async (part) => {
    const { axe } = globalThis as unknown as { readonly axe: Axe };
    return (await axe.run(part)).violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`));
  }, part);
}
