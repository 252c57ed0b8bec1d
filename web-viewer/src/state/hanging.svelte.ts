/** How the viewports of a study are hung: the protocol in force, those that suit, and what they put where. */
import { tick } from 'svelte';
import { hasImages, type Study } from '../dicom/study';
import { builtIn } from '../hanging/built-in';
import { facts, isRelevant, needsImages, place, ranked, type Item, type Placed } from '../hanging/match';
import type { Protocol, Stance, Viewport } from '../hanging/protocol';
import { shots, type Shot } from '../hanging/shots';
import { fitting, isFlipped } from '../hanging/stance';
import { framesInOrder } from '../dicom/frames';
import type { Layout } from './layout';
import { OpenedStudy } from './opened';
import type { Pane } from './pane.svelte';
import { protocols } from './protocols.svelte';
import { session } from './session.svelte';

/** What a page of viewports lets be done with them. */
export interface Wall {
  readonly opened: readonly OpenedStudy[];
  readonly panes: readonly Pane[];
  readonly priors: readonly Study[];
  readonly signal: AbortSignal;
  lay(layout: Layout): void;
  /** A viewport as new, in the place of the one at `index`. */
  renew(index: number): void;
  put(study: OpenedStudy, found: Placed, pane: Pane, stance: Stance): void;
  join(study: OpenedStudy): void;
  link(linked: boolean): void;
  address(): void;
}

/** Series whose images are looked at to place them. */
const mostSeries = 40;
/** Earlier studies that are opened to find those that show the same region. */
const mostPriors = 4;

export class Hanging {
  /** The protocol by which the viewports hang; none: as somebody arranged them. */
  current = $state.raw<Protocol | undefined>(undefined);
  /** Those for this study, best first. */
  suited = $state.raw<readonly Protocol[]>([]);
  /** Whether the list of protocols is open. */
  menu = $state(false);
  readonly #wall: Wall;
  #isChosen = false;
  #turn = 0;
  #priors: readonly OpenedStudy[] = [];
  #placed: ReadonlyMap<number, Placed> = new Map();
  readonly #shots = new Map<string, readonly Shot[]>();
  #resizes: ResizeObserver | undefined;

  constructor(wall: Wall) {
    this.#wall = wall;
  }

  /** All there are: a user's own come first. */
  get all(): readonly Protocol[] {
    return [...protocols.list, ...builtIn];
  }

