/** What of a study has been fetched: its series, and what of them was looked at. */
import { studyAskedFor } from '../api/ahead';
import { withPalettes } from '../api/palette';
import { frameUrl, seriesMetadata } from '../api/wado';
import { framesInOrder, type Frame } from '../dicom/frames';
import type { DataSet } from '../dicom/json';
import type { Series, Study } from '../dicom/study';
import { isScale } from '../dicom/suv';
import type { Image } from '../engine/screen';
import type { Stacked } from './pane.svelte';

/** Series whose metadata is kept: switching back to them asks nothing. */
const kept = 16;

/** A frame as the engine draws it: PET in SUV, where that can be told. */
export function imageOf(study: string, series: string, { instance, frame, attributes, suv }: Frame): Image {
  return { url: frameUrl(study, series, instance, frame), attributes, ...(isScale(suv) ? { suv: suv.factor } : {}) };
}

export class OpenedStudy {
  readonly study: Study;
  readonly series: readonly Series[];
  /** The series to show first. */
  readonly first: Series | undefined;
  readonly #metadata = new Map<string, DataSet[]>();

  private constructor(study: Study, series: readonly Series[], first: Series | undefined) {
    this.study = study;
    this.series = series;
    this.first = first;
  }

  static async open(uid: string, wanted: string | undefined, signal: AbortSignal): Promise<OpenedStudy> {
    const { study, series, first, metadata } = await studyAskedFor(uid, wanted, signal);
    const opened = new OpenedStudy(study, series, first);
    if (first && metadata) opened.#keep(first.uid, metadata);
    return opened;
  }

  /** Attributes of the instances of a series. */
  async instances(series: Series, signal: AbortSignal): Promise<DataSet[]> {
    const known = this.#metadata.get(series.uid);
    if (known) return known;
    const fetched = await seriesMetadata(this.study.uid, series.uid, signal);
    this.#keep(series.uid, fetched);
    return fetched;
  }

  /** What of a series is to be drawn. */
  async stack(series: Series, signal: AbortSignal): Promise<Stacked> {
    const instances = await withPalettes(await this.instances(series, signal), signal);
    const frames = framesInOrder(instances);
    const images = frames.map((frame) => imageOf(this.study.uid, series.uid, frame));
    return { frames, images };
  }

  #keep(uid: string, metadata: DataSet[]): void {
    const [oldest] = this.#metadata.keys();
    if (this.#metadata.size >= kept && oldest) this.#metadata.delete(oldest);
    this.#metadata.set(uid, metadata);
  }
}
