/** What a user set, as a file: keys, mouse, windows. Nothing that is not understood is taken. */
import { choice, fault, list, number, object, parse, text, type Check, type Fault } from '../checks/json';
import { limits, type OwnWindow, type OwnWindows } from '../dicom/own-windows';
import { isChord } from '../keys/chord';
import { choicesOf, gestures, type Bindings } from '../keys/mouse';
import { actionsOf, changed, mostKeys, scopeNames, type KeyChanges } from '../keys/scopes';

export interface Settings {
  readonly keys: KeyChanges;
  readonly mouse: Bindings;
  readonly windows: OwnWindows;
}

/** `version` is that of the form. */
interface SettingsFile extends Settings {
  readonly version: 1;
}

const key: Check = (value, path, faults) => {
  if (typeof value !== 'string' || !isChord(value)) faults.push(fault(path, 'key'));
};

/** One check for each name, none of which must be there. */
const any = (names: readonly string[], check: (name: string) => Check): Check => object(Object.fromEntries(names.map((name) => [`${name}?`, check(name)])));

const modality = /^[A-Z]{2,16}$/;
const aWindow = object({
  name: text(limits.name), center: number(-limits.center, limits.center, false), width: number(limits.least, limits.width, false), 'key?': key,
});

const windows: Check = (value, path, faults) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return void faults.push(fault(path, 'object'));
  const names = Object.keys(value);
  if (names.length > limits.modalities) return void faults.push(fault(path, 'list', `0 … ${limits.modalities}`));
  any(names.filter((name) => modality.test(name)), () => list(aWindow, 0, limits.windows))(value, path, faults);
};

const file = object({
  version: choice(1),
  keys: any(scopeNames, (scope) => any(actionsOf(scope as (typeof scopeNames)[number]), () => list(key, 0, mostKeys))),
  mouse: any(gestures, (gesture) => choice(...choicesOf(gesture as (typeof gestures)[number]))),
  windows,
});

/** Keys 1 to 9 take windows where images are read: no action can have them. */
export const isWindowKey = (key: string): boolean => /^[1-9]$/.test(key);

/** The action of the viewer or its volume mode that has a key. */
export function actionWith(changes: KeyChanges, key: string): string | undefined {
  return changed('viewer', changes)[key] ?? changed('volume', changes)[key];
}

/** Keys that two things would have. */
function taken({ keys, windows }: Settings): Fault[] {
  const faults: Fault[] = [];
  for (const scope of scopeNames) {
    const seen = new Map<string, string>();
    for (const [action, list] of Object.entries(keys[scope] ?? {})) {
      for (const [at, chord] of list.entries()) {
        const other = seen.get(chord) ?? (scope !== 'worklist' && isWindowKey(chord) ? 'windows' : undefined);
        if (other !== undefined) faults.push(fault(`keys.${scope}.${action}[${at}]`, 'taken', other));
        seen.set(chord, action);
      }
    }
  }
  for (const [name, list] of Object.entries(windows)) {
    for (const [at, { key }] of list.entries()) {
      if (key === undefined) continue;
      const twin = list.findIndex((other) => other.key === key);
      const other = twin < at ? (list[twin] as OwnWindow).name : actionWith(keys, key);
      if (other !== undefined) faults.push(fault(`windows.${name}[${at}].key`, 'taken', other));
    }
  }
  return faults;
}

/** The settings of a file, or all that is wrong with it. */
export function read(json: string): Settings | { readonly faults: readonly Fault[] } {
  const found = parse(json, file);
  if ('faults' in found) return found;
  const { keys, mouse, windows } = found.value as SettingsFile;
  const faults = taken({ keys, mouse, windows });
  return faults.length > 0 ? { faults } : { keys, mouse, windows };
}

export function write({ keys, mouse, windows }: Settings): string {
  return JSON.stringify({ version: 1, keys, mouse, windows } satisfies SettingsFile, undefined, 2);
}