  /** What the address says of how the viewports hang: nothing to say but the study, a protocol's id, or none that hangs. */
  get address(): string | undefined {
    if (!this.current || (!this.#isChosen && isPlain(this.current))) return undefined;
    return this.#isChosen ? this.current.id : '';
  }

  /** Which protocols there are for the study that was just opened. */
  know(): void {
    protocols.open(session.user);
    this.suited = this.#suiting(0);
  }

  /** Hangs a study that was just opened: by the protocol that `wanted` names, or the one that suits best. */
  async start(wanted: string | undefined): Promise<void> {
    this.know();
    const named = this.all.find(({ id }) => id === wanted);
    this.#isChosen = named !== undefined;
    const [best] = this.suited;
    await this.#hang(named ?? best);
  }

  /** The patient's other studies are known now: a protocol that compares may suit better. */
  async compare(): Promise<void> {
    const [study] = this.#wall.opened;
    if (!study) return;
    // By what the list of studies says there may be as many.
    this.suited = this.#suiting(this.#candidates(study).length);
    if (!this.current) return;
    const wanted = this.#isChosen ? this.current : this.suited[0];
    const count = wanted ? Math.max(0, ...wantedPriors(wanted)) : 0;
    if (!wanted || count === 0) return;
    const turn = this.#turn;
    await this.#findPriors(study, count);
    const best = this.#isChosen ? wanted : this.#suiting(this.#priors.length)[0];
    if (turn === this.#turn && (best !== this.current || this.#priors.length > 0)) await this.#hang(best);
  }

  /** Hangs by a protocol from now on. */
  pick(protocol: Protocol): void {
    this.#isChosen = true;
    void this.#hang(protocol).then(() => this.compare());
  }

  /** The next protocol for this study, or the one before. */
  step(by: 1 | -1): void {
    const at = this.suited.findIndex(({ id }) => id === this.current?.id);
    const next = this.suited[(at + by + this.suited.length) % this.suited.length];
    if (next) this.pick(next);
  }

  /** A protocol was made of what stands: it may be chosen. */
  kept(protocol: Protocol): void {
    this.suited = [protocol, ...this.suited.filter(({ id }) => id !== protocol.id)];
  }

  /** Somebody arranges the viewports: they stay as they are. */
  release(): void {
    this.#turn += 1;
    this.current = undefined;
    this.#placed = new Map();
  }

  close(): void {
    this.#turn += 1;
    this.#resizes?.disconnect();
  }

  #suiting(priors: number): Protocol[] {
    const [opened] = this.#wall.opened;
    if (!opened) return [];
    const known = opened.first && this.#shots.get(opened.first.uid);
    const of = facts(opened.study, opened.series, known?.[0]?.side, priors);
    return [...ranked(protocols.list, of), ...ranked(builtIn, of)];
  }

  async #hang(protocol: Protocol | undefined): Promise<void> {
    const [opened] = this.#wall.opened;
    if (!protocol || !opened) return;
    this.#turn += 1;
    const turn = this.#turn;
    this.current = protocol;
    this.#placed = new Map();
    this.#wall.lay(protocol);
    this.#wall.link(false);
    for (const pane of this.#wall.panes) pane.loading ||= pane.series === undefined;
    await tick();
    if (turn !== this.#turn) return;
    this.#watch();

    // What is known already stands at once; the others come when it does.
    const { first } = opened;
    if (first && hasImages(first)) {
      await this.#look(opened, [first.uid]);
      if (turn !== this.#turn) return;
      this.#put(protocol, place(protocol, this.#items([opened], first.uid), new Map(), 2));
    }
    const asked = protocol.viewports.flatMap(({ series }) => series);
    if (asked.some(needsImages)) {
      const [leader] = [...this.#placed.keys()];
      if (leader !== undefined) await this.#wall.panes[leader]?.pictured;
      for (const study of [opened, ...this.#priors]) await this.#look(study, undefined, asked.map(({ modality }) => modality));
      if (turn !== this.#turn) return;
    }
    this.#put(protocol, place(protocol, this.#items([opened, ...this.#priors]), this.#placed));
    this.#finish(protocol);
  }

  /** Nothing of before stays in a viewport that the protocol leaves empty. */
  #finish(protocol: Protocol): void {
    for (const [at, pane] of this.#wall.panes.entries()) {
      if (this.#placed.has(at)) continue;
      pane.loading = false;
      if (pane.series) this.#wall.renew(at);
    }
    const groups = protocol.viewports.map(({ link }) => link ?? '');
    for (const [at, pane] of this.#wall.panes.entries()) pane.group = groups[at] ?? '';
    this.#wall.link(groups.some((name) => name !== '' && groups.indexOf(name) !== groups.lastIndexOf(name)));
    this.#wall.address();
  }

  #put(protocol: Protocol, placed: ReadonlyMap<number, Placed>): void {
    this.#placed = placed;
    const studies = [this.#wall.opened[0], ...this.#priors];
    for (const [at, found] of placed) {
      const [pane, study, viewport] = [this.#wall.panes[at], studies[found.item.study], protocol.viewports[at]];
      if (pane && study && viewport) this.#wall.put(study, found, pane, this.#stance(viewport, found));
    }
    this.#level();
  }

  #stance(viewport: Viewport, { item: { shots: known }, index }: Placed): Stance {
    const attributes = known?.[index]?.attributes ?? {};
    const { window, align, cine = false, scale } = viewport;
    return { window, align, cine, flip: isFlipped(viewport, attributes), scale: scale === 'equal' ? this.#equal() : undefined };
  }

  /** The finest scale at which each image that is to stand at the same one fits into its viewport. */
  #equal(): number | undefined {
    const scales = [...this.#placed].map(([at, { item: { shots: known }, index }]) => {
      const [attributes, pane] = [known?.[index]?.attributes, this.#wall.panes[at]];
      return attributes && pane && this.current?.viewports[at]?.scale === 'equal' ? fitting(attributes, pane.box) : 0;
    });
    return Math.max(0, ...scales) || undefined;
  }

  /** Viewports stand at one scale, also when one more came or they grew; those that somebody moved stay. */
  #level(): void {
    for (const [at, found] of this.#placed) {
      const [pane, viewport] = [this.#wall.panes[at], this.current?.viewports[at]];
      if (pane?.stance && viewport) pane.hang(this.#stance(viewport, found));
    }
  }

  #watch(): void {
    this.#resizes?.disconnect();
    // After the engine, which hears of it too, has drawn at the new size.
    this.#resizes = new ResizeObserver(() => setTimeout(() => this.#level()));
    for (const { element } of this.#wall.panes) if (element) this.#resizes.observe(element);
  }

  #items(studies: readonly OpenedStudy[], only?: string): Item[] {
    return studies.flatMap(({ series }, study) =>
      series.filter(({ uid }) => only === undefined || uid === only).map((one) => ({ study, series: one, shots: this.#shots.get(one.uid) })),
    );
  }

  /** Reads what the images of series say; one that cannot be had is placed by what its series says. */
  async #look(study: OpenedStudy, only: readonly string[] | undefined, modalities: readonly (string | undefined)[] = [undefined]): Promise<void> {
    const isAsked = modalities.includes(undefined) ? (): boolean => true : (modality: string): boolean => modalities.includes(modality);
    const list = study.series.filter((one) => hasImages(one) && (only?.includes(one.uid) ?? isAsked(one.modality)) && !this.#shots.has(one.uid));
    await Promise.all(
      list.slice(0, mostSeries).map(async (series) => {
        try {
          this.#shots.set(series.uid, shots(framesInOrder(await study.instances(series, this.#wall.signal)), series));
        } catch {
          // Its viewport tells when it is shown.
        }
      }),
    );
  }

  /** Earlier studies that may be relevant, newest first. */
  #candidates(own: OpenedStudy): Study[] {
    return this.#wall.priors.filter((prior) => isRelevant(own.study, own.series, prior, [])).slice(0, mostPriors);
  }

  /** Opens earlier studies until `count` of them are relevant, when the first image of this one stands. */
  async #findPriors(own: OpenedStudy, count: number): Promise<void> {
    const [leader] = this.#placed.keys();
    if (leader !== undefined) await this.#wall.panes[leader]?.pictured;
    const found: OpenedStudy[] = [];
    for (const candidate of this.#candidates(own)) {
      if (found.length >= count) break;
      const known = this.#wall.opened.find(({ study }) => study.uid === candidate.uid);
      const prior = known ?? (await OpenedStudy.open(candidate.uid, undefined, this.#wall.signal).catch(() => undefined));
      if (prior && isRelevant(own.study, own.series, prior.study, prior.series)) found.push(prior);
    }
    if (this.#wall.signal.aborted || !this.current) return;
    for (const prior of found) this.#wall.join(prior);
    this.#priors = found;
  }
}

/** One viewport that shows what it would show without a protocol. */
function isPlain({ id, rows, columns }: Protocol): boolean {
  return rows * columns === 1 && builtIn.some((known) => known.id === id);
}

function wantedPriors({ viewports }: Protocol): number[] {
  return viewports.map(({ study = 0 }) => study).filter((study) => study > 0);
}
