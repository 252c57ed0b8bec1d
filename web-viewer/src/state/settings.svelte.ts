/** What a user set: keys, mouse, windows; kept by this browser for each user apart. */
import type { Fault } from '../checks/json';
import { inForce } from '../keys/in-force.svelte';
import { mousePresets, type Bindings } from '../keys/mouse';
import { changed, given, scopeNames, scopes, withKeys, withoutChange, type KeyChanges, type Scope } from '../keys/scopes';
import type { OwnWindows } from '../dicom/own-windows';
import { actionWith, read, write, type Settings } from '../settings/validate';

const untouched: Settings = { keys: {}, mouse: mousePresets.own, windows: {} };

class UserSettings {
  #all = $state.raw<Settings>(untouched);
  #place = '';

  /** Reads what a user set; nobody is a user of their own. What cannot be read is left where it is. */
  open(user: string | undefined): void {
    this.#place = `yingyun.settings.${user ?? ''}`;
    const found = read(localStorage.getItem(this.#place) ?? write(untouched));
    this.#take('faults' in found ? untouched : found);
  }

  /** Another window of this browser wrote at `place`. */
  follow(place: string | null, user: string | undefined): void {
    if (place === this.#place) this.open(user);
  }

  get keys(): KeyChanges {
    return this.#all.keys;
  }

  get mouse(): Bindings {
    return this.#all.mouse;
  }

  get windows(): OwnWindows {
    return this.#all.windows;
  }

  /** Gives a key to an action, in the place of `before` if that is told. Whoever had it loses it. */
  giveKey(scope: Scope, action: string, key: string, before?: string): void {
    this.#change(given(this.keys, scope, action, key, before));
  }

  takeKey(scope: Scope, action: string, key: string): void {
    const keys = Object.entries(changed(scope, this.keys)).flatMap(([other, owner]) => (owner === action && other !== key ? [other] : []));
    this.#change(withKeys(this.keys, scope, action, keys));
  }

  /** One action as at first. */
  resetKey(scope: Scope, action: string): void {
    this.#change(withoutChange(this.keys, scope, action));
  }

  /** All keys as at first. */
  resetKeys(): void {
    this.#change(untouched.keys);
  }

  bind(mouse: Bindings): void {
    this.#keep({ ...this.#all, mouse });
  }

  setWindows(windows: OwnWindows): void {
    this.#keep({ ...this.#all, windows });
  }

  /** Takes the settings of a file, in the place of all. Answers what is wrong with it. */
  take(json: string): readonly Fault[] {
    const found = read(json);
    if ('faults' in found) return found.faults;
    this.#keep(found);
    return [];
  }

  get file(): string {
    return write(this.#all);
  }

  /** A window loses the key that an action has now. */
  #change(keys: KeyChanges): void {
    const windows = Object.entries(this.windows).map(([modality, list]) => [modality, list.map((window) => (window.key !== undefined && actionWith(keys, window.key) !== undefined ? { ...window, key: undefined } : window))]);
    this.#keep({ ...this.#all, keys, windows: Object.fromEntries(windows) });
  }

  #keep(next: Settings): void {
    this.#take(next);
    localStorage.setItem(this.#place, write(next));
  }

  #take(next: Settings): void {
    this.#all = next;
    inForce.tables = new Map(scopeNames.map((scope) => [scopes[scope], changed(scope, next.keys)]));
  }
}

export const settings = new UserSettings();
