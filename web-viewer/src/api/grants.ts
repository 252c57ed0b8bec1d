/** On what another institution's studies are seen: `/api/emergencies`, `/api/studies`, and the review of emergencies. */
import { request } from './http';

export interface PatientIdentity {
  readonly issuer: string;
  readonly id: string;
}

export type Basis = 'consent' | 'encounter' | 'referral' | 'consult' | 'emergency';

/** What lets somebody see, as far as a review asks. */
export interface Grant {
  readonly grant: string;
  readonly reader: string;
  readonly account: string | null;
  readonly patients: readonly PatientIdentity[];
  readonly evidence: string;
  readonly recorded: string;
}

export const reasons = ['unconscious', 'life_threatening', 'no_contact', 'other'] as const;
export type Reason = (typeof reasons)[number];

export type Outcome = 'justified' | 'violation';

export interface Emergency {
  readonly grant: Grant;
  readonly reason: Reason;
  readonly review_due: string;
  readonly studies_seen: number;
  readonly review: { readonly outcome: Outcome; readonly note: string; readonly at: string; readonly by: string } | null;
}

/** Why a study may be seen; of an own one there is no basis. */
export interface Why {
  readonly holder: string;
  readonly holder_name: string;
  readonly own: boolean;
  readonly basis: Basis | null;
  readonly until: string | null;
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  return request(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

/** Has the account that is signed in, and nobody else, see what others hold of a patient. */
export async function breakGlass(patient: PatientIdentity, reason: Reason, text: string): Promise<void> {
  await send('POST', '/api/emergencies', { patients: [patient], reason, text });
}

/** Why a study may be seen. */
export async function why(study: string, signal?: AbortSignal): Promise<Why> {
  return (await (await request(`/api/studies/${study}/basis`, signal ? { signal } : {})).json()) as Why;
}

/** Emergencies that concern the own institution, the latest first; `before`: only those before that grant. */
export async function emergencies(before?: string): Promise<Emergency[]> {
  const query = before === undefined ? '' : `?before=${before}`;
  return (await (await request(`/api/admin/emergencies${query}`)).json()) as Emergency[];
}

/** Writes down what a review found. */
export async function review(grant: string, outcome: Outcome, note: string): Promise<void> {
  await send('PUT', `/api/admin/emergencies/${grant}/review`, { outcome, note });
}
