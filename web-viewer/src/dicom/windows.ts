/** Window presets by modality (values in modality units: Hounsfield for CT) and the windows an image brings itself. */
import type { OwnWindow } from './own-windows';
import { numbers, tag, texts, type DataSet } from './json';

export interface Window {
  readonly center: number;
  readonly width: number;
}

export type PresetName =
  | 'own' | 'file' | 'full' | 'narrow' | 'wide'
  | 'suv5' | 'suv7' | 'suv10' | 'suv15' | 'suv20'
  | 'softTissue' | 'lung' | 'mediastinum' | 'bone' | 'brain' | 'liver' | 'angio';

export interface Preset {
  readonly name: PresetName;
  /** What the image itself calls this window (0028,1055); of a user's own, its name. */
  readonly label?: string;
  readonly window: Window;
  /** What takes it, as `chordOf` names it. */
  readonly key?: string;
  readonly isOwn?: true;
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

/** Standardized uptake values, from 0; the first is what the engine begins with. */
const pet: readonly Preset[] = ([['suv5', 5], ['suv7', 7], ['suv10', 10], ['suv15', 15], ['suv20', 20]] as const).map(([name, to]) => ({ name, window: { center: to / 2, width: to } }));

const fixed: Readonly<Record<string, { readonly list: readonly Preset[]; readonly firstKey: number }>> = { CT: { list: ct, firstKey: 2 }, PT: { list: pet, firstKey: 1 } };

/** The windows of a modality that are the same for every image, as a user would write them; none for most. */
export function fixedWindows(modality: string): OwnWindow[] {
  const { list = [], firstKey = 1 } = fixed[modality] ?? {};
  return list.map(({ name, window }, index) => ({ name, ...window, key: String(firstKey + index) }));
}

export function isFixedName(name: string): name is PresetName {
  return [...ct, ...pet].some((preset) => preset.name === name);
}

function presetOf({ name, center, width, key }: OwnWindow): Preset {
  return { ...(isFixedName(name) ? { name } : { name: 'own', label: name }), window: { center, width }, isOwn: true, ...(key === undefined ? {} : { key }) };
}

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
 * What the keys 1…9 give for this image. Key 1 is always the image's own window, the others have the same meaning
 * for every image of a modality. `range` is the span of values in the shown image, lowest and highest. PET in SUV, by `suv`
 * for one unit of the rescaled value, has windows that begin at 0. `own` are the windows that a user made for the modality, in the
 * place of those that are the same for every image of it; of PET they are in SUV.
 */
export function presets(modality: string, attributes: DataSet, range: readonly [number, number] | undefined, suv?: number, own?: readonly OwnWindow[]): Preset[] {
  const [stored, ...others] = storedWindows(attributes);
  // Devices repeat a window.
  const second = others.find(({ window }) => window.center !== stored?.window.center || window.width !== stored.window.width);
  if (suv !== undefined) {
    const first = stored && { ...stored, window: { center: stored.window.center * suv, width: stored.window.width * suv } };
    const all: Preset | undefined = range && range[1] > range[0] ? { name: 'full', window: { center: (range[0] + range[1]) / 2, width: range[1] - range[0] } } : undefined;
    return [...(own?.map(presetOf) ?? pet), first, all].filter((preset) => preset !== undefined);
  }
  const whole: Preset | undefined = range && range[1] > range[0] ? { name: 'full', window: fullRange(range) } : undefined;
  const first = stored ?? whole;
  const related = first ? [...(stored && whole ? [whole] : []), scaled('narrow', first, 0.6), scaled('wide', first, 1.6)] : [];
  // Values of PET that are no SUV have no windows in SUV.
  const mine = modality === 'PT' ? undefined : own?.map(presetOf);
  const common = modality === 'CT' ? (mine ?? ct) : [...related, ...(mine ?? [])];
  return [first, ...common, second].filter((preset) => preset !== undefined);
}

function scaled(name: PresetName, { window }: Preset, factor: number): Preset {
  return { name, window: { center: window.center, width: Math.max(1, Math.round(window.width * factor)) } };
}

/** The keys 1…9 by place; no other has a key that a user gave to one of theirs. */
export function keyed(list: readonly Preset[]): Preset[] {
  const taken = new Set(list.map(({ key }) => key));
  return list.map((preset, index) => {
    const digit = String(index + 1);
    return preset.isOwn || index > 8 || taken.has(digit) ? preset : { ...preset, key: digit };
  });
}

/** The window that just holds all values, by the LINEAR function (PS3.3 C.11.2.1.2.1). */
export function fullRange([low, high]: readonly [number, number]): Window {
  return { center: (low + high + 1) / 2, width: high - low + 1 };
}
