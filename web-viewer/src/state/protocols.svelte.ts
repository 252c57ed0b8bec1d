/** Hanging protocols that somebody made, kept by this browser for each user apart, in the order in which they are tried. */
import type { Fault } from '../checks/json';
import type { Protocol } from '../hanging/protocol';
import { read, write } from '../hanging/validate';

class Protocols {
  list = $state.raw<readonly Protocol[]>([]);
  #place = '';

  /** Reads the protocols of a user; nobody is a user of their own. What cannot be read is left where it is. */
  open(user: string | undefined): void {
    this.#place = `yingyun.hanging.${user ?? ''}`;
    const found = read(localStorage.getItem(this.#place) ?? write([]));
    this.list = 'protocols' in found ? found.protocols : [];
  }

  /** Keeps a protocol, in the place of the one with its id. */
  save(protocol: Protocol): void {
    const isKnown = this.list.some(({ id }) => id === protocol.id);
    this.#keep(isKnown ? this.list.map((other) => (other.id === protocol.id ? protocol : other)) : [protocol, ...this.list]);
  }

  rename(id: string, name: string): void {
    this.#keep(this.list.map((other) => (other.id === id ? { ...other, name: { zh: name, en: name } } : other)));
  }

  remove(id: string): void {
    this.#keep(this.list.filter((other) => other.id !== id));
  }

  /** One place up (-1) or down (1). */
  move(id: string, step: 1 | -1): void {
    const at = this.list.findIndex((other) => other.id === id);
    const [own, other] = [this.list[at], this.list[at + step]];
    if (!own || !other) return;
    const next = [...this.list];
    [next[at], next[at + step]] = [other, own];
    this.#keep(next);
  }

  /** Takes the protocols of a file; those with the ids of others take their places. Answers what is wrong with it. */
  take(json: string): readonly Fault[] {
    const found = read(json);
    if ('faults' in found) return found.faults;
    for (const protocol of [...found.protocols].reverse()) this.save(protocol);
    return [];
  }

  /** All of them as a file. */
  get file(): string {
    return write(this.list);
  }

  #keep(list: readonly Protocol[]): void {
    this.list = list;
    localStorage.setItem(this.#place, write(list));
  }
}

export const protocols = new Protocols();
