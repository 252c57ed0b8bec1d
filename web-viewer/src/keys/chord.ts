/** What a key press is called: `ctrl+`, `alt+`, `shift+` and `KeyboardEvent.key` in lower case. */

/** Keys that only change others, or that are the browser's way from field to field. */
const noKeys: readonly string[] = ['control', 'shift', 'alt', 'meta', 'altgraph', 'capslock', 'numlock', 'fn', 'dead', 'process', 'unidentified', 'tab', ''];

const isLetter = (key: string): boolean => key.length === 1 && key.toLowerCase() !== key.toUpperCase();

/** Shift is told of letters and of keys with a name: of others it is in the character. Meta is Ctrl on another keyboard. */
export function chordOf(event: KeyboardEvent): string | undefined {
  const key = event.key.toLowerCase();
  if (event.isComposing || noKeys.includes(key)) return undefined;
  // AltGr is how some keyboards write a character, and comes as Ctrl and Alt.
  const plain = event.getModifierState('AltGraph');
  const ctrl = !plain && (event.ctrlKey || event.metaKey) ? 'ctrl+' : '';
  const alt = !plain && event.altKey ? 'alt+' : '';
  const shift = event.shiftKey && (key.length > 1 || isLetter(key)) ? 'shift+' : '';
  return ctrl + alt + shift + key;
}

/** The keys that are held, and the key itself. */
function parted(chord: string): readonly [string[], string] {
  const [, held = '', key = ''] = /^((?:ctrl\+)?(?:alt\+)?(?:shift\+)?)(.*)$/su.exec(chord) ?? [];
  return [held.split('+').filter(Boolean), key];
}

/** Whether a text from outside is the name of a key press. */
export function isChord(text: string): boolean {
  const [, key] = parted(text);
  return text === text.toLowerCase() && !noKeys.includes(key) && /^([^\p{C}]|[a-z][a-z0-9]{1,19})$/u.test(key);
}

const names: Readonly<Record<string, string>> = {
  arrowup: '↑', arrowdown: '↓', arrowleft: '←', arrowright: '→', pageup: 'PgUp', pagedown: 'PgDn', home: 'Home', end: 'End',
  backspace: '⌫', delete: 'Del', insert: 'Ins', ' ': 'Space', escape: 'Esc', enter: 'Enter', ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift',
};

/** As it stands on the keyboard: `ctrl+z` is Ctrl+Z. */
export function chordLabel(chord: string): string {
  const [held, key] = parted(chord);
  return [...held, key].map((part) => names[part] ?? part.toUpperCase()).join('+');
}
