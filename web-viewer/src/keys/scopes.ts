/** All tables of keys, and what a user changed of them. */
import type { Table } from './in-force.svelte';
import { viewerKeys, worklistKeys } from './shortcuts';
import { volumeKeys } from './volume';

/** Where keys mean something: pages, and the volume mode of one. */
export const scopes = { viewer: viewerKeys, volume: volumeKeys, worklist: worklistKeys } as const satisfies Readonly<Record<string, Table>>;
export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as Scope[];

/** By scope and action: its keys in the place of those of the table; none: it has no key. */
export type KeyChanges = Readonly<Partial<Record<Scope, Readonly<Record<string, readonly string[]>>>>>;

/** Keys that an action may have. */
export const mostKeys = 4;

/** In the order of the table. */
export function actionsOf(scope: Scope): readonly string[] {
  return [...new Set<string>(Object.values(scopes[scope]))];
}

/** A table with the changes of a user; a key that somebody chose is no longer that of another action. */
export function changed(scope: Scope, changes: KeyChanges): Table {
  const own = changes[scope] ?? {};
  const kept = Object.entries<string>(scopes[scope]).filter(([, action]) => !(action in own));
  const chosen = Object.entries(own).flatMap(([action, keys]) => keys.map((key) => [key, action] as const));
  return Object.fromEntries([...kept, ...chosen]);
}

export function keysOf(table: Table, action: string): readonly string[] {
  return Object.keys(table).filter((key) => table[key] === action);
}

/** The changes with other keys for an action; what comes to be as in the table is no change. */
export function withKeys(changes: KeyChanges, scope: Scope, action: string, keys: readonly string[]): KeyChanges {
  const own = Object.fromEntries(Object.entries(changes[scope] ?? {}).filter(([name]) => name !== action));
  const before = keysOf(scopes[scope], action);
  const same = keys.length === before.length && keys.every((key) => before.includes(key));
  const next = same ? own : { ...own, [action]: keys };
  const rest = Object.fromEntries(Object.entries(changes).filter(([name]) => name !== scope)) as KeyChanges;
  return Object.keys(next).length > 0 ? { ...rest, [scope]: next } : rest;
}

/** Gives a key to an action, in the place of `before` if that is told; who had it, loses it. */
export function given(changes: KeyChanges, scope: Scope, action: string, key: string, before?: string): KeyChanges {
  const table = changed(scope, changes);
  const owner = table[key];
  const freed = owner === undefined || owner === action ? changes : withKeys(changes, scope, owner, keysOf(table, owner).filter((other) => other !== key));
  const keys = keysOf(table, action).filter((other) => other !== key || other === before);
  return withKeys(freed, scope, action, before === undefined ? [...keys, key] : keys.map((other) => (other === before ? key : other)));
}

/** An action as in the table again: who has one of its keys by a change, loses it. */
export function withoutChange(changes: KeyChanges, scope: Scope, action: string): KeyChanges {
  const keys = keysOf(scopes[scope], action);
  let next = changes;
  for (const [owner, theirs] of Object.entries(changes[scope] ?? {})) {
    if (owner !== action && theirs.some((key) => keys.includes(key))) next = withKeys(next, scope, owner, theirs.filter((key) => !keys.includes(key)));
  }
  return withKeys(next, scope, action, keys);
}
