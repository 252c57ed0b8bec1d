/** The page of one study: its viewports, what stands in them, how they are linked. Priors may stand beside it. */
import type { Measurement } from '../annotations/measurement';
import { framesInOrder, type Frame } from '../dicom/frames';
import { hasImages, likest, type Series, type Study } from '../dicom/study';
import type { Placed } from '../hanging/match';
import type { Stance } from '../hanging/protocol';
import type { Bindings, Screen, Tool, Trouble } from '../engine/screen';
import { EngineError, shown, type Shown } from './failure';
import { Hanging, type Wall } from './hanging.svelte';
import { InStep } from './in-step';
import { single, type Layout } from './layout';
import { KeyImages } from './key-images.svelte';
import { KeptMeasurements } from './measurements.svelte';
import { forgetNext } from './next-study';
import { OpenedStudy } from './opened';
import { Pane } from './pane.svelte';
import { studiesOfPatient } from './priors';
import { router, type ReadingView } from './router.svelte';
import { session } from './session.svelte';

/** Milliseconds after which the engine is started though nothing stands yet. */
const longest = 1500;

function longestWait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, longest));
}

export class Reading implements Wall {
  readonly uid: string;
  /** The study itself, then priors in the order they were opened. */
  opened = $state.raw<readonly OpenedStudy[]>([]);
  layout = $state.raw<Layout>(single);
  panes = $state.raw<readonly Pane[]>([]);
  active = $state.raw<Pane>() as Pane;
  tool = $state<Tool>('window');
  linked = $state(false);
  /** Whether the active viewport has the room of all. */
  alone = $state(false);
  /** Whether the active viewport's series stands as a volume over all viewports. */
  view = $state<ReadingView>('stack');
  /** The patient's other studies, newest first. */
  priors = $state.raw<readonly Study[]>([]);
  error = $state.raw<Shown | undefined>(undefined);
  /** Why images are waited for that will come by themselves. */
  trouble = $state<Trouble>();
  readonly measurements = new KeptMeasurements();
  readonly keyImages = new KeyImages();
  readonly hanging = new Hanging(this);
  /** The text that the engine waits for: the one before, and where the answer goes. */
  asked = $state.raw<{ readonly before: string; readonly done: (text: string | undefined) => void } | undefined>(undefined);
  readonly step = new InStep(this);
  readonly #running = new AbortController();
  #screen: Promise<Screen> | undefined;
  #keys = 0;

  constructor(uid: string, layout: Layout = single) {
    this.uid = uid;
    this.#lay(layout);
  }

  get study(): Study | undefined {
    return this.opened[0]?.study;
  }

  /** The engine, which is loaded when it is first asked for and a first picture stands: starting it holds up the page. */
  get screen(): Promise<Screen> {
    this.#screen ??= this.#load();
    return this.#screen;
  }

