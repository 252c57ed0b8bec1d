/** Our viewer and OHIF on Orthanc open the same study in turn; what is reached goes to YINGYUN_PERF_OUT. */
import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { expect, it } from 'vitest';
import { launch } from '../e2e/bench';
import { opening, warm, type Line, type Opening } from './opening';
import { address, list, only, out, rounds, visited } from './scene';
import { memoryAfter, scriptOfStep } from './staying';
import { atMost, median, spread, table } from './table';

const slow: Line = { latency: 40, rate: 10 };
const steps = 30;

interface Case {
  readonly name: string;
  readonly address: string;
  readonly line?: Line;
}

const cases: readonly Case[] = [
  { name: 'loopback, Yingyun', address: address.own },
  { name: 'loopback, OHIF on Orthanc', address: address.ohif },
  { name: '10 Mbit/s and 40 ms, Yingyun', address: address.own, line: slow },
  { name: '10 Mbit/s and 40 ms, OHIF on Orthanc', address: address.ohif, line: slow },
  { name: '50 slices, Yingyun', address: address.short },
  { name: '500 slices, Yingyun', address: address.long },
].filter(({ name }) => name.includes(only));

it('opens studies beside OHIF', async () => {
  const found = new Map<string, Opening[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const { name, address, line } of cases) {
      // A browser of its own: no cache of code or pictures is warm.
      const browser = await launch();
      try {
        await warm(browser);
        const opened = await opening(browser, address, line, `${out}.${name.replaceAll(/\W+/g, '-')}.png`);
        found.set(name, [...(found.get(name) ?? []), opened]);
        process.stderr.write(`round ${round}: ${name}: first picture ${opened.picture.toFixed(0)} ms, pixels ${opened.pixels.toFixed(0)} ms, load ${loadavg()[0]?.toFixed(1)}\n`);
      } finally {
        await browser.close();
      }
    }
  }
  const kilobytes = (opened: readonly Opening[]): string => (median(opened.map(({ bytes }) => bytes)) / 1000).toFixed(0);
  const rows = [...found].map(([name, opened]) => [
    name, spreadOf(opened, 'picture'), spreadOf(opened, 'pixels'), kilobytes(opened), median(opened.map(({ requests }) => requests)).toFixed(0),
  ]);
  const parts = [table([`from the address, ${rounds} rounds`, 'first picture, ms', 'true pixels, ms', 'KB by then', 'requests'], rows), aims(found)];
  if (!only) parts.push(await staying());
  await writeFile(out, `${parts.join('\n\n')}\n`);
  expect(found.size).toBe(cases.length);
});

function spreadOf(opened: readonly Opening[], part: 'picture' | 'pixels'): string {
  return spread(opened.map((one) => one[part]), 0);
}

/** Ratios of each round, one by one, so that a slow minute hits both sides. */
function aims(found: ReadonlyMap<string, readonly Opening[]>): string {
  const rows: string[][] = [];
  const compare = (what: string, [one, other]: readonly [string, string], aim: number): void => {
    const [ones = [], others = []] = [found.get(one), found.get(other)];
    if (!ones.length || !others.length) return;
    const ratios = ones.map(({ pixels }, round) => pixels / (others[round]?.pixels ?? Number.NaN));
    rows.push([what, spread(ratios, 2), String(aim), atMost(median(ratios), aim)]);
  };
  const preview = (name: string, aim: number): void => {
    const figures = (found.get(name) ?? []).map(({ picture }) => picture);
    if (figures.length) rows.push([`preview or true pixels, ${name}, ms`, spread(figures, 0), String(aim), atMost(median(figures), aim)]);
  };
  compare('true pixels, Yingyun / OHIF, loopback', ['loopback, Yingyun', 'loopback, OHIF on Orthanc'], 0.3);
  compare('true pixels, Yingyun / OHIF, 10 Mbit/s and 40 ms', ['10 Mbit/s and 40 ms, Yingyun', '10 Mbit/s and 40 ms, OHIF on Orthanc'], 0.3);
  preview('loopback, Yingyun', 1000);
  preview('10 Mbit/s and 40 ms, Yingyun', 1500);
  compare('true pixels, 500 slices / 50 slices', ['500 slices, Yingyun', '50 slices, Yingyun'], 1.2);
  return table(['', 'median (lowest–highest)', 'aim, at most', ''], rows);
}

async function staying(): Promise<string> {
  const browser = await launch();
  try {
    const script = await scriptOfStep(browser, address.short, steps);
    const [first, last] = await memoryAfter(browser, list, visited);
    const rows = [
      ['script a warm step of the wheel, ms', script.toFixed(1), '9', atMost(script, 9)],
      [`memory after ${visited.length} studies / after one (${first.toFixed(0)} and ${last.toFixed(0)} MiB)`, (last / first).toFixed(2), '1.2', atMost(last / first, 1.2)],
    ];
    return table(['', 'measured', 'aim, at most', ''], rows);
  } finally {
    await browser.close();
  }
}
