// @vitest-environment node
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { fingerprint, samples } from '../tour/manifest';

const folder = process.env['YINGYUN_TESTDATA'] ?? '';

it.skipIf(folder === '')('docs/viewer-objects.md is of the test data as they are: else run `npm run tour`', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/viewer-objects.md'), 'utf8');
  expect(/<!-- (\w+) -->/.exec(page)?.[1]).toBe(fingerprint(samples(folder)));
});
