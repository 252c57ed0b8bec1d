/**
 * Hanging protocols as JSON: for which studies, how many viewports, and what stands in each. The form is described in
 * docs/hanging.md; `validate.ts` says what is wrong with one that somebody brings.
 */
import type { PresetName, Window as Levels } from '../dicom/windows';

export const planes = ['axial', 'coronal', 'sagittal'] as const;
export type Plane = (typeof planes)[number];

export const sides = ['L', 'R'] as const;
export type Side = (typeof sides)[number];

/** Regions of the body that studies are told apart by. */
export const regionNames = ['HEAD', 'NECK', 'CHEST', 'HEART', 'BREAST', 'ABDOMEN', 'PELVIS', 'SPINE', 'UPPER LIMB', 'LOWER LIMB'] as const;
export type Region = (typeof regionNames)[number];

/** Windows that have a name for every CT. */
export const windowNames = ['softTissue', 'lung', 'mediastinum', 'bone', 'brain', 'liver', 'angio'] as const satisfies readonly PresetName[];
export type NamedWindow = (typeof windowNames)[number];

/** The studies that a protocol is for. What is left out does not matter; everything that stands must hold. */
export interface When {
  /** One of these is among the modalities of the study (0008,0061). */
  readonly modality?: readonly string[] | undefined;
  /** One of these regions is told by the body part or by a description. */
  readonly bodyPart?: readonly Region[] | undefined;
  /** A pattern that the description of the study holds. */
  readonly description?: string | undefined;
  readonly laterality?: Side | undefined;
  /** Relevant earlier studies, at least. */
  readonly priors?: number | undefined;
  /** Series with images, at least. */
  readonly series?: number | undefined;
  /** Images in all, at least. */
  readonly images?: number | undefined;
}

/** Which series, and which image of it. Everything that stands must hold. */
export interface Pick {
  readonly modality?: string | undefined;
  /** A pattern that the description of the series holds. */
  readonly description?: string | undefined;
  readonly plane?: Plane | undefined;
  /** View position: CC, MLO, PA, AP, LAT, … */
  readonly view?: string | undefined;
  readonly laterality?: Side | undefined;
  /** Slice thickness, millimetres. */
  readonly thickness?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  readonly frames?: 'single' | 'multiple' | undefined;
  /** The series most like what stands in this viewport, counted from 1. */
  readonly like?: number | undefined;
}

export interface Viewport {
  /** 0: the study that is read; n: the n-th relevant prior, newest first. */
  readonly study?: number | undefined;
  /** Tried one after the other. */
  readonly series: readonly Pick[];
  readonly window?: NamedWindow | Levels | undefined;
  /** `equal`: as many millimetres for one screen pixel as in all other viewports that say so. */
  readonly scale?: 'fit' | 'equal' | undefined;
  /** The edge of the viewport that the image touches. */
  readonly align?: 'left' | 'right' | undefined;
  /** `chestWall`: mirrored where the chest wall would not lie at the edge that `align` names (0020,0020). */
  readonly flip?: 'horizontal' | 'chestWall' | undefined;
  /** Viewports of one name move together. */
  readonly link?: string | undefined;
  /** A multi-frame image plays. */
  readonly cine?: boolean | undefined;
}

export interface Protocol {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly when: When;
  /** Added to what the rules that hold give. */
  readonly score?: number | undefined;
  readonly rows: number;
  readonly columns: number;
  /** Row by row; those that are missing stay empty. */
  readonly viewports: readonly Viewport[];
}

/** How an image stands in its viewport when a protocol hangs it. */
export interface Stance {
  readonly window: NamedWindow | Levels | undefined;
  /** Millimetres for one screen pixel; none: the whole image. */
  readonly scale: number | undefined;
  readonly align: 'left' | 'right' | undefined;
  readonly flip: boolean;
  readonly cine: boolean;
}

/**
 * Whether `text` holds one of the parts of `pattern`, which `|` separates; `*` stands for anything, and a `!` before
 * all of it turns the answer round. Neither case nor the kind of space between words matters.
 */
export function holds(text: string, pattern: string): boolean {
  const words = plain(text);
  const isNot = pattern.startsWith('!');
  const parts = (isNot ? pattern.slice(1) : pattern).split('|').map(plain).filter((part) => part !== '');
  return parts.some((part) => inOrder(words, part.split('*'))) !== isNot;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, ' ').trim();
}

function inOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
