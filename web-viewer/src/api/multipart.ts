/** The first part of a multipart/related answer (RFC 2387, PS3.18 §8.6). */

/** The body of the first part; an answer in one part is its own body. */
export function firstPart(contentType: string, body: Uint8Array): Uint8Array {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!contentType.toLowerCase().startsWith('multipart/') || boundary === undefined) return body;
  const delimiter = ascii(`--${boundary}`);
  const start = find(body, delimiter, 0);
  const head = start < 0 ? -1 : find(body, ascii('\r\n\r\n'), start + delimiter.length);
  if (head < 0) return new Uint8Array();
  const end = find(body, ascii(`\r\n--${boundary}`), head + 4);
  return body.subarray(head + 4, end < 0 ? body.length : end);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0] as number, from); at >= 0; at = bytes.indexOf(wanted[0] as number, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
