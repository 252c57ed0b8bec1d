/** Why a file was not stored, by names that the catalogues have texts for. */

export type Reason =
  | 'notDicom' | 'directory' | 'zip' | 'unread'
  | 'resources' | 'mismatch' | 'unreadable' | 'syntax' | 'class' | 'duplicate' | 'invalid' | 'denied' | 'processing'
  | 'tooLarge' | 'offline' | 'busy' | 'unknown';

/** Failure Reason (0008,1197) by PS3.18 Table I.2-2 and PS3.4 Table B.2-1. */
export function reasonOf(code: number): Reason {
  const single: Readonly<Record<number, Reason>> = {
    0x0110: 'processing', 0x0111: 'duplicate', 0x0117: 'invalid', 0x0122: 'class', 0x0124: 'denied', 0xc122: 'syntax',
  };
  const found = single[code];
  if (found) return found;
  switch (code >> 8) {
    case 0xa7: return 'resources';
    case 0xa9: return 'mismatch';
    default: return code >> 12 === 0xc ? 'unreadable' : 'unknown';
  }
}

/** What may go better another time. */
export function mayGoBetter(reason: Reason): boolean {
  return ['resources', 'processing', 'offline', 'busy', 'unknown'].includes(reason);
}
