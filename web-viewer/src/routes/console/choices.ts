/** What is chosen from in the console's forms. */
import { t, type Key } from '../../i18n/index.svelte';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

const working = ['physician', 'radiologist', 'technologist', 'archivist', 'quality_officer'];
const administrators = ['system_administrator', 'security_administrator', 'audit_administrator'];
const operations = ['store', 'query', 'retrieve', 'delete', 'worklist', 'schedule', 'encounter', 'consent', 'refer'];

export function roleChoices(): Choice[] {
  return [...working, ...administrators].map((value) => ({ value, label: roleName(value) }));
}

export function roleName(role: string): string {
  return t(`role.${role}` as Key);
}

/** An administrator's role stands alone: the one that was chosen last counts. */
export function alone(before: readonly string[], chosen: readonly string[]): readonly string[] {
  const added = chosen.find((role) => !before.includes(role));
  if (added === undefined) return chosen;
  return administrators.includes(added) ? [added] : chosen.filter((role) => !administrators.includes(role));
}

export function operationChoices(): Choice[] {
  return operations.map((value) => ({ value, label: operationName(value) }));
}

export function operationName(operation: string): string {
  return t(`operation.${operation}` as Key);
}
