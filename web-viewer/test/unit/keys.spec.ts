import { describe, expect, it } from 'vitest';
import { actionFor, keyLabel, presetFor, viewerKeys, worklistKeys } from '../../src/keys/shortcuts';

function press(key: string, more: KeyboardEventInit = {}, target: EventTarget = document.body): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, ...more });
  target.dispatchEvent(event);
  return event;
}

describe('shortcuts', () => {
  it('knows arrows, letters in either case, and the search key', () => {
    expect(actionFor(viewerKeys, press('ArrowDown'))).toBe('next');
    expect(actionFor(viewerKeys, press('I'))).toBe('invert');
    expect(actionFor(viewerKeys, press('0'))).toBe('volume');
    expect(actionFor(worklistKeys, press('/'))).toBe('search');
  });

  it('leaves the keys of the browser alone', () => {
    expect(actionFor(viewerKeys, press('r', { ctrlKey: true }))).toBeUndefined();
    expect(actionFor(viewerKeys, press('w', { metaKey: true }))).toBeUndefined();
  });

  it('does nothing while somebody types', () => {
    const input = document.createElement('input');
    document.body.append(input);
    expect(actionFor(worklistKeys, press('j', {}, input))).toBeUndefined();
    expect(presetFor(press('1', {}, input), ['1'])).toBeUndefined();
  });

  it('finds which of some keys is meant', () => {
    expect(presetFor(press('2'), ['1', '2'])).toBe(1);
    expect(presetFor(press('0'), ['1', undefined])).toBeUndefined();
  });

  it('names keys as they stand on the keyboard', () => {
    expect(keyLabel(viewerKeys, 'cine')).toBe('Space');
    expect(keyLabel(viewerKeys, 'window')).toBe('W');
  });
});
