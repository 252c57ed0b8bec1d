import { beforeEach, describe, expect, it } from 'vitest';
import { fixedWindows, keyed, presets, type Preset } from '../../src/dicom/windows';
import { en as enFirst } from '../../src/i18n/en';
import { enReading } from '../../src/i18n/en-reading';
import { chordLabel, chordOf, isChord } from '../../src/keys/chord';
import { labelOf } from '../../src/keys/labels';
import { mousePresets, pressAction, Turns, wheelAction, type Bindings } from '../../src/keys/mouse';
import { actionFor, keyLabel, viewerKeys, withKey } from '../../src/keys/shortcuts';
import { actionsOf, changed, given, keysOf, scopeNames, scopes, withoutChange } from '../../src/keys/scopes';
import { read } from '../../src/settings/validate';
import { settings } from '../../src/state/settings.svelte';

const en = { ...enFirst, ...enReading };

/** happy-dom takes Alt for AltGr. */
const press = (key: string, more: KeyboardEventInit = {}): KeyboardEvent => Object.assign(new KeyboardEvent('keydown', { key, ...more }), { getModifierState: () => more.modifierAltGraph === true });
const faults = (file: object): string[] => {
  const found = read(JSON.stringify({ version: 1, keys: {}, mouse: {}, windows: {}, ...file }));
  return 'faults' in found ? found.faults.map(({ path, problem, allowed }) => [path, problem, allowed].filter(Boolean).join(' ')) : [];
};

beforeEach(() => {
  localStorage.clear();
  settings.open('lin');
});

describe('the tables of keys', () => {
  it('name every action, and give every action a key', () => {
    for (const scope of scopeNames) {
      for (const action of actionsOf(scope)) expect(en, `${scope}.${action}`).toHaveProperty([labelOf(scope, action)]);
    }
    expect(Object.keys(scopes.viewer).filter((key) => !isChord(key))).toEqual([]);
  });

  it('tell the help and the full screen in the volume mode too', () => {
    expect(keysOf(scopes.volume, 'help')).toEqual(['?']);
    expect(keysOf(scopes.volume, 'fullScreen')).toEqual(['.']);
  });
});

describe('a key press', () => {
  it('is named with the keys that are held, Shift only where the character does not tell it', () => {
    expect(chordOf(press('K', { shiftKey: true }))).toBe('shift+k');
    expect(chordOf(press('?', { shiftKey: true }))).toBe('?');
    expect(chordOf(press('ArrowUp', { altKey: true, shiftKey: true }))).toBe('alt+shift+arrowup');
    expect(chordOf(press('z', { metaKey: true }))).toBe('ctrl+z');
    expect(chordOf(press('\\', { ctrlKey: true, altKey: true, modifierAltGraph: true }))).toBe('\\');
    expect(chordOf(press('Control', { ctrlKey: true }))).toBeUndefined();
    expect(chordOf(press('Tab'))).toBeUndefined();
  });

  it('is shown as it stands on the keyboard', () => {
    expect(['ctrl+shift+z', ' ', '+', 'ctrl++', 'alt+pagedown'].map(chordLabel)).toEqual(['Ctrl+Shift+Z', 'Space', '+', 'Ctrl++', 'Alt+PgDn']);
  });
});

