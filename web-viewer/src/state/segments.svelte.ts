/** Segmentations and structure sets of the opened studies, drawn over the images they lie on. */
import { bulkData } from '../api/objects';
import { contoursOn, readStructures, type Structures } from '../dicom/contours';
import { numbers, tag, text, type DataSet } from '../dicom/json';
import { kindOf } from '../dicom/kinds';
import { framesOn, paint, planeOf, readSegmentation, type Region, type Rgb, type SegmentFrame, type Segmentation } from '../dicom/segmentation';
import type { Series } from '../dicom/study';
import type { Drawing, Image, Painter } from '../engine/screen';
import { shown, type Shown } from './failure';
import type { OpenedStudy } from './opened';

/** One object and what it marks. */
export interface Marked {
  readonly uid: string;
  readonly label: string;
  readonly regions: readonly Region[];
  readonly source: { readonly segmentation: Segmentation; readonly pixels: Uint8Array } | { readonly structures: Structures };
}

const modalities = ['SEG', 'RTSTRUCT'];

/** Series that may hold what is drawn over others. */
export function markingSeries(study: OpenedStudy): Series[] {
  return study.series.filter(({ modality }) => modalities.includes(modality));
}

export class Segments {
  list = $state.raw<readonly Marked[]>([]);
  loading = $state(false);
  error = $state.raw<Shown | undefined>(undefined);
  opacity = $state(0.45);
  /** Regions that are not drawn, as `key` names them. */
  hidden = $state.raw<ReadonlySet<string>>(new Set());
  readonly #running = new AbortController();
  readonly #known = new Set<string>();

  static key(uid: string, region: Region): string {
    return `${uid}/${region.number}`;
  }

  /** Draws what is to be seen now; another one for each change. */
  readonly painter: Painter = $derived.by(() => painterOf(this.list, this.hidden, this.opacity));

  /** Fetches what the studies hold and was not fetched yet. */
  async load(studies: readonly OpenedStudy[]): Promise<void> {
    this.loading = true;
    this.error = undefined;
    const { signal } = this.#running;
    for (const study of studies) {
      for (const series of markingSeries(study)) {
        if (this.#known.has(series.uid)) continue;
        this.#known.add(series.uid);
        try {
          const sets = await study.instances(series, signal);
          for (const set of sets) {
            const marked = await read(set, signal);
            if (marked) this.list = [...this.list, marked];
          }
        } catch (cause) {
          this.#known.delete(series.uid);
          this.error = shown(cause);
        }
      }
    }
    this.loading = false;
  }

  toggle(keys: readonly string[], visible: boolean): void {
    const hidden = new Set(this.hidden);
    for (const key of keys) {
      if (visible) hidden.delete(key);
      else hidden.add(key);
    }
    this.hidden = hidden;
  }

  close(): void {
    this.#running.abort();
  }
}

async function read(set: DataSet, signal: AbortSignal): Promise<Marked | undefined> {
  const kind = kindOf(set);
  const uid = text(set, tag.SOPInstanceUID);
  const label = text(set, '00700081') || text(set, '30060002') || text(set, tag.SeriesDescription);
  if (kind === 'segmentation') {
    const segmentation = readSegmentation(set);
    return { uid, label, regions: segmentation.regions, source: { segmentation, pixels: await bulkData(set['7FE00010'], signal) } };
  }
  if (kind !== 'contours') return undefined;
  const structures = readStructures(set);
  return { uid, label, regions: structures.regions, source: { structures } };
}

function painterOf(list: readonly Marked[], hidden: ReadonlySet<string>, opacity: number): Painter {
  const drawn = new Map<string, Drawing | undefined>();
  return (image) => {
    if (!drawn.has(image.url)) {
      // Scrolling through must not gather the pictures of a whole study.
      if (drawn.size >= 8) drawn.clear();
      drawn.set(image.url, drawing(list, hidden, opacity, image));
    }
    return drawn.get(image.url);
  };
}

function drawing(list: readonly Marked[], hidden: ReadonlySet<string>, opacity: number, image: Image): Drawing | undefined {
  const instance = text(image.attributes, tag.SOPInstanceUID);
  const frame = Number(/\/frames\/(\d+)$/.exec(image.url)?.[1] ?? 1);
  const pictures: Drawing['pictures'][number][] = [];
  const outlines: Drawing['outlines'][number][] = [];
  for (const { uid, regions, source } of list) {
    const seen = new Map(regions.filter((region) => !hidden.has(Segments.key(uid, region))).map(({ number, colour }) => [number, colour]));
    if (seen.size === 0) continue;
    if ('structures' in source) {
      for (const { region, points, isClosed } of contoursOn(source.structures, image.attributes, instance)) {
        const colour = seen.get(region);
        if (colour) outlines.push({ points, isClosed, colour: css(colour) });
      }
      continue;
    }
    const { segmentation, pixels } = source;
    const placed = segmentation.frameOfReference !== '' && segmentation.frameOfReference === text(image.attributes, tag.FrameOfReferenceUID);
    // Segments may be cut out at places of their own.
    const together = new Map<string, SegmentFrame[]>();
    for (const one of framesOn(segmentation, image.attributes, instance, frame)) {
      const at = numbers(one.attributes, tag.ImagePositionPatient).join();
      together.set(at, [...(together.get(at) ?? []), one]);
    }
    for (const frames of together.values()) {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [segmentation.columns, segmentation.rows];
      canvas.getContext('2d')?.putImageData(new ImageData(paint(segmentation, frames, pixels, seen), segmentation.columns, segmentation.rows), 0, 0);
      pictures.push({ source: canvas, place: placed ? planeOf(frames[0]?.attributes ?? {}, segmentation.rows, segmentation.columns) : undefined, opacity });
    }
  }
  return pictures.length + outlines.length > 0 ? { pictures, outlines } : undefined;
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
