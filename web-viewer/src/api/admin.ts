/** What administrators keep: `/api/admin`. */
import { request } from './http';

export interface Account {
  readonly name: string;
  readonly roles: readonly string[];
  readonly locked: boolean;
  readonly must_change_password: boolean;
  readonly second_factor: boolean;
  readonly created: string;
}

/** Told once. */
export interface OneTimePassword {
  readonly name: string;
  readonly one_time_password: string;
}

export interface Token {
  readonly name: string;
  readonly operations: readonly string[];
  readonly created: string;
  readonly expires: string;
}

/** What an administrator did. */
export interface Deed {
  readonly number: number;
  readonly actor: string;
  readonly deed: string;
  readonly subject: string;
  readonly detail: string;
  readonly done: string;
}

/** What is told of an institution. */
export interface Told {
  readonly credit_code: string;
  readonly name: string;
  readonly region: string;
  readonly campus: string;
  readonly level: string;
  readonly ownership: string;
}

export interface Institution extends Omit<Told, 'credit_code'> {
  readonly id: string;
  readonly credit_code: string | null;
  readonly standing: Standing;
}

export type Standing = 'pending' | 'testing' | 'active' | 'suspended' | 'retired';

/** A DICOM application entity of an institution. */
export interface Entity {
  readonly institution: string;
  readonly ae_title: string;
  readonly host: string;
  readonly port: number;
  readonly operations: readonly string[];
}

const root = '/api/admin';

async function read<T>(path: string): Promise<T> {
  return (await (await request(`${root}/${path}`)).json()) as T;
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const json = body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await request(`${root}/${path}`, { method, ...json });
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

const user = (name: string): string => `users/${encodeURIComponent(name)}`;
const institution = (id: string): string => `institutions/${encodeURIComponent(id)}`;

export const accounts = {
  list: () => read<Account[]>('users'),
  make: (name: string, roles: readonly string[]) => send<OneTimePassword>('POST', 'users', { name, roles }),
  setRoles: (name: string, roles: readonly string[]) => send<void>('PUT', `${user(name)}/roles`, { roles }),
  setLocked: (name: string, locked: boolean) => send<void>(locked ? 'PUT' : 'DELETE', `${user(name)}/lock`),
  resetSecondFactor: (name: string) => send<void>('DELETE', `${user(name)}/second-factor`),
  resetPassword: (name: string) => send<OneTimePassword>('POST', `${user(name)}/password`),
};

export const tokens = {
  list: () => read<Token[]>('tokens'),
  issue: (name: string, operations: readonly string[], days: number) => send<{ readonly name: string; readonly token: string }>('POST', 'tokens', { name, operations, days }),
  revoke: (name: string) => send<void>('DELETE', `tokens/${encodeURIComponent(name)}`),
};

/** The latest first; `before`: only those with a lower number. */
export function deeds(limit: number, before?: number): Promise<Deed[]> {
  return read(`deeds?limit=${limit}${before === undefined ? '' : `&before=${before}`}`);
}

export const institutions = {
  list: () => read<Institution[]>('institutions'),
  put: (id: string, told: Told) => send<void>('PUT', institution(id), told),
  setStanding: (id: string, standing: Standing) => send<void>('PUT', `${institution(id)}/standing`, { standing }),
};

export const entities = {
  list: () => read<Entity[]>('entities'),
  put: ({ institution: of, ae_title: title, host, port, operations }: Entity) => send<void>('PUT', entity(of, title), { host, port, operations }),
  remove: ({ institution: of, ae_title: title }: Entity) => send<void>('DELETE', entity(of, title)),
};

function entity(of: string, title: string): string {
  return `entities/${encodeURIComponent(of)}/${encodeURIComponent(title)}`;
}

/** Enters the rows of a CSV table, all or none; how many there were. */
export async function importTable(of: 'institutions' | 'entities', table: Blob): Promise<number> {
  const answer = await request(`${root}/${of}`, { method: 'POST', headers: { 'Content-Type': 'text/csv' }, body: table });
  return ((await answer.json()) as { readonly rows: number }).rows;
}
