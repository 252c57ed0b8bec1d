/** Keyboard shortcuts: which key does what, once, for the handlers and for the help page. */
import type { Tool } from './tools';

export type WorklistAction =
  | 'up' | 'down' | 'first' | 'last' | 'pageUp' | 'pageDown' | 'open' | 'search' | 'filters' | 'fresh' | 'patient' | 'upload' | 'refresh' | 'help';

export type ViewerAction =
  | Tool
  | 'previous' | 'next' | 'back10' | 'on10' | 'first' | 'last' | 'previousSeries' | 'nextSeries' | 'nextPane' | 'alone' | 'link'
  | 'invert' | 'flip' | 'rotate' | 'fit' | 'reset' | 'cine' | 'overlay' | 'series' | 'remove' | 'measurements' | 'segments' | 'tags' | 'star'
  | 'lines' | 'fusion' | 'volume' | 'fullScreen' | 'second' | 'protocol' | 'nextProtocol' | 'previousProtocol' | 'help' | 'close';

/** `KeyboardEvent.key` in lower case → action. */
export const worklistKeys: Readonly<Record<string, WorklistAction>> = {
  arrowup: 'up', arrowdown: 'down', k: 'up', j: 'down', home: 'first', end: 'last', pageup: 'pageUp', pagedown: 'pageDown',
  enter: 'open', '/': 'search', f: 'filters', n: 'fresh', p: 'patient', u: 'upload', r: 'refresh', '?': 'help',
};

export const viewerKeys: Readonly<Record<string, ViewerAction>> = {
  arrowup: 'previous', arrowdown: 'next', pageup: 'back10', pagedown: 'on10', home: 'first', end: 'last',
  arrowleft: 'previousSeries', arrowright: 'nextSeries', n: 'nextPane', enter: 'alone', x: 'link',
  m: 'magnify', l: 'length', d: 'bidirectional', a: 'angle', c: 'cobb', e: 'ellipse', q: 'rectangle', g: 'circle', y: 'freehand',
  u: 'probe', v: 'arrow', k: 'label', backspace: 'eraser', delete: 'remove',
  w: 'window', p: 'pan', z: 'zoom', s: 'scroll', i: 'invert', h: 'flip', t: 'rotate', f: 'fit', r: 'reset', ' ': 'cine',
  o: 'overlay', b: 'series', j: 'measurements', ';': 'segments', '#': 'tags', '*': 'star', '\\': 'protocol', ']': 'nextProtocol', '[': 'previousProtocol',
  ',': 'lines', '=': 'fusion', '0': 'volume', '.': 'fullScreen', '\'': 'second', '?': 'help', escape: 'close',
};

/** The action of a key press, unless the browser's own (Ctrl, Alt, Meta) or typing is meant. */
export function actionFor<A>(keys: Readonly<Record<string, A>>, event: KeyboardEvent): A | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target)) return undefined;
  return keys[event.key.toLowerCase()];
}

/** 0-based preset of a digit key 1…9. */
export function presetFor(event: KeyboardEvent): number | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return undefined;
  return /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : undefined;
}

/** What a shortcut is called on screen. */
export function keyLabel<A>(keys: Readonly<Record<string, A>>, action: A): string {
  const key = Object.keys(keys).find((candidate) => keys[candidate] === action) ?? '';
  return labels[key] ?? key.toUpperCase();
}

const labels: Readonly<Record<string, string>> = {
  arrowup: '↑', arrowdown: '↓', arrowleft: '←', arrowright: '→', pageup: 'PgUp', pagedown: 'PgDn', home: 'Home', end: 'End',
  backspace: '⌫', delete: 'Del', ' ': 'Space', escape: 'Esc', enter: 'Enter',
};

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type)))
  );
}