describe('changed keys', () => {
  it('take the key from who had it, and leave the others of that action', () => {
    const changes = given({}, 'worklist', 'refresh', 'k', 'r');
    const table = changed('worklist', changes);
    expect([table['k'], table['r'], keysOf(table, 'up')]).toEqual(['refresh', undefined, ['arrowup']]);
    expect(changed('worklist', withoutChange(changes, 'worklist', 'up'))['k']).toBe('up');
  });

  it('are no change when they are as at first', () => {
    const changes = given(given({}, 'viewer', 'zoom', 'alt+z', 'z'), 'viewer', 'zoom', 'z', 'alt+z');
    expect(changes).toEqual({});
  });

  it('are in force at once, for presses and for labels, and after a reload for their user alone', () => {
    settings.giveKey('viewer', 'invert', 'y', 'i');
    for (const user of ['lin', 'wang', 'lin']) {
      settings.open(user);
      const isOwn = user === 'lin';
      expect(actionFor(viewerKeys, press('y')), user).toBe(isOwn ? 'invert' : 'freehand');
      expect(actionFor(viewerKeys, press('i')), user).toBe(isOwn ? undefined : 'invert');
      expect(keyLabel(viewerKeys, 'invert'), user).toBe(isOwn ? 'Y' : 'I');
      expect(withKey('Freehand', viewerKeys, 'freehand'), user).toBe(isOwn ? 'Freehand' : 'Freehand (Y)');
    }
    localStorage.removeItem('yingyun.settings.lin');
    settings.follow('yingyun.settings.wang', 'lin');
    expect(actionFor(viewerKeys, press('y'))).toBe('invert');
    // Another window wrote.
    settings.follow('yingyun.settings.lin', 'lin');
    expect(actionFor(viewerKeys, press('y'))).toBe('freehand');
  });
});

describe('a file of settings', () => {
  it('is refused with the place of every fault', () => {
    expect(faults({ keys: { viewer: { fly: ['k'] } } })[0]).toContain('keys.viewer.fly unknown');
    expect(faults({ keys: { viewer: { zoom: 'k' }, volume: { pan: ['tab', 'Q', 'ctrl+q'] } } })).toEqual(['keys.viewer.zoom list 0 … 4', 'keys.volume.pan[0] key', 'keys.volume.pan[1] key']);
    expect(faults({ version: 2 })).toEqual(['version choice 1']);
    expect(read('{')).toEqual({ faults: [{ path: '', problem: 'json', allowed: '' }] });
  });

  it('is refused when two actions would have a key', () => {
    expect(faults({ keys: { viewer: { zoom: ['k'], pan: ['x', 'k'] } } })).toEqual(['keys.viewer.pan[1] taken zoom']);
    expect(faults({ keys: { viewer: { zoom: ['3'] }, worklist: { up: ['3'] } } })).toEqual(['keys.viewer.zoom[0] taken windows']);
    expect(faults({ keys: { viewer: { zoom: ['k'] }, volume: { pan: ['k'] } } })).toEqual([]);
  });

  it('is what was given out, and nothing of a refused one is taken', () => {
    settings.giveKey('viewer', 'invert', 'y', 'i');
    const { file } = settings;
    settings.resetKeys();
    expect(settings.take('{"version":1,"keys":{"viewer":{"invert":["y"],"zoom":["y"]}},"mouse":{},"windows":{}}').length).toBe(1);
    expect(keyLabel(viewerKeys, 'invert')).toBe('I');
    expect(settings.take(file)).toEqual([]);
    expect(keyLabel(viewerKeys, 'invert')).toBe('Y');
  });
});

