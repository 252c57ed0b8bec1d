/** What stands in a viewport until the engine draws there. */
import { frameUrl, rendered, storedFrame } from '../api/wado';
import type { Frame } from '../dicom/frames';
import { drawNative, type Greys } from '../dicom/native';

/** Pixels across the picture that the server draws. */
const previewSize = 512;
/** Explicit and Implicit VR Little Endian: samples as `drawNative` takes them (PS3.5 §A.1, §A.2). */
const native = new Set(['1.2.840.10008.1.2.1', '1.2.840.10008.1.2']);

export class StandIn {
  /** Address of a picture drawn by the server: a preview, not for diagnosis. */
  preview = $state<string | undefined>(undefined);
  /** The true pixels, where they are stored as they are. */
  greys = $state.raw<Greys | undefined>(undefined);
  #wanted = false;

  /** Ends when the true pixels stand or, where only the engine can draw them, the preview; or none can be had. */
  async fetch(study: string, series: string, frame: Frame, signal: AbortSignal): Promise<void> {
    this.drop();
    this.#wanted = true;
    const preview = this.#fetchPreview(study, series, frame, signal);
    if (!(await this.#fetchPixels(frameUrl(study, series, frame.instance, frame.frame), frame, signal))) await preview;
    await painted();
  }

  drop(): void {
    this.#wanted = false;
    if (this.preview) URL.revokeObjectURL(this.preview);
    this.preview = undefined;
    this.greys = undefined;
  }

  async #fetchPixels(url: string, { attributes }: Frame, signal: AbortSignal): Promise<boolean> {
    try {
      const { syntax, bytes } = await storedFrame(url, signal);
      const greys = native.has(syntax) ? drawNative(bytes, attributes) : undefined;
      if (signal.aborted || !this.#wanted || !greys) return false;
      this.greys = greys;
      return true;
    } catch {
      // The engine asks once more, and reports it.
      return false;
    }
  }

  async #fetchPreview(study: string, series: string, frame: Frame, signal: AbortSignal): Promise<void> {
    try {
      const picture = await rendered(study, series, frame, previewSize, signal);
      if (signal.aborted || !this.#wanted || this.greys) return;
      this.preview = URL.createObjectURL(picture);
    } catch {
      // Without one the page waits for the pixels as it would anyway.
    }
  }
}

/** The next picture of the page is on the screen; a page in the background has none. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 200);
  });
}
