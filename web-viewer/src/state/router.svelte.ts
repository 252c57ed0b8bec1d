/** Where the page is. The address carries all of it, so a link or a reload comes back to the same view. */

export type Route =
  | { readonly page: 'worklist' }
  | { readonly page: 'viewer'; readonly study: string; readonly series: string | undefined };

class Router {
  route = $state<Route>(read());

  constructor() {
    window.addEventListener('popstate', () => (this.route = read()));
  }

  /** Goes to the study list, with the search it had. */
  toWorklist(): void {
    this.#go(`/${worklistQuery}`, false);
  }

  toStudy(study: string): void {
    worklistQuery = location.pathname === '/' ? location.search : worklistQuery;
    this.#go(studyPath(study), false);
  }

  /** Names the open series in the address without a step in the history. */
  toSeries(study: string, series: string): void {
    this.#go(studyPath(study, series), true);
  }

  #go(path: string, replace: boolean): void {
    if (path === location.pathname + location.search) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', path);
    this.route = read();
  }
}

let worklistQuery = '';

export function studyPath(study: string, series?: string): string {
  const query = new URLSearchParams({ study, ...(series ? { series } : {}) });
  return `/viewer?${query}`;
}

function read(): Route {
  if (location.pathname.replace(/\/$/, '') !== '/viewer') return { page: 'worklist' };
  const query = new URLSearchParams(location.search);
  return { page: 'viewer', study: query.get('study') ?? '', series: query.get('series') ?? undefined };
}

export const router = new Router();
