/** A sentence that the page says, and no longer after some seconds. */
import type { Key } from '../i18n/index.svelte';

/** Milliseconds for which it stands. */
const longEnough = 6000;

export class Said {
  text = $state<Key>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: Key): void {
    this.close();
    this.text = text;
    this.#timer = setTimeout(() => (this.text = undefined), longEnough);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.text = undefined;
  }
}
