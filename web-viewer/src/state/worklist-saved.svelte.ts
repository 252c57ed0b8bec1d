/** Filters that somebody has named, kept by this browser for each user apart. */
import { toQuery, type Filter } from './worklist-filter';

export interface SavedFilter {
  readonly name: string;
  /** As in the address. */
  readonly query: string;
}

class SavedFilters {
  list = $state.raw<readonly SavedFilter[]>([]);
  #place = '';

  /** Reads the filters of a user; nobody is a user of their own. */
  open(user: string | undefined): void {
    this.#place = `yingyun.filters.${user ?? ''}`;
    this.list = read(localStorage.getItem(this.#place));
  }

  /** Keeps a filter; one of the same name gives way. */
  save(name: string, filter: Filter): void {
    const others = this.list.filter((saved) => saved.name !== name);
    this.#keep([...others, { name, query: toQuery(filter) }].sort((a, b) => a.name.localeCompare(b.name)));
  }

  remove(name: string): void {
    this.#keep(this.list.filter((saved) => saved.name !== name));
  }

  #keep(list: readonly SavedFilter[]): void {
    this.list = list;
    localStorage.setItem(this.#place, JSON.stringify(list));
  }
}

function read(text: string | null): SavedFilter[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(found) ? found.filter(isSaved) : [];
  } catch {
    return [];
  }
}

function isSaved(value: unknown): value is SavedFilter {
  if (typeof value !== 'object' || value === null) return false;
  const { name, query } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof query === 'string';
}

export const savedFilters = new SavedFilters();
