/** What was measured in a study, and whether the archive has it. */
import { areSame, type ImageReference, type Measurement } from '../annotations/measurement';
import { part10 } from '../annotations/part10';
import { currentMeasurements, readReport, type ReadReport } from '../annotations/sr-read';
import { writeReport } from '../annotations/sr-write';
import { store } from '../api/stow';
import type { DataSet } from '../dicom/json';
import type { Screen } from '../engine/screen';
import { shown, type Shown } from './failure';
import type { OpenedStudy } from './opened';
import { session } from './session.svelte';
import { newUid } from './uid';

export class KeptMeasurements {
  list = $state.raw<readonly Measurement[]>([]);
  selected = $state.raw<readonly string[]>([]);
  /** Frames that the user calibrated. */
  calibrated = $state.raw<readonly ImageReference[]>([]);
  saving = $state(false);
  /** What of the list the archive has. */
  #saved = $state.raw<readonly Measurement[]>([]);
  /** Why saved measurements could not be read. */
  unread = $state.raw<Shown | undefined>(undefined);
  /** Why they could not be saved. */
  error = $state.raw<Shown | undefined>(undefined);
  #reports: readonly ReadReport[] = [];
  #study: OpenedStudy | undefined;
  #screen: Screen | undefined;

  get isUnsaved(): boolean {
    return !areSame(this.list, this.#saved);
  }

  /** Reads the reports of a study, and follows what is drawn from now on. */
  async open(study: OpenedStudy, screen: Promise<Screen>, signal: AbortSignal): Promise<void> {
    this.#study = study;
    try {
      this.#screen = await screen;
    } catch {
      // Told where the images should stand.
      return;
    }
    this.#screen.measurements.onChange(() => this.#follow());
    await this.read(signal);
  }

  /** Brings saved measurements back; what was drawn meanwhile stays. */
  async read(signal: AbortSignal): Promise<void> {
    const study = this.#study;
    if (!study) return;
    this.unread = undefined;
    try {
      const series = study.series.filter(({ modality }) => modality === 'SR');
      const sets = await Promise.all(series.map((one) => study.instances(one, signal)));
      this.#reports = sets.flat().flatMap((set) => readReport(set) ?? []);
      const current = currentMeasurements(this.#reports);
      this.#screen?.measurements.restore(current);
      this.#saved = current;
      this.#follow();
    } catch (cause) {
      this.unread = shown(cause);
    }
  }

  rename(uid: string, label: string): void {
    this.#screen?.measurements.rename(uid, label);
  }

  /** Whether the image of a length may be measured by it. */
  canCalibrate({ uid }: Measurement): boolean | undefined {
    return this.#screen?.measurements.canCalibrate(uid);
  }

  /** The image is measured by this length from now on: it is so many millimetres. Nothing: as the image tells. */
  calibrate(uid: string, millimetres: number | undefined): void {
    this.#screen?.measurements.calibrate(uid, millimetres);
  }

  remove(uid: string): void {
    this.#screen?.measurements.remove(uid);
  }

  /** Sends all of it as one report that takes the place of those before; on failure everything stays as it is. */
  async save(of: DataSet): Promise<void> {
    const uid = this.#study?.study.uid;
    if (!uid || this.saving || this.unread) return;
    const measurements = this.list.filter(({ image }) => image.study === uid);
    this.saving = true;
    this.error = undefined;
    try {
      const set = writeReport({
        measurements,
        of,
        observer: session.user ?? 'Unknown^Reader',
        predecessors: this.#reports.filter(({ isWhole }) => isWhole).map(({ document }) => document),
        now: new Date(),
        uid: newUid,
      });
      const answer = await store([new Blob([part10(set)])], () => undefined, new AbortController().signal);
      const [refused] = answer.refused;
      if (refused) throw new Error(`0x${refused.code.toString(16).toUpperCase()}`);
      const report = readReport(set);
      if (report) this.#reports = [...this.#reports, report];
      this.#saved = measurements;
    } catch (cause) {
      this.error = shown(cause);
      if (this.error?.failure === 'signed-out') session.expired();
    } finally {
      this.saving = false;
    }
  }

  #follow(): void {
    const uid = this.#study?.study.uid;
    const measurements = this.#screen?.measurements;
    this.list = (measurements?.list() ?? []).filter(({ image }) => image.study === uid);
    this.calibrated = measurements?.calibrated() ?? [];
    this.selected = measurements?.selected() ?? [];
  }
}