  /**
   * Fetches the study and shows the wanted series, one in each viewport; the engine comes after what stands in for it.
   * `hang` is the hanging protocol that the address names; none: the one that suits best; `none`: the address tells all.
   */
  async open(wanted: readonly string[], priors: readonly string[], hang: string | undefined = 'none'): Promise<void> {
    this.error = undefined;
    this.screen.catch(() => undefined);
    for (const pane of this.panes) pane.loading = true;
    try {
      const opened = await OpenedStudy.open(this.uid, wanted[0], this.#running.signal);
      this.opened = [opened];
      void this.keyImages.open(opened, this.#running.signal);
      void this.measurements.open(opened, this.screen, this.#running.signal);
      await Promise.all(priors.map((uid) => this.#openPrior(uid)));
      const isHung = hang !== 'none' && opened.series.some(hasImages);
      if (isHung) void this.hanging.start(hang);
      else {
        this.hanging.know();
        this.#fill(wanted);
      }
      void this.#findPriors(opened.study).then(() => this.hanging.compare());
    } catch (cause) {
      const failure = shown(cause);
      if (failure?.failure === 'signed-out') session.expired();
      this.error = failure;
    }
  }

  /** Puts a prior beside this study: what matches the active viewport best, in the next one. */
  async compare(uid: string): Promise<void> {
    const prior = await this.#openPrior(uid);
    if (!prior) return;
    const beside = this.active;
    this.hanging.release();
    if (this.panes.length === 1) this.#lay({ rows: 1, columns: 2 });
    const free = this.panes[(this.panes.indexOf(beside) + 1) % this.panes.length];
    const series = (beside.series && likest(prior.series, beside.series)) ?? prior.first;
    if (free && series) this.showSeries(prior, series, free);
  }

  showSeries(study: OpenedStudy, series: Series, pane: Pane = this.active, index = 0, stance?: Stance): void {
    if (pane.series?.uid === series.uid && !pane.error) return;
    if (!stance) this.hanging.release();
    void pane.show(study.study.uid, series, index, (signal) => study.stack(series, signal), stance).then(() => this.step.anchor());
    this.#address();
  }

  /** Shows a series of an opened study by its UID, as it is dragged from the strip. */
  drop(uid: string, pane: Pane): void {
    const found = this.#named(uid);
    if (found) this.showSeries(...found, pane);
  }

  nextSeries(step: 1 | -1): void {
    const study = this.opened.find(({ study }) => study.uid === this.active.study) ?? this.opened[0];
    const at = study?.series.findIndex(({ uid }) => uid === this.active.series?.uid) ?? -1;
    const next = study?.series[at + step];
    if (study && next) this.showSeries(study, next);
  }

  nextPane(): void {
    const at = this.panes.indexOf(this.active);
    const next = this.panes[(at + 1) % this.panes.length];
    if (next) this.activate(next);
  }

  activate(pane: Pane): void {
    if (pane === this.active) return;
    this.active = pane;
    pane.prefer();
  }

  /** The active viewport takes the room of all, or gives it back. */
  fill(): void {
    this.alone = !this.alone && this.panes.length > 1;
  }

  choose(tool: Tool): void {
    this.tool = tool;
    this.#do((screen) => screen.setTool(tool));
  }

  /** What the other buttons and the wheel do. */
  bind(bindings: Bindings): void {
    this.#do((screen) => screen.setBindings(bindings));
  }

  /** More or fewer viewports: those that stay keep what they show, new ones take the next series. */
  arrange(layout: Layout): void {
    this.hanging.release();
    this.#lay(layout);
    this.#fill([]);
    this.#address();
  }

  /** Viewports, those of another window too, scroll to the same place, zoom and window together from now on; or no longer. */
  link(linked: boolean, isTold = true): void {
    this.linked = linked;
    for (const pane of this.panes) if (!this.hanging.current) pane.group = '';
    this.step.link(linked, isTold);
  }

  /** Shows the active viewport's series as a volume, or the viewports again. */
  show(view: ReadingView): void {
    this.hanging.release();
    this.view = view;
    this.#address();
  }

  undo(): void {
    this.#do((screen) => screen.measurements.undo());
  }

  redo(): void {
    this.#do((screen) => screen.measurements.redo());
  }

  /** Takes the measurement that is selected off the image. */
  removeSelected(): void {
    this.#do((screen) => screen.measurements.removeSelected());
  }

  /** Shows the image that was measured on, and marks the measurement. */
  jumpTo({ uid, image }: Measurement): void {
    void this.goTo(image);
    this.#do((screen) => screen.measurements.select(uid));
  }

  /** Shows an instance beside what refers to it: its frame, the first where none is named. Whether it was found. */
  async showInstance(seriesUid: string, instance: string, frame: number | undefined, beside: Pane): Promise<boolean> {
    const found = this.#named(seriesUid);
    if (!found) return false;
    if (this.panes.length === 1) this.#lay({ rows: 1, columns: 2 });
    const others = this.panes.filter((pane) => pane !== beside);
    const pane = others.find(({ series }) => series?.uid === seriesUid) ?? others[0] ?? beside;
    const frames = framesInOrder(await found[0].instances(found[1], this.#running.signal));
    const at = Math.max(0, frames.findIndex((one) => one.instance === instance && one.frame === (frame ?? 1)));
    if (pane.series?.uid === seriesUid) pane.scrollTo(at);
    else this.showSeries(...found, pane, at);
    return true;
  }

  /** Shows an image in the active viewport, of another series too. */
  async goTo(image: { readonly series: string; readonly instance: string; readonly frame: number | undefined }): Promise<void> {
    const place = (frames: readonly Frame[]): number => frames.findIndex(({ instance, frame }) => instance === image.instance && frame === (image.frame ?? frame));
    const { active } = this;
    const at = place(active.frames);
    if (at >= 0) return active.scrollTo(at);
    const found = this.#named(image.series);
    if (!found) return;
    // What fails here fails again, and is told, where the image should stand.
    const stacked = await found[0].stack(found[1], this.#running.signal).catch(() => undefined);
    this.showSeries(...found, active, Math.max(0, place(stacked?.frames ?? [])));
  }

  /** Whether every image of every viewport is in memory. */
  get isWhole(): boolean {
    return this.opened.length > 0 && this.panes.every(({ loading, frames, loaded }) => !loading && loaded === frames.length);
  }

  /** Whether something would be lost by leaving. */
  get isUnsaved(): boolean {
    return this.measurements.isUnsaved || this.keyImages.isUnsaved;
  }

  /** One viewport as without a hanging protocol; it keeps what it shows. */
  plain(): void {
    this.hanging.release();
    this.link(false);
    for (const pane of this.panes) {
      pane.stance = undefined;
      pane.reset();
    }
    this.arrange(single);
  }

  /** Ends with the page. */
  get signal(): AbortSignal {
    return this.#running.signal;
  }

  /** As many viewports as a hanging protocol asks for. */
  lay(layout: Layout): void {
    this.#lay({ rows: layout.rows, columns: layout.columns });
  }

  renew(index: number): void {
    const fresh = new Pane(this.#keys++, (pane) => this.step.lead(pane));
    const old = this.panes[index];
    this.panes = this.panes.map((pane) => (pane === old ? fresh : pane));
    if (this.active === old) this.active = fresh;
  }

  /** Shows a series as a hanging protocol wants it; what stands there already stays. */
  put(study: OpenedStudy, { item: { series }, index, isExact }: Placed, pane: Pane, stance: Stance): void {
    const stands = pane.series?.uid === series.uid && !pane.error;
    if (!stands) return this.showSeries(study, series, pane, index, stance);
    pane.stance = stance;
    if (isExact && pane.target !== index) pane.scrollTo(index);
    pane.hang(stance);
  }

  join(study: OpenedStudy): void {
    if (!this.opened.includes(study)) this.opened = [...this.opened, study];
  }

  address(): void {
    this.#address();
  }

  close(): void {
    this.step.close();
    this.hanging.close();
    this.#running.abort();
    for (const pane of this.panes) pane.detach();
    // What is ahead serves the way from study to study; the list, and whoever signs in next, have nothing of it.
    const goesOn = session.phase === 'open' && router.route.page === 'viewer';
    if (!goesOn) forgetNext();
    this.#screen?.then((screen) => {
      screen.close();
      if (!goesOn) screen.dropAhead();
    }).catch(() => undefined);
  }

  /** Waits for the engine; a failure to start it is reported where an image should stand. */
  #do(command: (screen: Screen) => void): void {
    this.screen.then(command).catch(() => undefined);
  }

  async #load(): Promise<Screen> {
    try {
      await Promise.race([this.panes[0]?.pictured, longestWait()]);
      const { Screen } = await import('../engine/screen');
      const screen = new Screen((status) => {
        if (status === 401) session.expired();
      }, (trouble) => {
        this.trouble = trouble;
      });
      screen.setTool(this.tool);
      screen.tools.onText((before, done) => {
        this.asked = { before, done: (text) => { this.asked = undefined; done(text); } };
      });
      return screen;
    } catch (cause) {
      throw new EngineError(cause);
    }
  }

  #lay(layout: Layout): void {
    this.layout = layout;
    this.alone = false;
    const count = layout.rows * layout.columns;
    const panes = this.panes.slice(0, count);
    while (panes.length < count) panes.push(new Pane(this.#keys++, (pane) => this.step.lead(pane)));
    this.panes = panes;
    if (!panes.includes(this.active)) this.active = panes[0] as Pane;
  }

  /** Fetches another study to stand beside this one; one that cannot be had is left out. */
  async #openPrior(uid: string): Promise<OpenedStudy | undefined> {
    const known = this.opened.find(({ study }) => study.uid === uid);
    if (known) return known;
    try {
      const prior = await OpenedStudy.open(uid, undefined, this.#running.signal);
      this.opened = [...this.opened, prior];
      return prior;
    } catch (cause) {
      if (shown(cause)?.failure === 'signed-out') session.expired();
      this.priors = this.priors.filter((study) => study.uid !== uid);
      return undefined;
    }
  }

  async #findPriors(study: Study): Promise<void> {
    try {
      const all = await studiesOfPatient(study, this.#running.signal);
      this.priors = all.filter(({ uid }) => uid !== study.uid);
    } catch {
      // The study is read without them.
    }
  }

  /** Empty viewports take the wanted series, or the next that none shows. */
  #fill(wanted: readonly string[]): void {
    const [current] = this.opened;
    if (!current) return;
    const shownNow = new Set(this.panes.map(({ series }) => series?.uid));
    for (const [at, pane] of this.panes.entries()) {
      if (pane.series) continue;
      pane.loading = false;
      const uid = wanted[at];
      const [study, series] = (uid && this.#named(uid)) || [current, at === 0 ? current.first : current.series.find((item) => !shownNow.has(item.uid))];
      if (!series) continue;
      shownNow.add(series.uid);
      this.showSeries(study, series, pane);
    }
  }

  #named(uid: string): readonly [OpenedStudy, Series] | undefined {
    for (const study of this.opened) {
      const series = study.series.find((item) => item.uid === uid);
      if (series) return [study, series];
    }
    return undefined;
  }

  #address(): void {
    this.step.tell();
    const shownNow = this.panes.map(({ series }) => series?.uid ?? '');
    const priors = this.opened.slice(1).map(({ study }) => study.uid);
    router.toReading({ study: this.uid, series: shownNow, layout: this.layout, priors, view: this.view, hang: this.hanging.address });
  }
}
