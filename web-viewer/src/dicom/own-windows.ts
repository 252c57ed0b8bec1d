/** Windows that a user made, by modality: in the place of the fixed ones, where the modality has such. */
import type { Window } from './windows';

export interface OwnWindow extends Window {
  /** One of the names of the fixed windows is told in the language in force. */
  readonly name: string;
  /** What takes it, as `chordOf` names it. */
  readonly key?: string | undefined;
}

/** By Modality (0008,0060); of PT in SUV. */
export type OwnWindows = Readonly<Record<string, readonly OwnWindow[]>>;

/** What one browser keeps for a user. */
export const limits = { modalities: 24, windows: 24, name: 40, center: 100_000, width: 200_000, least: 0.001 } as const;
