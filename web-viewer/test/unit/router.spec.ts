import { afterEach, describe, expect, it } from 'vitest';
import { router } from '../../src/state/router.svelte';

/** The browser's own way back: the address is another, then the page is told. */
function back(to: string): void {
  history.replaceState(null, '', to);
  window.dispatchEvent(new PopStateEvent('popstate'));
}

afterEach(() => {
  router.mayLeave = undefined;
});

describe('the way back of the browser', () => {
  it('stays on the study that may not be left', () => {
    router.toStudy('1.2.3');
    router.mayLeave = () => false;
    for (const to of ['/', '/viewer?study=1.2.4']) {
      back(to);
      expect(router.route).toMatchObject({ page: 'viewer', study: '1.2.3' });
      expect(location.pathname + location.search).toBe('/viewer?study=1.2.3');
    }
  });

  it('leaves when it may, and asks nothing within a study', () => {
    router.toStudy('1.2.3');
    router.mayLeave = () => false;
    back('/viewer?study=1.2.3&view=mpr');
    expect(router.route).toMatchObject({ view: 'mpr' });
    router.mayLeave = () => true;
    back('/');
    expect(router.route).toEqual({ page: 'worklist' });
  });
});
