import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enAccount } from '../../src/i18n/en-account';
import { enConsole } from '../../src/i18n/en-console';
import { enReading } from '../../src/i18n/en-reading';

const root = resolve(import.meta.dirname, '../../src');

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.(ts|svelte)$/.test(name) ? [path] : [];
  });
}

/** Static imports that are not types only, within src. */
function imports(path: string, all: ReadonlySet<string>): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^\s*import\s+(?!type\b)[^;]*?from\s+'(\.[^']+)'/gm)].flatMap((match) => {
    const target = resolve(dirname(path), match[1] as string);
    return [target, `${target}.ts`].filter((candidate) => all.has(candidate));
  });
}

const all = new Set(files(root));
const graph = new Map([...all].map((path) => [path, imports(path, all)]));

describe('modules', () => {
  it('import in one direction', () => {
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) throw new Error(`cycle: ${[...trail, path].map((item) => relative(root, item)).join(' → ')}`);
      if (done.has(path)) return;
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of all) visit(path, []);
    expect(done.size).toBe(all.size);
  });

  it('reach Cornerstone through the engine alone, and the engine only when a study is opened', () => {
    for (const [path, targets] of graph) {
      const own = relative(root, path);
      if (own.startsWith('engine')) continue;
      expect(readFileSync(path, 'utf8'), own).not.toContain('@cornerstonejs/');
      expect(targets.filter((target) => relative(root, target).startsWith('engine')), own).toEqual([]);
    }
  });

  it.each([['reading', enReading], ['console', enConsole], ['account', enAccount]])('have the texts that they show: %s', (name, texts) => {
    const catalogue = resolve(root, `i18n/${name}.ts`);
    const later = Object.keys(texts);
    /** All that comes with a module before it runs. */
    const comesWith = (path: string, found = new Set<string>()): Set<string> => {
      if (found.has(path)) return found;
      found.add(path);
      for (const next of graph.get(path) ?? []) comesWith(next, found);
      return found;
    };
    const textOf = (path: string): string => readFileSync(path, 'utf8');
    const needsTexts = (modules: ReadonlySet<string>): string[] => {
      const pages = [...modules].filter((path) => !relative(root, path).startsWith('i18n'));
      return pages.flatMap((path) => later.filter((key) => textOf(path).includes(`'${key}'`)).map((key) => `${relative(root, path)}: ${key}`));
    };
    const first = comesWith(resolve(root, 'main.ts'));
    expect(needsTexts(first)).toEqual([]);
    const pages = [...first].flatMap((path) =>
      [...textOf(path).matchAll(/\bimport\('(\.[^']+)'\)/g)].flatMap(([, target = '']) => {
        const named = resolve(dirname(path), target);
        return [named, `${named}.ts`].filter((candidate) => all.has(candidate));
      }),
    );
    expect(pages.length).toBeGreaterThan(2);
    for (const page of new Set(pages)) {
      const modules = comesWith(page);
      const brings = [...modules].some((path) => [...textOf(path).matchAll(/^\s*import '(\.[^']+)';/gm)].some(([, target = '']) => `${resolve(dirname(path), target)}.ts` === catalogue));
      if (!brings) expect(needsTexts(modules), relative(root, page)).toEqual([]);
    }
  });

  it('stay short enough to read', () => {
    for (const path of all) expect(readFileSync(path, 'utf8').split('\n').length, relative(root, path)).toBeLessThan(400);
  });
});
