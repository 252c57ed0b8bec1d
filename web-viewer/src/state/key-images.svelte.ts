/** The key images of a study, and whether the archive has them. */
import type { Code } from '../annotations/content';
import { currentKeyObjects, placeOf, readKeyObject, titles, writeKeyObject, type KeyImage, type ReadKeyObject } from '../annotations/key-object';
import { part10 } from '../annotations/part10';
import { store } from '../api/stow';
import type { Frame } from '../dicom/frames';
import { tag, text, type DataSet } from '../dicom/json';
import { shown, type Shown } from './failure';
import type { OpenedStudy } from './opened';
import { session } from './session.svelte';
import { newUid } from './uid';

export class KeyImages {
  list = $state.raw<readonly KeyImage[]>([]);
  saving = $state(false);
  /** The title that the next star stands under. */
  title = $state.raw<Code>(titles[0]);
  /** Why saved ones could not be read. */
  unread = $state.raw<Shown | undefined>(undefined);
  /** Why they could not be saved. */
  error = $state.raw<Shown | undefined>(undefined);
  #documents = $state.raw<readonly ReadKeyObject[]>([]);
  #study: OpenedStudy | undefined;

  get isUnsaved(): boolean {
    const saved = new Set(this.#saved.map(placeOf));
    return this.list.length !== saved.size || this.list.some((one) => !saved.has(placeOf(one)));
  }

  /** Reads the documents of a study; stars set meanwhile stay. */
  async open(study: OpenedStudy, signal: AbortSignal): Promise<void> {
    this.#study = study;
    await this.read(signal);
  }

  async read(signal: AbortSignal): Promise<void> {
    const study = this.#study;
    if (!study) return;
    this.unread = undefined;
    try {
      const sets = await Promise.all(study.series.filter(({ modality }) => modality === 'KO').map((one) => study.instances(one, signal)));
      this.#documents = sets.flat().flatMap((set) => readKeyObject(set) ?? []);
      this.list = once([...this.#saved, ...this.list]);
    } catch (cause) {
      this.unread = shown(cause);
    }
  }

  /** The key images that a frame is, one for each title. */
  of(frame: Frame | undefined): KeyImage[] {
    return frame ? this.list.filter((one) => one.instance === frame.instance && (one.frame === undefined || one.frame === frame.frame)) : [];
  }

  /** Sets a star, or takes away those that are there. */
  toggle(frame: Frame | undefined): void {
    if (!frame || text(frame.attributes, tag.StudyInstanceUID) !== this.#study?.study.uid) return;
    const there = this.of(frame);
    if (there.length > 0) return there.forEach((one) => this.remove(one));
    const { attributes, instance } = frame;
    const of = { study: text(attributes, tag.StudyInstanceUID), series: text(attributes, tag.SeriesInstanceUID), sopClass: text(attributes, tag.SOPClassUID), instance };
    this.list = [...this.list, { ...of, frame: frame.frames > 1 ? frame.frame : undefined, title: this.title }];
  }

  /** Whether it may be taken away: one in a document that holds more than we can write may not. */
  canRemove(one: KeyImage): boolean {
    return !this.#current.some(({ isWhole, images }) => !isWhole && images.some((its) => placeOf(its) === placeOf(one)));
  }

  remove(one: KeyImage): void {
    if (this.canRemove(one)) this.list = this.list.filter((its) => placeOf(its) !== placeOf(one));
  }

  /** Sends one document for each title that changed, which takes the place of those before; on failure everything stays. */
  async save(of: DataSet): Promise<void> {
    if (this.saving || this.unread || !this.isUnsaved) return;
    this.saving = true;
    this.error = undefined;
    try {
      const sets = this.#changed().map((title) => {
        const under = (other: Code): boolean => other.value === title.value && other.scheme === title.scheme;
        return writeKeyObject({
          title,
          images: this.list.filter((one) => under(one.title)),
          of,
          observer: session.user ?? 'Unknown^Reader',
          predecessors: this.#current.filter((one) => one.isWhole && under(one.title)).map(({ document }) => document),
          now: new Date(),
          uid: newUid,
        });
      });
      const answer = await store(sets.map((set) => new Blob([part10(set)])), () => undefined, new AbortController().signal);
      const stored = new Set(answer.stored);
      this.#documents = [...this.#documents, ...sets.filter((set) => stored.has(text(set, tag.SOPInstanceUID))).flatMap((set) => readKeyObject(set) ?? [])];
      const [refused] = answer.refused;
      if (refused) throw new Error(`0x${refused.code.toString(16).toUpperCase()}`);
    } catch (cause) {
      this.error = shown(cause);
      if (this.error?.failure === 'signed-out') session.expired();
    } finally {
      this.saving = false;
    }
  }

  get #current(): ReadKeyObject[] {
    return currentKeyObjects(this.#documents);
  }

  get #saved(): KeyImage[] {
    return once(this.#current.flatMap(({ images }) => images));
  }

  /** Titles under which the list is another than what the archive has. */
  #changed(): Code[] {
    const [here, saved] = [new Set(this.list.map(placeOf)), new Set(this.#saved.map(placeOf))];
    const other = [...this.list.filter((one) => !saved.has(placeOf(one))), ...this.#saved.filter((one) => !here.has(placeOf(one)))];
    return [...new Map(other.map(({ title }) => [`${title.scheme}:${title.value}`, title])).values()];
  }
}

function once(list: readonly KeyImage[]): KeyImage[] {
  return [...new Map(list.map((one) => [placeOf(one), one])).values()];
}
