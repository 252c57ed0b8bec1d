/** A protocol from what stands: for each viewport the choices that would bring it there again. */
import type { Series } from '../dicom/study';
import type { NamedWindow, Pick, Stance, Viewport } from './protocol';
import type { Shot } from './shots';

/** What stands in a viewport. */
export interface Standing {
  /** 0: the study that is read; n: its n-th prior. */
  readonly study: number;
  readonly series: Series;
  readonly shot: Shot | undefined;
  readonly stance: Stance | undefined;
  readonly isLinked: boolean;
  readonly isPlaying: boolean;
  readonly window: NamedWindow | undefined;
}

/** Descriptions hold `|`, `*` and a first `!` as what they are for patterns. */
export function asPattern(description: string): string {
  return description.replace(/[|*]+/g, ' ').replace(/^!+/, '').trim();
}

export function derived({ study, series, shot, stance, isLinked, isPlaying, window }: Standing): Viewport {
  const pick: Pick = {
    modality: series.modality || undefined,
    description: asPattern(series.description) || undefined,
    plane: shot?.plane,
    view: shot?.view || undefined,
    laterality: shot?.side,
  };
  return lean({
    study: study || undefined,
    series: choices(pick),
    window,
    scale: stance?.scale === undefined ? undefined : 'equal',
    align: stance?.align,
    flip: stance?.align ? 'chestWall' : stance?.flip ? 'horizontal' : undefined,
    link: isLinked ? 'a' : undefined,
    cine: isPlaying || undefined,
  });
}

/** What was asked for, then the same of any description. */
export function choices(pick: Pick): Pick[] {
  const exact = lean(pick);
  if (pick.description === undefined) return [exact];
  return [exact, lean({ ...pick, description: undefined })];
}

/** Without the parts that are nothing. */
export function lean<T extends object>(of: T): T {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined && value !== '')) as T;
}
