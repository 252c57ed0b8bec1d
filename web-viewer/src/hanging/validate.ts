/** Protocols that somebody brings: what is wrong with them is named by its place. Nothing that is not understood is taken. */
import { planes, regionNames, sides, windowNames, type Protocol } from './protocol';

/** What is wrong at a place, as in `protocols[0].viewports[1].series[0].plane`. */
export interface Fault {
  readonly path: string;
  readonly problem: 'json' | 'missing' | 'unknown' | 'text' | 'number' | 'list' | 'object' | 'choice' | 'double';
  /** What may stand there: choices, or the least and greatest number. */
  readonly allowed: string;
}

/** What a file of protocols holds: `version` is that of the form. */
export interface ProtocolFile {
  readonly version: 1;
  readonly protocols: readonly Protocol[];
}

type Check = (value: unknown, path: string, faults: Fault[]) => void;
const fault = (path: string, problem: Fault['problem'], allowed: string | number = ''): Fault => ({ path, problem, allowed: String(allowed) });

const text = (longest: number, least = 1): Check => (value, path, faults) => {
  if (typeof value !== 'string' || value.trim().length < least || value.length > longest) faults.push(fault(path, 'text', `${least}–${longest}`));
};

const number = (least: number, most: number, whole = true): Check => (value, path, faults) => {
  const isGood = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (!isGood) faults.push(fault(path, 'number', `${least} … ${most}`));
};

const choice = (...values: readonly unknown[]): Check => (value, path, faults) => {
  if (!values.includes(value)) faults.push(fault(path, 'choice', values.join(', ')));
};

const list = (each: Check, least: number, most: number): Check => (value, path, faults) => {
  if (!Array.isArray(value) || value.length < least || value.length > most) return void faults.push(fault(path, 'list', `${least} … ${most}`));
  for (const [at, item] of value.entries()) each(item, `${path}[${at}]`, faults);
};

/** An object with these parts and no others; those whose name ends with `?` may be missing. */
const object = (parts: Readonly<Record<string, Check>>): Check => (value, path, faults) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return void faults.push(fault(path, 'object'));
  const given = value as Readonly<Record<string, unknown>>;
  const place = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const known = new Map(Object.entries(parts).map(([name, check]) => [name.replace('?', ''), { check, isOptional: name.endsWith('?') }]));
  for (const name of Object.keys(given)) if (!known.has(name)) faults.push(fault(place(name), 'unknown', [...known.keys()].join(', ')));
  for (const [name, { check, isOptional }] of known) {
    if (given[name] !== undefined) check(given[name], place(name), faults);
    else if (!isOptional) faults.push(fault(place(name), 'missing'));
  }
};

const window: Check = (value, path, faults) => {
  if (typeof value === 'string') choice(...windowNames)(value, path, faults);
  else object({ center: number(-100_000, 100_000, false), width: number(1, 200_000, false) })(value, path, faults);
};

const code = text(16);
const pattern = text(200);
const thickness = number(0, 1000, false);

const pick = object({
  'modality?': code, 'description?': pattern, 'plane?': choice(...planes), 'view?': code, 'laterality?': choice(...sides),
  'thickness?': object({ 'min?': thickness, 'max?': thickness }), 'frames?': choice('single', 'multiple'), 'like?': number(1, 16),
});

const viewport = object({
  'study?': number(0, 8), series: list(pick, 1, 12), 'window?': window, 'scale?': choice('fit', 'equal'), 'align?': choice('left', 'right'),
  'flip?': choice('horizontal', 'chestWall'), 'link?': text(16), 'cine?': choice(true, false),
});

const when = object({
  'modality?': list(code, 1, 12), 'bodyPart?': list(choice(...regionNames), 1, regionNames.length), 'description?': pattern, 'laterality?': choice(...sides),
  'priors?': number(0, 8), 'series?': number(1, 1000), 'images?': number(1, 100_000),
});

const protocol = object({
  id: text(64), name: object({ zh: text(60), en: text(60) }), when, 'score?': number(-100, 100), rows: number(1, 4), columns: number(1, 4),
  viewports: list(viewport, 1, 16),
});

const file = object({ version: choice(1), protocols: list(protocol, 0, 200) });

/** The protocols of a file, or all that is wrong with it. */
export function read(json: string): { readonly protocols: readonly Protocol[] } | { readonly faults: readonly Fault[] } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { faults: [fault('', 'json')] };
  }
  const faults: Fault[] = [];
  file(value, '', faults);
  if (faults.length > 0) return { faults };
  const { protocols } = value as ProtocolFile;
  for (const [at, { id, viewports, rows, columns }] of protocols.entries()) {
    if (protocols.findIndex((other) => other.id === id) !== at) faults.push(fault(`protocols[${at}].id`, 'double'));
    if (viewports.length > rows * columns) faults.push(fault(`protocols[${at}].viewports`, 'list', `1 … ${rows * columns}`));
    for (const [place, { series }] of viewports.entries()) {
      for (const [rank, { like }] of series.entries()) {
        if (like !== undefined && (like > viewports.length || like === place + 1)) faults.push(fault(`protocols[${at}].viewports[${place}].series[${rank}].like`, 'number', `1 … ${viewports.length}`));
      }
    }
  }
  return faults.length > 0 ? { faults } : { protocols };
}

export function write(protocols: readonly Protocol[]): string {
  return JSON.stringify({ version: 1, protocols } satisfies ProtocolFile, undefined, 2);
}
