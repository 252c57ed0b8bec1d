/** New UIDs: `2.25.` and a random number of 128 bits (PS3.5 B.2). */

/** Works without a secure context too, where `crypto.randomUUID` is not there. */
export function newUid(): string {
  const hex = crypto.getRandomValues(new Uint32Array(4)).reduce((all, word) => all + word.toString(16).padStart(8, '0'), '');
  return `2.25.${BigInt(`0x${hex}`)}`;
}
