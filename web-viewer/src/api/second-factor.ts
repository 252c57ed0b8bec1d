/** An authenticator app beside the password: `/api/session/second-factor`. */
import { request } from './http';

const path = '/api/session/second-factor';

/** Whether sign-in asks for a code. */
export async function isConfirmed(): Promise<boolean> {
  return ((await (await request(path)).json()) as { readonly confirmed: boolean }).confirmed;
}

/** What the app is given, told once. */
export interface Offer {
  /** Base32, to be typed in. */
  readonly secret: string;
  /** The same for a picture that apps read. */
  readonly uri: string;
}

export async function begin(password: string): Promise<Offer> {
  return (await (await send('POST', { password })).json()) as Offer;
}

/** The app shows its first code: from now on sign-in asks for one. */
export async function confirm(code: string): Promise<void> {
  await send('PUT', { code });
}

export async function remove(password: string, code: string): Promise<void> {
  await send('DELETE', { password, code });
}

function send(method: string, body: unknown): Promise<Response> {
  return request(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}
