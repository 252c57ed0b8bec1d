/** Keyboard shortcuts: which key does what, once, for the handlers and for the help page. */
import { chordLabel, chordOf } from './chord';
import { tableInForce, type Table } from './in-force.svelte';
import type { Tool } from './tools';

export type WorklistAction =
  | 'up' | 'down' | 'first' | 'last' | 'pageUp' | 'pageDown' | 'open' | 'search' | 'filters' | 'fresh' | 'patient' | 'upload' | 'refresh' | 'settings' | 'help';

export type ViewerAction =
  | Tool
  | 'previous' | 'next' | 'back10' | 'on10' | 'first' | 'last' | 'previousSeries' | 'nextSeries' | 'nextPane' | 'alone' | 'link'
  | 'invert' | 'flip' | 'rotate' | 'fit' | 'reset' | 'cine' | 'overlay' | 'series' | 'remove' | 'measurements' | 'segments' | 'tags' | 'star'
  | 'lines' | 'fusion' | 'volume' | 'fullScreen' | 'second' | 'protocol' | 'nextProtocol' | 'previousProtocol' | 'undo' | 'redo' | 'settings' | 'help' | 'close';

/** Key, as `chordOf` names it → action, as long as nobody changed it. The first key of an action is the one that is shown. */
export const worklistKeys: Readonly<Record<string, WorklistAction>> = {
  arrowup: 'up', arrowdown: 'down', k: 'up', j: 'down', home: 'first', end: 'last', pageup: 'pageUp', pagedown: 'pageDown',
  enter: 'open', '/': 'search', f: 'filters', n: 'fresh', p: 'patient', u: 'upload', r: 'refresh', 'ctrl+,': 'settings', '?': 'help',
};

export const viewerKeys: Readonly<Record<string, ViewerAction>> = {
  arrowup: 'previous', arrowdown: 'next', pageup: 'back10', pagedown: 'on10', home: 'first', end: 'last',
  arrowleft: 'previousSeries', arrowright: 'nextSeries', n: 'nextPane', enter: 'alone', x: 'link',
  m: 'magnify', l: 'length', d: 'bidirectional', a: 'angle', c: 'cobb', e: 'ellipse', q: 'rectangle', g: 'circle', y: 'freehand',
  u: 'probe', v: 'arrow', k: 'label', backspace: 'eraser', delete: 'remove',
  w: 'window', p: 'pan', z: 'zoom', s: 'scroll', i: 'invert', h: 'flip', t: 'rotate', f: 'fit', r: 'reset', ' ': 'cine',
  o: 'overlay', b: 'series', j: 'measurements', ';': 'segments', '#': 'tags', '*': 'star', '\\': 'protocol', ']': 'nextProtocol', '[': 'previousProtocol',
  ',': 'lines', '=': 'fusion', '0': 'volume', '.': 'fullScreen', '\'': 'second', '?': 'help', escape: 'close',
  'ctrl+z': 'undo', 'ctrl+shift+z': 'redo', 'ctrl+,': 'settings',
};

/** The action of a key press, unless typing is meant. Shift changes nothing where no other action has it. */
export function actionFor<A extends string>(keys: Table<A>, event: KeyboardEvent): A | undefined {
  const chord = chordOf(event);
  if (chord === undefined || isTyping(event.target)) return undefined;
  const table = tableInForce(keys);
  return table[chord] ?? table[chord.replace(/^shift\+/, '')];
}

/** Which of these keys a key press is. */
export function presetFor(event: KeyboardEvent, keys: readonly (string | undefined)[]): number | undefined {
  const chord = chordOf(event);
  const at = chord === undefined || isTyping(event.target) ? -1 : keys.indexOf(chord);
  return at < 0 ? undefined : at;
}

/** What the shortcut of an action is called on screen; nothing, where somebody took it away. */
export function keyLabel<A extends string>(keys: Table<A>, action: A): string {
  const table = tableInForce(keys);
  return chordLabel(Object.keys(table).find((candidate) => table[candidate] === action) ?? '');
}

/** A text with the shortcut of its action, as tooltips show it. */
export function withKey<A extends string>(text: string, keys: Table<A>, action: A): string {
  const label = keyLabel(keys, action);
  return label ? `${text} (${label})` : text;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type)))
  );
}
