/** Who is signed in, and the door: `/api/info` and `/api/session`. */
import { ApiError, request } from './http';

export interface Info {
  readonly version: string;
  /** The server runs for development: nobody signs in. */
  readonly dev: boolean;
  readonly user: string | undefined;
  /** What the person does, as `radiologist`. */
  readonly roles: readonly string[];
  /** People of other institutions than the archive's own sign in here too. */
  readonly institutions: boolean;
  /** Providers by which people sign in, beside name and password. */
  readonly providers: readonly Provider[];
  /** Where studies can be sent to by DICOM. */
  readonly dicom: DicomDoor | undefined;
}

/** An OpenID provider. */
export interface Provider {
  readonly id: string;
  readonly label: string;
}

export interface DicomDoor {
  readonly title: string;
  readonly port: number;
}

const nobody = { user: undefined, roles: [], institutions: false, providers: [], dicom: undefined };

/** A server without `/api/info` (any DICOMweb archive) is taken as open. */
export async function info(): Promise<Info> {
  try {
    const answer = (await (await request('/api/info')).json()) as Record<string, unknown>;
    return {
      version: typeof answer['version'] === 'string' ? answer['version'] : '',
      dev: answer['dev'] === true,
      user: userName(answer['user']),
      roles: Array.isArray(answer['roles']) ? answer['roles'].map(String) : [],
      institutions: answer['institutions'] === true,
      providers: Array.isArray(answer['openid']) ? answer['openid'].flatMap(provider) : [],
      dicom: dicomDoor(answer['dicom']),
    };
  } catch (cause) {
    if (cause instanceof ApiError && cause.failure === 'absent') return { version: '', dev: true, ...nobody };
    if (cause instanceof ApiError && cause.failure === 'signed-out') return { version: '', dev: false, ...nobody };
    throw cause;
  }
}

function provider(value: unknown): Provider[] {
  const { id, label } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && typeof label === 'string' ? [{ id, label }] : [];
}

/** Where a provider's button leads; from there the browser comes back to `to`, a path of this site. */
export function providerDoor(id: string, to: string): string {
  return `/api/session/openid/${encodeURIComponent(id)}?to=${encodeURIComponent(to)}`;
}

function dicomDoor(value: unknown): DicomDoor | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { ae_title: title, port } = value as Record<string, unknown>;
  return typeof title === 'string' && typeof port === 'number' ? { title, port } : undefined;
}

function userName(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'object' && value !== null) return userName((value as Record<string, unknown>)['name']);
  return undefined;
}

export interface Credentials {
  readonly user: string;
  /** The id of the institution whose account it is; the archive's own if none is given. */
  readonly institution?: string;
  readonly password: string;
  /** What the authenticator app shows. */
  readonly code?: string;
  readonly newPassword?: string;
}

/** Opens a session; the cookie is HttpOnly, so nothing is kept by the page. */
export async function signIn({ user, institution, password, code, newPassword }: Credentials): Promise<void> {
  await request('/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, password, ...(institution ? { institution } : {}), ...(code ? { code } : {}), ...(newPassword ? { new_password: newPassword } : {}) }),
  });
}

export async function signOut(): Promise<void> {
  await request('/api/session', { method: 'DELETE' });
}
