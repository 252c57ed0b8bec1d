/** Every kind of request that OHIF makes, and what the standard answers: a change in its habits shows here. */
import { expect } from 'vitest';
import type { Exchange } from './watch';

interface Kind {
  readonly method: string;
  readonly shape: RegExp;
  readonly accept: RegExp;
  /** Media type of the answer with a body. */
  readonly type: RegExp;
}

const json = /^application\/dicom\+json/;
const instance = String.raw`/studies/\{uid\}/series/\{uid\}/instances/\{uid\}`;

export const kinds: readonly Kind[] = [
  // Search for studies and series (PS3.18 §10.6).
  { method: 'GET', shape: /^\/studies\?/, accept: json, type: json },
  { method: 'GET', shape: /^\/studies\/\{uid\}\/series\?/, accept: json, type: json },
  // Metadata (§10.4.1.1.2).
  { method: 'GET', shape: /^\/studies\/\{uid\}\/series\/\{uid\}\/metadata$/, accept: json, type: json },
  // Frames in any transfer syntax (§10.4.1.1.6).
  {
    method: 'GET', shape: new RegExp(`^${instance}/frames/\\{n\\}$`), accept: /^multipart\/related; type="application\/octet-stream"; transfer-syntax="\*"$/,
    type: /^multipart\/related; type="application\/octet-stream"/,
  },
  // A SEG whole (§10.4.1.1.1).
  { method: 'GET', shape: new RegExp(`^${instance}$`), accept: /^multipart\/related; type="application\/dicom"/, type: /^multipart\/related; type="application\/dicom"/ },
  // Waveforms, one part (§10.4.1.1.5).
  { method: 'GET', shape: /\/bulkdata\/\{tag\}$/, accept: /^application\/octet-stream$/, type: /^application\/octet-stream$/ },
  // A PDF and what is long in a SEG, of any type (§10.4.1.1.5).
  { method: 'GET', shape: /\/bulkdata\/\{tag\}$/, accept: /^(\*\/\*)?$/, type: /^multipart\/related/ },
  // Store (§10.5).
  { method: 'POST', shape: /^\/studies$/, accept: /^(\*\/\*)?$/, type: json },
];

/** Each exchange is of a known kind and is answered with 200 and what was asked, or 204 for a search without a match. */
export function expectKnown(exchanges: readonly Exchange[]): void {
  const strange = exchanges.filter(({ method }) => method !== 'OPTIONS').filter((exchange) => {
    const matches = kinds.filter((kind) => kind.method === exchange.method && kind.shape.test(exchange.shape) && kind.accept.test(exchange.accept));
    const nothing = exchange.status === 204 && exchange.shape.includes('?');
    return !matches.some((kind) => nothing || (exchange.status === 200 && kind.type.test(exchange.type)));
  });
  expect(strange.map(({ method, shape, accept, status, type }) => `${method} ${shape} | ${accept} -> ${status} ${type}`)).toEqual([]);
}
