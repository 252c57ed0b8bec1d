/** Where the page is. The address carries all of it, so a link or a reload comes back to the same view. */

import { layoutName, layoutNamed, single, type Layout } from './layout';

export type Route =
  | { readonly page: 'worklist' }
  /** The administrators' console, at one of its parts. */
  | { readonly page: 'console'; readonly part: string }
  | ({ readonly page: 'viewer' } & Place);

/** What is read. */
export interface Place {
  readonly study: string;
  /** What the viewports show, one after the other. */
  readonly series: readonly string[];
  readonly layout: Layout;
  /** Other studies that stand beside it. */
  readonly priors: readonly string[];
  /** As stacks of images, or the active one as a volume. */
  readonly view: ReadingView;
  /** The hanging protocol by which they hang, empty: the one that suits best; `none`: as told here. */
  readonly hang?: string | undefined;
}

export type ReadingView = 'stack' | 'mpr';

class Router {
  route = $state<Route>(read());
  /** Is asked before the browser's own way back leaves the page; none where nothing can be lost. */
  mayLeave: (() => boolean) | undefined;
  #path = path();

  constructor() {
    window.addEventListener('popstate', () => {
      const next = read();
      const leaves = next.page !== 'viewer' || this.route.page !== 'viewer' || next.study !== this.route.study;
      if (leaves && this.mayLeave?.() === false) history.pushState(null, '', this.#path);
      else [this.route, this.#path] = [next, path()];
    });
  }

  /** Goes to the study list, with the search it had. */
  toWorklist(): void {
    this.#go(`/${worklistPlace}`, false);
  }

  /**
   * Names the search in the address without a step in the history: behind the `#`, which no server is sent and no
   * log holds, since it may be a patient's name.
   */
  toSearch(query: string): void {
    this.#go(query === '' ? '/' : `/#${query}`, true);
  }

  toStudy(study: string): void {
    worklistPlace = location.pathname === '/' ? location.search + location.hash : worklistPlace;
    this.#go(studyPath(study), false);
  }

  /** Names what the viewports show in the address without a step in the history. */
  toReading(place: Place): void {
    this.#go(placePath(place), true);
  }

  /** Goes to a part of the console. */
  toConsole(part = ''): void {
    this.#go(part === '' ? '/console' : `/console#${part}`, false);
  }

  /** Goes where another window leads, without a step in the history. */
  toPath(path: string): void {
    this.#go(path, true);
  }

  #go(to: string, replace: boolean): void {
    if (to === path()) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', to);
    this.#path = to;
    this.route = read();
  }
}

function path(): string {
  return location.pathname + location.search + location.hash;
}

let worklistPlace = '';

export function studyPath(study: string): string {
  return placePath({ study, series: [], layout: single, priors: [], view: 'stack' });
}

export function placePath({ study, series, layout, priors, view, hang = 'none' }: Place): string {
  const query = new URLSearchParams({ study });
  if (hang !== 'none') {
    if (hang !== '') query.set('hang', hang);
    return `/viewer?${query}`;
  }
  if (series.some((uid) => uid !== '')) query.set('series', series.join(','));
  if (layoutName(layout) !== layoutName(single)) query.set('layout', layoutName(layout));
  if (priors.length > 0) query.set('priors', priors.join(','));
  if (view !== 'stack') query.set('view', view);
  return `/viewer?${query.toString().replaceAll('%2C', ',')}`;
}

/** UIDs, parted by commas; an empty one holds its place. */
function list(text: string | null): string[] {
  return text ? text.split(',') : [];
}

function read(): Route {
  const page = location.pathname.replace(/\/$/, '');
  if (page === '/console') return { page: 'console', part: location.hash.slice(1) };
  if (page !== '/viewer') return { page: 'worklist' };
  const query = new URLSearchParams(location.search);
  return {
    page: 'viewer',
    study: query.get('study') ?? '',
    series: list(query.get('series')),
    layout: layoutNamed(query.get('layout')),
    priors: list(query.get('priors')),
    view: query.get('view') === 'mpr' ? 'mpr' : 'stack',
    hang: ['series', 'layout', 'priors', 'view'].some((name) => query.has(name)) ? 'none' : (query.get('hang') ?? ''),
  };
}

export const router = new Router();
