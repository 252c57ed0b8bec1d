/** Viewports that move together: those of a page, and those of another window with them. */
import { hasImages, type Series } from '../dicom/study';
import { single } from './layout';
import { Links } from './links';
import type { Pane } from './pane.svelte';
import { screens } from './screens.svelte';

/** What of a page it needs to know. */
interface Page {
  readonly uid: string;
  readonly opened: readonly { readonly series: readonly Series[] }[];
  readonly panes: readonly Pane[];
  readonly active: Pane;
  readonly linked: boolean;
  link(linked: boolean, isTold: boolean): void;
}

export class InStep {
  readonly #page: Page;
  readonly #links = new Links();
  readonly #part: () => void;

  constructor(page: Page) {
    this.#page = page;
    this.#part = screens.join({
      isLinked: () => page.linked,
      link: (linked) => page.link(linked, false),
      anchor: () => this.#links.anchor(page.panes),
      follow: (leader) => {
        if (page.linked) this.#links.lead(leader, page.panes);
      },
    });
  }

  /** They are linked from now on, or no longer; `isTold` to the other window. */
  link(linked: boolean, isTold: boolean): void {
    this.#links.anchor(this.#page.panes);
    if (isTold) screens.link(linked);
    if (linked) this.lead(this.#page.active);
  }

  /** Another series stands: what stands now, in the other window too, is held to be the same place. */
  anchor(): void {
    this.#links.anchor(this.#page.panes);
    screens.anchor();
  }

  /** The others follow the active viewport, unless the other window leads. */
  lead(pane: Pane): void {
    const { active, linked, panes } = this.#page;
    if (!linked || pane !== active || !screens.leads) return;
    const isGrouped = panes.some(({ group }) => group !== '');
    const leader = !isGrouped || pane.group !== '' ? this.#links.leader(pane) : undefined;
    if (!leader) return;
    this.#links.lead(leader, panes.filter((other) => other !== pane && other.group === pane.group));
    screens.lead(leader);
  }

  /** Opens a second window on what does not stand here. Whether the browser let it. */
  second(): boolean {
    return screens.open(this.#page.uid, this.#free, single);
  }

  /** Tells the second window which study stands here. */
  tell(): void {
    screens.study(this.#page.uid, this.#free);
  }

  close(): void {
    this.#part();
  }

  /** Series with images that stand in no viewport. */
  get #free(): string[] {
    const here = new Set(this.#page.panes.map(({ series }) => series?.uid));
    return (this.#page.opened[0]?.series ?? []).filter((item) => hasImages(item) && !here.has(item.uid)).map(({ uid }) => uid);
  }
}
