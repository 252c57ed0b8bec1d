/** What has been drawn on the images: lengths, angles, regions, arrows, texts. */
import { eventTarget, metaData, StackViewport, utilities, type RenderingEngine } from '@cornerstonejs/core';
import { annotation, Enums } from '@cornerstonejs/tools';
import type { ImageReference, Measurement } from '../annotations/measurement';
import { wadors } from '@cornerstonejs/dicom-image-loader';
import type { DataSet } from '../dicom/json';
import { annotationOf, imageOf, measurementOf, trackingUid } from './annotated';
import { calibratedByUser, calibrationBy, calibrationOf, canCalibrate, forgetCalibrations, recalibrate } from './calibration';

const { DefaultHistoryMemo: history } = utilities.HistoryMemo;
const { ANNOTATION_ADDED, ANNOTATION_COMPLETED, ANNOTATION_MODIFIED, ANNOTATION_REMOVED, ANNOTATION_SELECTION_CHANGE } = Enums.Events;
const events = [ANNOTATION_ADDED, ANNOTATION_COMPLETED, ANNOTATION_MODIFIED, ANNOTATION_REMOVED, ANNOTATION_SELECTION_CHANGE];

export class Measurements {
  readonly #engine: RenderingEngine;
  /** Image ids by instance and frame, of the images that were shown. */
  readonly #images = new Map<string, string>();
  /** Measurements on images that were not shown yet. */
  #waiting: readonly Measurement[] = [];
  #changed: (() => void) | undefined;

  constructor(engine: RenderingEngine) {
    this.#engine = engine;
    for (const name of events) eventTarget.addEventListener(name, this.#report);
  }

  /** Is told when a measurement was added, changed, removed or selected. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  list(): Measurement[] {
    return [...this.#annotations().flatMap((found) => measurementOf(found) ?? []), ...this.#waiting];
  }

  selected(): string[] {
    return annotation.selection.getAnnotationsSelected().map(trackingUid);
  }

  /** Takes measurements over; each is drawn when its image is shown. One that is there already stays as it is. */
  restore(measurements: readonly Measurement[]): void {
    const here = new Set(this.list().map(({ uid }) => uid));
    this.#waiting = [...this.#waiting, ...measurements.filter(({ uid }) => !here.has(uid))];
    this.#draw();
  }

  /** These images can be drawn on from now on. */
  know(ids: readonly string[]): void {
    for (const id of ids) {
      const image = imageOf(id);
      if (image) this.#images.set(place(image), id);
    }
    this.#draw();
  }

  rename(uid: string, label: string): void {
    const found = this.#named(uid);
    if (found) Object.assign(found.data, { label, text: label });
    else this.#waiting = this.#waiting.map((one) => (one.uid === uid ? { ...one, label } : one));
    this.#engine.render();
    this.#report();
  }

  remove(uid: string): void {
    const found = this.#named(uid);
    if (found?.annotationUID) annotation.state.removeAnnotation(found.annotationUID);
    else this.#waiting = this.#waiting.filter((one) => one.uid !== uid);
    this.#engine.render();
    this.#report();
  }

  select(uid: string): void {
    const found = this.#named(uid);
    if (found?.annotationUID) annotation.selection.setAnnotationSelected(found.annotationUID, true, false);
    this.#engine.render();
  }

  /** Whether the image of a length may be calibrated by it; nothing is known of one that was not shown yet. */
  canCalibrate(uid: string): boolean | undefined {
    const id = this.#named(uid)?.metadata?.referencedImageId;
    return id === undefined ? undefined : canCalibrate(attributesOf(id));
  }

  /** Has the image of a length measure by it: it is so many millimetres long. Nothing: as the image tells. Can be undone. */
  calibrate(uid: string, millimetres: number | undefined): void {
    const found = this.#named(uid);
    const id = found?.metadata?.referencedImageId;
    if (!id || !canCalibrate(attributesOf(id))) return;
    const to = millimetres === undefined ? undefined : calibrationBy(attributesOf(id), measurementOf(found)?.points ?? [], millimetres);
    if (millimetres !== undefined && !to) return;
    let other = recalibrate(id, to);
    const swap = (): void => {
      other = recalibrate(id, other);
      this.#remeasure(id);
    };
    history.push({ id: uid, operationType: 'annotation', restoreMemo: swap });
    this.#remeasure(id);
  }

  /** The frames that a user calibrated. */
  calibrated(): ImageReference[] {
    return calibratedByUser().flatMap((id) => imageOf(id) ?? []);
  }

  undo(): void {
    history.undo();
    this.#engine.render();
    this.#report();
  }

  redo(): void {
    history.redo();
    this.#engine.render();
    this.#report();
  }

  removeSelected(): void {
    for (const uid of annotation.selection.getAnnotationsSelected()) annotation.state.removeAnnotation(uid);
    this.#engine.render();
  }

  close(): void {
    for (const name of events) eventTarget.removeEventListener(name, this.#report);
    annotation.state.removeAllAnnotations();
    forgetCalibrations();
  }

  readonly #report = (): void => this.#changed?.();

  #draw(): void {
    const drawn = this.#waiting.filter(({ image }) => this.#images.has(place(image)));
    if (drawn.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !drawn.includes(one));
    for (const one of drawn) {
      const id = this.#images.get(place(one.image)) ?? '';
      const line = one.kind === 'length' ? one.values.find(({ isCalibrated }) => isCalibrated) : undefined;
      const again = line && canCalibrate(attributesOf(id)) && !calibratedByUser().includes(id) ? calibrationBy(attributesOf(id), one.points, line.value) : undefined;
      if (again) {
        recalibrate(id, again);
        this.#scale(id);
      }
      const added = annotationOf(one, id);
      annotation.state.addAnnotation(added, added.metadata?.FrameOfReferenceUID ?? '');
    }
    this.#engine.render();
    this.#report();
  }

  /** Finds the values of an image anew. The engine would load the image again and forget how it is looked at. */
  #remeasure(id: string): void {
    this.#scale(id);
    for (const found of this.#annotations()) {
      if (found.metadata?.referencedImageId !== id) continue;
      // Only of what is invalidated the engine tells that it has found the values.
      found.invalidated = true;
      Object.assign(found.data, { cachedStats: {} });
    }
    this.#engine.render();
    this.#report();
  }

  #scale(id: string): void {
    const calibration = calibrationOf(id);
    const { usingDefaultValues = true } = (metaData.get('imagePlaneModule', id) ?? {}) as { readonly usingDefaultValues?: boolean };
    for (const viewport of this.#engine.getViewports()) {
      if (viewport instanceof StackViewport && viewport.getCurrentImageId() === id) Object.assign(viewport, { calibration, hasPixelSpacing: calibration !== undefined || !usingDefaultValues });
    }
  }

  #annotations(): ReturnType<typeof annotation.state.getAllAnnotations> {
    return annotation.state.getAllAnnotations();
  }

  #named(uid: string): ReturnType<typeof annotation.state.getAnnotation> | undefined {
    return this.#annotations().find(({ annotationUID = '' }) => annotationUID !== '' && trackingUid(annotationUID) === uid);
  }
}

function attributesOf(id: string): DataSet {
  return (wadors.metaDataManager.get(id) ?? {}) as unknown as DataSet;
}

function place({ instance, frame }: Measurement['image']): string {
  return `${instance}:${frame}`;
}
