/** What a JSON file that somebody brings may hold: what is wrong with it is named by its place. */

/** What is wrong at a place, as in `protocols[0].viewports[1].series[0].plane`. */
export interface Fault {
  readonly path: string;
  readonly problem: 'json' | 'missing' | 'unknown' | 'text' | 'number' | 'list' | 'object' | 'choice' | 'double' | 'key' | 'taken';
  /** What may stand there: choices, or the least and greatest number; of a key that is taken, by what. */
  readonly allowed: string;
}

export type Check = (value: unknown, path: string, faults: Fault[]) => void;

export const fault = (path: string, problem: Fault['problem'], allowed: string | number = ''): Fault => ({ path, problem, allowed: String(allowed) });

export const text = (longest: number, least = 1): Check => (value, path, faults) => {
  if (typeof value !== 'string' || value.trim().length < least || value.length > longest) faults.push(fault(path, 'text', `${least}–${longest}`));
};

export const number = (least: number, most: number, whole = true): Check => (value, path, faults) => {
  const isGood = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (!isGood) faults.push(fault(path, 'number', `${least} … ${most}`));
};

export const choice = (...values: readonly unknown[]): Check => (value, path, faults) => {
  if (!values.includes(value)) faults.push(fault(path, 'choice', values.join(', ')));
};

export const list = (each: Check, least: number, most: number): Check => (value, path, faults) => {
  if (!Array.isArray(value) || value.length < least || value.length > most) return void faults.push(fault(path, 'list', `${least} … ${most}`));
  for (const [at, item] of value.entries()) each(item, `${path}[${at}]`, faults);
};

/** An object with these parts and no others; those whose name ends with `?` may be missing. */
export const object = (parts: Readonly<Record<string, Check>>): Check => (value, path, faults) => {
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

/** The value that a text tells, where it is JSON and `check` finds no fault with it. */
export function parse(json: string, check: Check): { readonly value: unknown } | { readonly faults: readonly Fault[] } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { faults: [fault('', 'json')] };
  }
  const faults: Fault[] = [];
  check(value, '', faults);
  return faults.length > 0 ? { faults } : { value };
}
