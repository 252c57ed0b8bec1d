/** Window presets by modality (values in modality units: Hounsfield for CT) and the windows an image brings itself. */
import { numbers, tag, texts, type DataSet } from './json';

export interface Window {
  readonly center: number;
  readonly width: number;
}

export type PresetName =
  | 'file' | 'full' | 'narrow' | 'wide'
  | 'softTissue' | 'lung' | 'mediastinum' | 'bone' | 'brain' | 'liver' | 'angio';

export interface Preset {
  readonly name: PresetName;
  /** What the image itself calls this window (0028,1055). */
  readonly label?: string;
  readonly window: Window;
}

const ct: readonly Preset[] = [
  { name: 'softTissue', window: { center: 40, width: 400 } },
  { name: 'lung', window: { center: -600, width: 1500 } },
  { name: 'mediastinum', window: { center: 50, width: 350 } },
  { name: 'bone', window: { center: 480, width: 2500 } },
  { name: 'brain', window: { center: 40, width: 80 } },
  { name: 'liver', window: { center: 60, width: 160 } },
  { name: 'angio', window: { center: 300, width: 600 } },
];

/** Windows stored with the image; several values are alternatives (PS3.3 C.11.2.1.2). A width below 1 is none. */
export function storedWindows(attributes: DataSet): Preset[] {
  const centers = numbers(attributes, tag.WindowCenter);
  const widths = numbers(attributes, tag.WindowWidth);
  const labels = texts(attributes, tag.WindowCenterWidthExplanation);
  return centers.flatMap((center, index) => {
    const width = widths[index];
    if (width === undefined || width < 1) return [];
    const label = labels[index];
    return [{ name: 'file' as const, window: { center, width }, ...(label ? { label } : {}) }];
  });
}

/**
 * What the keys 1…9 give for this image: its own windows, then the modality's. `range` is the span of values in
 * the shown image, lowest and highest.
 */
export function presets(modality: string, attributes: DataSet, range: readonly [number, number] | undefined): Preset[] {
  const stored = storedWindows(attributes).slice(0, 2);
  if (modality === 'CT') return [...stored, ...ct].slice(0, 9);
  const whole = range && range[1] > range[0] ? fullRange(range) : undefined;
  const base = stored[0]?.window ?? whole;
  return [
    ...stored,
    ...(whole ? [{ name: 'full' as const, window: whole }] : []),
    ...(base
      ? [
          { name: 'narrow' as const, window: { center: base.center, width: Math.max(1, Math.round(base.width * 0.6)) } },
          { name: 'wide' as const, window: { center: base.center, width: Math.round(base.width * 1.6) } },
        ]
      : []),
  ];
}

/** The window that just holds all values, by the LINEAR function (PS3.3 C.11.2.1.2.1). */
export function fullRange([low, high]: readonly [number, number]): Window {
  return { center: (low + high + 1) / 2, width: high - low + 1 };
}
