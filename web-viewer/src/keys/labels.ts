/** What the actions of each table are called. */
import type { Key } from '../i18n/index.svelte';
import type { Scope } from './scopes';

const begins: Readonly<Record<Scope, string>> = { viewer: 'tool.', volume: 'volume.tool.', worklist: 'worklist.does.' };

/** The text of an action; a unit spec holds that every action has one. */
export function labelOf(scope: Scope, action: string): Key {
  return (begins[scope] + action) as Key;
}
