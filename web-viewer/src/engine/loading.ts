/** What the viewports want in memory: fetches it, gives up and forgets what no viewport wants any more. */
import { cache, Enums, imageLoader, imageLoadPoolManager, imageRetrievalPoolManager } from '@cornerstonejs/core';
import { arrived, idsAhead } from './ahead';
import { inTurn } from './order';
import { forget } from './images';
import { Again, type Trouble } from './lost';
import { abortExcept, lossOf } from './requests';

const { RequestType } = Enums;

/** The frames of one viewport. */
export interface Wish {
  readonly ids: readonly string[];
  /** Index of the frame that is looked at. */
  readonly from: number;
  /** Bytes a decoded frame takes. */
  readonly bytesEach: number;
  /** Is told each frame that is in memory. */
  readonly settled: (id: string) => void;
}

export class Loading {
  readonly #wishes = new Map<object, Wish>();
  readonly #held = new Map<object, readonly string[]>();
  readonly #again: Again;
  readonly #resume = new Map<object, () => Promise<void>>();
  #first: object | undefined;

  /** `told` learns when frames are waited for because of the network or a busy server, and when no longer. */
  constructor(told: (trouble: Trouble | undefined) => void) {
    this.#again = new Again(() => {
      // What fails once more is told as it was the first time.
      for (const resume of this.#resume.values()) resume().catch(() => undefined);
      this.#fetch();
    }, told);
  }

  /** `resume` is called when what was lost is asked for again. */
  onAgain(owner: object, resume: () => Promise<void>): void {
    this.#resume.set(owner, resume);
  }

  /** The frame could not be fetched: whether it will be asked for again. */
  lost(id: string): boolean {
    const loss = lossOf(id);
    if (!loss) return false;
    // The others would be lost as well.
    stop();
    this.#again.lost(loss.trouble, loss.after);
    return true;
  }

  /** Fetches a frame before all others: whether it came. */
  async ask(id: string): Promise<boolean> {
    try {
      await imageLoader.loadAndCacheImage(id, { priority: -5, requestType: RequestType.Interaction, additionalDetails: { imageId: id } });
      this.answered();
      return true;
    } catch {
      this.lost(id);
      return false;
    }
  }

  answered(): void {
    this.#again.answered();
  }

  close(): void {
    this.#again.close();
  }

  /** `owner` shows these frames and no others; requests for frames that nobody shows are given up. */
  hold(owner: object, ids: readonly string[]): void {
    const before = this.#held.get(owner) ?? [];
    this.#wishes.delete(owner);
    this.#held.set(owner, ids);
    stop();
    const wanted = this.#all();
    arrived(wanted);
    abortExcept(new Set([...wanted, ...idsAhead()]));
    forget(before.filter((id) => !wanted.has(id)));
    this.#fetch();
  }

  /** Fetches the frames of `owner` beside those of the others, nearest to what is looked at first. */
  want(owner: object, wish: Wish): void {
    this.#wishes.set(owner, wish);
    this.#fetch();
  }

  /** The frames of `owner` are fetched before those of others. */
  prefer(owner: object): void {
    if (this.#first === owner) return;
    this.#first = owner;
    this.#fetch();
  }

  drop(owner: object): void {
    this.#resume.delete(owner);
    this.hold(owner, []);
    this.#held.delete(owner);
    if (this.#first === owner) this.#first = undefined;
  }

  #all(): Set<string> {
    return new Set([...this.#held.values()].flat());
  }

  #fetch(): void {
    stop();
    if (this.#again.isWaiting) return;
    const wishes = [...this.#wishes].sort(([a], [b]) => Number(b === this.#first) - Number(a === this.#first)).map(([, wish]) => wish);
    let room = cache.getMaxCacheSize() * 0.9;
    const counted = new Set<string>();
    for (const { wish, index } of inTurn(wishes)) {
      const id = wish.ids[index] as string;
      // What two of them show takes its room once.
      if (!counted.has(id)) room -= wish.bytesEach;
      if (room < 0) return;
      counted.add(id);
      this.#request(id, wish.settled);
    }
  }

  #request(id: string, settled: (id: string) => void): void {
    if (cache.getImageLoadObject(id)) {
      void settle(id, settled);
      return;
    }
    imageLoadPoolManager.addRequest(() => this.#load(id, settled), RequestType.Prefetch, { imageId: id }, 0);
  }

  async #load(id: string, settled: (id: string) => void): Promise<void> {
    try {
      await imageLoader.loadAndCacheImage(id, { priority: 0, requestType: RequestType.Prefetch, additionalDetails: { imageId: id } });
      this.answered();
      settled(id);
    } catch {
      // A frame that fails for good fails again, and is reported, when it is shown.
      this.lost(id);
    }
  }
}


async function settle(id: string, settled: (id: string) => void): Promise<void> {
  try {
    await cache.getImageLoadObject(id)?.promise;
    settled(id);
  } catch {
    // Whoever asked for the image reports it.
  }
}

function stop(): void {
  imageLoadPoolManager.clearRequestStack(RequestType.Prefetch);
  imageRetrievalPoolManager.clearRequestStack(RequestType.Prefetch);
}
