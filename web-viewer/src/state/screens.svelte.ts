/** Another window of this browser on the same study, on a second screen where there is one. Both are in step; each lives without the other. */
import type { Layout } from './layout';
import type { Leader } from './links';
import { router, placePath } from './router.svelte';
import { session } from './session.svelte';

type Message =
  | { readonly kind: 'hello' | 'here' | 'gone' | 'anchor' }
  | { readonly kind: 'study'; readonly study: string; readonly free: readonly string[] }
  | { readonly kind: 'link'; readonly linked: boolean }
  | { readonly kind: 'lead'; readonly leader: Leader }
  | { readonly kind: 'session'; readonly isOpen: boolean };

/** The page that is read in a window. */
export interface Reader {
  isLinked(): boolean;
  link(linked: boolean): void;
  /** What stands now is held to be the same place as what stands in the other window. */
  anchor(): void;
  follow(leader: Leader): void;
}

/** Screens of the device (W3C Window Management), which few browsers tell, and only who was allowed to know. */
interface ScreenDetails {
  readonly currentScreen: object;
  readonly screens: readonly { readonly availLeft: number; readonly availTop: number; readonly availWidth: number; readonly availHeight: number }[];
}
interface Managed {
  readonly screen: { readonly isExtended?: boolean };
  readonly getScreenDetails?: () => Promise<ScreenDetails>;
}

/** Names of second windows, which a reload leaves as they are. */
const prefix = 'yingyun-second-';
/** Where the first window keeps under which name it opened the second. */
const remembered = 'yingyun.second';

class Screens {
  /** Whether this window was opened as the second one. */
  readonly isSecond = window.name.startsWith(prefix);
  /** Whether the other window is there. */
  isPaired = $state(false);
  /** Whether this window was touched last: the other follows. */
  leads = !this.isSecond;
  #name = this.isSecond ? window.name : (sessionStorage.getItem(remembered) ?? '');
  #channel: BroadcastChannel | undefined;
  #reader: Reader | undefined;
  /** What the first window told last of its study. */
  #told: Message | undefined;

  constructor() {
    if (this.#name) this.#listen();
  }

  /** Opens a second window on a study, or brings it to the front. Whether the browser let it. */
  open(study: string, free: readonly string[], layout: Layout): boolean {
    if (!this.#name) {
      this.#name = `${prefix}${crypto.getRandomValues(new Uint32Array(2)).join('')}`;
      sessionStorage.setItem(remembered, this.#name);
      this.#listen();
    }
    const { availWidth, availHeight } = window.screen;
    const opened = window.open('', this.#name, `popup,width=${Math.round(availWidth * 0.6)},height=${Math.round(availHeight * 0.8)}`);
    if (!opened) return false;
    // One that is there already has its page.
    if (opened.location.href === 'about:blank') opened.location.replace(pathOf(study, free, layout));
    opened.focus();
    toOtherScreen(opened).catch(() => undefined);
    return true;
  }

  /** A page is read from now on, until what is answered is called. */
  join(reader: Reader): () => void {
    this.#reader = reader;
    return () => {
      if (this.#reader === reader) this.#reader = undefined;
    };
  }

  /** Tells which study stands in the first window, and which of its series do not. */
  study(study: string, free: readonly string[]): void {
    if (this.isSecond) return;
    this.#told = { kind: 'study', study, free };
    this.#say(this.#told);
  }

  link(linked: boolean): void {
    this.#say({ kind: 'link', linked });
  }

  anchor(): void {
    this.#say({ kind: 'anchor' });
  }

  lead(leader: Leader): void {
    this.#say({ kind: 'lead', leader });
  }

  /** Tells whether somebody is signed in. */
  session(isOpen: boolean): void {
    this.#say({ kind: 'session', isOpen });
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message);
  }

  #listen(): void {
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#say({ kind: 'hello' });
    window.addEventListener('pagehide', () => this.#say({ kind: 'gone' }));
    // A page that comes back as it was left says nothing by itself.
    window.addEventListener('pageshow', ({ persisted }) => { if (persisted) this.#say({ kind: 'hello' }); });
    for (const kind of ['pointerdown', 'wheel', 'keydown']) window.addEventListener(kind, () => (this.leads = true), { capture: true, passive: true });
  }

  #hear(message: Message): void {
    this.isPaired = message.kind !== 'gone';
    switch (message.kind) {
      case 'hello':
        this.#say({ kind: 'here' });
        if (this.#told) this.#say(this.#told);
        if (this.#reader && !this.isSecond) this.link(this.#reader.isLinked());
        return;
      case 'here': return;
      case 'gone': this.leads = true; return;
      case 'study': return this.#goTo(message.study, message.free);
      case 'session': return this.#enter(message.isOpen);
      case 'link': this.leads = false; return this.#reader?.link(message.linked);
      case 'anchor': return this.#reader?.anchor();
      case 'lead': this.leads = false; return this.#reader?.follow(message.leader);
    }
  }

  /** The second window shows another study, unless it is asked to keep what is not saved. */
  #goTo(study: string, free: readonly string[]): void {
    const { route } = router;
    if (!this.isSecond || (route.page === 'viewer' && route.study === study) || router.mayLeave?.() === false) return;
    router.toPath(pathOf(study, free, route.page === 'viewer' ? route.layout : undefined));
  }

  #enter(isOpen: boolean): void {
    if (isOpen && session.phase === 'signed-out') void session.start();
    if (!isOpen && session.phase === 'open') session.expired();
  }
}

/** As many of the series that the first window does not show as there is room for. */
function pathOf(study: string, free: readonly string[], layout: Layout = { rows: 1, columns: 1 }): string {
  return placePath({ study, series: free.slice(0, layout.rows * layout.columns), layout, priors: [], view: 'stack' });
}

/** Over the whole of another screen, where the device has one and the user lets it be known. */
async function toOtherScreen(opened: Window): Promise<void> {
  const managed = window as unknown as Managed;
  if (!managed.screen.isExtended || !managed.getScreenDetails) return;
  const { screens, currentScreen } = await managed.getScreenDetails();
  const other = screens.find((screen) => screen !== currentScreen);
  if (!other) return;
  opened.moveTo(other.availLeft, other.availTop);
  opened.resizeTo(other.availWidth, other.availHeight);
}

export const screens = new Screens();
