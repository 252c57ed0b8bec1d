/** What actions and gestures are called. */
import { t, type Key } from '../i18n/index.svelte';
import { chordLabel } from './chord';
import type { Button, Does, Gesture, Modifier } from './mouse';
import type { Scope } from './scopes';

const begins: Readonly<Record<Scope, string>> = { viewer: 'tool.', volume: 'volume.tool.', worklist: 'worklist.does.' };

/** The text of an action; a unit spec holds that every action has one. */
export function labelOf(scope: Scope, action: string): Key {
  return (begins[scope] + action) as Key;
}

export function doesLabel(does: Does): Key {
  return `tool.${does}`;
}

/** A gesture as help and settings name it: Ctrl + Wheel. */
export function gestureLabel(gesture: Gesture | Modifier): string {
  return gesture.split('+').map((part) => (part === 'ctrl' || part === 'shift' || part === 'alt' ? chordLabel(part) : t(`help.${part as Button}`))).join(' + ');
}
