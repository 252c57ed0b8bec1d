/** Opens one file of each object class and transfer syntax, and writes what the viewer does with it into docs/viewer-objects.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { send, url } from '../e2e/bench';
import { visits } from '../e2e/visit';
import { fingerprint, samples, type Sample } from './manifest';

const folder = process.env['YINGYUN_TESTDATA'] ?? '';
const pictures = process.env['TOUR'];
/** Part of the path of those to be looked at again; the others stay in the page as they are. */
const only = process.env['TOUR_ONLY'] ?? '';
const page = resolve(import.meta.dirname, '../../../docs/viewer-objects.md');
const visit = visits({ lasting: true });

interface Row {
  readonly sample: Sample;
  readonly does: string;
}

async function look(sample: Sample): Promise<string> {
  const bytes = await readFile(join(folder, sample.path));
  try {
    await send({ uid: sample.study, patientId: '', accession: '', files: [bytes] });
  } catch (cause) {
    const status = /^STOW-RS of the phantom: (\d+)/.exec((cause as Error).message)?.[1] ?? 'no answer';
    return `refused by the archive (${status})`;
  }
  const tab = visit.page;
  await tab.goto(`${url}/viewer?study=${sample.study}&series=${sample.series}`);
  const settled = await tab
    .waitForFunction(
      () => {
        const kind = document.querySelector('[data-kind]')?.getAttribute('data-kind');
        const words = document.querySelector('[data-kind] .notice p')?.textContent;
        const isThere = document.querySelector('[data-kind] .report, [data-kind] iframe, [data-kind] [data-channel], [data-kind] .marks');
        if (kind && (words || isThere)) return `${kind}|${words ?? ''}`;
        if (document.querySelector('.viewport[data-ready="true"]')) return 'image|';
        const alert = document.querySelector('.pane [role="alert"]');
        return alert ? `alert|${alert.querySelector('h2')?.textContent ?? ''}` : false;
      },
      undefined,
      { timeout: 20_000 },
    )
    .then((handle) => handle.jsonValue() as Promise<string>)
    .catch(() => 'nothing|');
  if (pictures) await tab.screenshot({ path: join(pictures, `${sample.path.replaceAll('/', '_')}.png`) });
  const [kind = '', words = ''] = settled.split('|');
  const says: Readonly<Record<string, string>> = {
    image: 'shown as an image', report: 'shown as a tree', pdf: 'shown as a document', waveform: 'drawn to scale', segmentation: 'listed; laid over its images where they are there', contours: 'listed; laid over its images where they are there',
    alert: `cannot be shown: “${words}”`, nothing: '**nothing within 20 s**',
  };
  return says[kind] ?? `says why not: “${words}”`;
}

function head({ name, modality, syntax, photometric }: Sample): string {
  return `| ${name} | ${modality || '–'} | ${syntax} | ${photometric || '–'} | `;
}

it.skipIf(folder === '')('opens every object class or says why not', async () => {
  const list = samples(folder);
  if (pictures) await mkdir(pictures, { recursive: true });
  await visit.open('/');
  const known = only === '' ? [] : (await readFile(page, 'utf8')).split('\n');
  const rows: Row[] = [];
  for (const sample of list) {
    const before = known.find((line) => line.startsWith(head(sample)));
    const stays = before !== undefined && !only.split(',').some((part) => sample.path.includes(part));
    rows.push({ sample, does: stays ? before.slice(head(sample).length, -2) : await look(sample) });
    visit.faults.length = 0;
  }
  const lines = rows.map(({ sample, does }) => `${head(sample)}${does} |`);
  const text = [
    '# What the viewer does with each object',
    '',
    'Written by `npm run tour` in `web-viewer`, which opens one file of each object class, modality, transfer syntax and photometric',
    'interpretation of the test data in Chromium with software GL. Do not edit by hand.',
    '',
    `<!-- ${fingerprint(list)} -->`,
    '',
    '| Object class | Modality | Transfer syntax | Pixels | Viewer |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
  await writeFile(page, text);
  expect(rows.filter(({ does }) => does.startsWith('**')).map(({ sample }) => sample.path)).toEqual([]);
});