describe('the mouse', () => {
  const at = (button: number, held: MouseEventInit = {}): MouseEvent => new MouseEvent('mousedown', { button, ...held });
  const wheel = (deltaY: number, more: WheelEventInit = {}): WheelEvent => Object.assign(new WheelEvent('wheel', { deltaY, ...more }), { shiftKey: more.shiftKey ?? false, ctrlKey: more.ctrlKey ?? false });

  it('does at a press what was bound to that button and the one key that is held', () => {
    const bindings: Bindings = { left: 'window', right: 'reset', 'ctrl+right': 'invert', 'alt+middle': 'pan' };
    expect(pressAction(bindings, at(2))).toBe('reset');
    expect(pressAction(bindings, at(2, { ctrlKey: true }))).toBe('invert');
    expect(pressAction(bindings, at(2, { ctrlKey: true, shiftKey: true }))).toBeUndefined();
    // Tools are the engine's.
    expect(pressAction(bindings, at(1, { altKey: true }))).toBeUndefined();
  });

  it('leaves to the engine what it can: the plain wheel, and zoom', () => {
    expect(wheelAction(mousePresets.own, wheel(100))).toBeUndefined();
    expect(wheelAction(mousePresets.own, wheel(100, { ctrlKey: true }))).toBeUndefined();
    expect(wheelAction(mousePresets.own, wheel(0, { deltaX: 100, shiftKey: true }))).toBe('tenImages');
  });

  it('turns notch by notch, however small the steps', () => {
    const turns = new Turns();
    expect([60, 60, -20, -100].map((delta) => turns.add(wheel(delta)))).toEqual([0, 1, 0, -1]);
    expect(new Turns().add(wheel(3, { deltaMode: 1 }))).toBe(1);
  });

  it('has no binding that cannot be chosen, and a file that has is refused', () => {
    for (const preset of Object.values(mousePresets)) expect(faults({ mouse: preset })).toEqual([]);
    expect(faults({ mouse: { 'shift+wheel': 'zoom', left: 'reset', 'shift+ctrl+left': 'pan' } }).map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual(['mouse.shift+ctrl+left unknown', 'mouse.left choice', 'mouse.shift+wheel choice']);
  });
});

describe('windows of a user', () => {
  const own = [{ name: 'Stroke', center: 35, width: 35, key: 'alt+s' }, { name: 'lung', center: -500, width: 1400, key: '3' }, { name: 'Nameless key', center: 1, width: 2 }];
  const told = (list: readonly Preset[]): unknown[] => list.map(({ name, label, key, window }) => [label ?? name, key, window.center, window.width]);

  it('stand in the place of the fixed ones of CT, with their own keys', () => {
    expect(told(keyed(presets('CT', {}, [-1000, 3000], undefined, own)))).toEqual([
      ['full', '1', 1000.5, 4001], ['Stroke', 'alt+s', 35, 35], ['lung', '3', -500, 1400], ['Nameless key', undefined, 1, 2],
    ]);
  });

  it('come after those that are made from the image, and take a digit from them', () => {
    expect(told(keyed(presets('MR', {}, [0, 999], undefined, own.slice(1, 2))))).toEqual([
      ['full', '1', 500, 1000], ['narrow', '2', 500, 600], ['wide', undefined, 500, 1600], ['lung', '3', -500, 1400],
    ]);
  });

  it('are in SUV for PET: where there is none they are not offered', () => {
    expect(told(presets('PT', {}, [0, 12], 0.001, own.slice(0, 1)))[0]).toEqual(['Stroke', 'alt+s', 35, 35]);
    expect(presets('PT', {}, [0, 12], undefined, own).some(({ isOwn }) => isOwn)).toBe(false);
  });

  it('begin as the fixed ones on their keys', () => {
    for (const modality of ['CT', 'PT']) {
      const suv = modality === 'PT' ? 1 : undefined;
      const [as, before] = [presets(modality, {}, [0, 9], suv, fixedWindows(modality)), presets(modality, {}, [0, 9], suv)].map((list) => told(keyed(list)));
      expect(as, modality).toEqual(before);
    }
    expect(fixedWindows('MR')).toEqual([]);
  });

  it('are refused with the place of every fault, and with the key of another window or of an action', () => {
    const windows = { CT: [{ name: '', center: 'x', width: 0 }, { name: 'a', center: 0, width: 1, key: 'Tab' }], ct: [] };
    expect(faults({ windows }).map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual(['windows.ct unknown', 'windows.CT[0].name text', 'windows.CT[0].center number', 'windows.CT[0].width number', 'windows.CT[1].key key']);
    const of = (key: string): object => ({ name: 'a', center: 0, width: 1, key });
    expect(faults({ windows: { CT: [of('2'), of('2')], MR: [of('2'), of('z')] } })).toEqual(['windows.CT[1].key taken a', 'windows.MR[1].key taken zoom']);
  });

  it('lose the key that an action is given', () => {
    settings.setWindows({ MR: [{ name: 'a', center: 0, width: 1, key: 'alt+s' }] });
    settings.giveKey('viewer', 'zoom', 'alt+s', 'z');
    expect(settings.windows['MR']?.[0]?.key).toBeUndefined();
    expect(faults(JSON.parse(settings.file) as object)).toEqual([]);
  });
});
