import { cleanup, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { locale } from '../../src/i18n/index.svelte';
import Worklist from '../../src/routes/worklist/Worklist.svelte';
import { router } from '../../src/state/router.svelte';
import { session } from '../../src/state/session.svelte';
import { worklist } from '../../src/state/worklist.svelte';
import { savedFilters } from '../../src/state/worklist-saved.svelte';

function set(uid: string, name: string): unknown {
  return {
    '0020000D': { vr: 'UI', Value: [uid] },
    '00100010': { vr: 'PN', Value: [{ Ideographic: name }] },
    '00080061': { vr: 'CS', Value: ['CT'] },
    '00201208': { vr: 'IS', Value: [24] },
  };
}

/** Answers searches; of changes nothing is told. */
function serve(status: number, body: unknown, headers: Record<string, string> = {}): void {
  vi.stubGlobal('fetch', vi.fn((url: string) => {
    if (url.startsWith('/api/changes')) return new Promise(() => undefined);
    return Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status, headers }));
  }));
}

const press = (key: string): boolean => window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal('IntersectionObserver', class { observe(): void {} disconnect(): void {} });
  Element.prototype.scrollIntoView = () => undefined;
  locale.set('en');
  worklist.clear();
  worklist.studies = [];
  worklist.loaded = false;
  history.replaceState(null, '', '/');
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('worklist', () => {
  it('is read and opened by the keyboard alone', async () => {
    serve(200, [set('1.1', '张^一'), set('1.2', '李^二')]);
    render(Worklist);
    await screen.findAllByText('张一');
    press('ArrowDown');
    await tick();
    expect(worklist.current?.uid).toBe('1.2');
    press('Enter');
    expect(router.route).toMatchObject({ page: 'viewer', study: '1.2' });
  });

  it('goes to the search box at a slash', async () => {
    serve(200, [set('1.1', '张^一')]);
    render(Worklist);
    await screen.findAllByText('张一');
    press('/');
    expect(document.activeElement?.getAttribute('name')).toBe('search');
  });

  it('tells how to send the first study when the archive is empty', async () => {
    serve(204, null);
    session.dicom = { title: 'HOSPITAL', port: 104 };
    render(Worklist);
    expect(await screen.findByText('The archive is empty')).toBeTruthy();
    expect(screen.getByText(/^dcmsend --no-halt \+sd \+r -aec HOSPITAL \S+ 104 /)).toBeTruthy();
    session.dicom = undefined;
    await tick();
    expect(screen.queryByText(/dcmsend/), 'a server that does not say where').toBeNull();
  });

  it('shows a study that comes while somebody looks, and keeps the selected one', async () => {
    serve(200, [set('1.1', '张^一'), set('1.2', '李^二')]);
    render(Worklist);
    await screen.findAllByText('张一');
    worklist.select(1);
    serve(200, [set('1.0', '王^三')]);
    await worklist.changed(['1.0']);
    await screen.findAllByText('王三');
    expect(worklist.studies.map(({ uid }) => uid)).toEqual(['1.0', '1.1', '1.2']);
    expect(worklist.current?.uid).toBe('1.2');
    screen.getByRole('button', { name: '1 new study' }).click();
    await tick();
    expect(worklist.current?.uid).toBe('1.0');
    expect(screen.queryByRole('button', { name: '1 new study' })).toBeNull();
  });

  it('takes a study out that is no longer there', async () => {
    serve(200, [set('1.1', '张^一'), set('1.2', '李^二')]);
    render(Worklist);
    await screen.findAllByText('张一');
    serve(204, null);
    await worklist.changed(['1.1']);
    expect(worklist.studies.map(({ uid }) => uid)).toEqual(['1.2']);
  });

  it('shows nothing of what another session loaded', async () => {
    serve(200, [set('1.1', '张^一')]);
    const first = render(Worklist);
    await screen.findAllByText('张一');
    first.unmount();
    vi.stubGlobal('fetch', vi.fn(() => new Promise(() => undefined)));
    render(Worklist);
    expect(screen.queryAllByText('张一')).not.toEqual([]);
    cleanup();
    session.opened += 1;
    render(Worklist);
    expect(screen.queryAllByText('张一')).toEqual([]);
    expect(worklist.filtered).toBe(false);
  });

  it('tries once more what failed, with the rows that are there', async () => {
    serve(200, [set('1.1', '张^一')]);
    render(Worklist);
    await screen.findAllByText('张一');
    serve(503, { message: 'closed' });
    await worklist.search();
    expect(await screen.findByText(/not up to date/)).toBeTruthy();
    serve(200, [set('1.2', '李^二')]);
    screen.getByRole('button', { name: 'Try again' }).click();
    await screen.findAllByText('李二');
    expect(screen.queryByText(/not up to date/)).toBeNull();
  });

  it('asks for a further page that failed by a press alone, however much is scrolled', async () => {
    serve(200, Array.from({ length: 100 }, (_, at) => set(`1.${at}`, '张^一')), { Link: '<studies?after=x>; rel="next"' });
    render(Worklist);
    await screen.findAllByText('张一');
    expect(worklist.more).toBe(true);
    serve(503, { message: 'closed' });
    await worklist.showMore();
    expect(await screen.findByText(/not complete/)).toBeTruthy();
    const asked = vi.mocked(fetch).mock.calls.length;
    await worklist.showMore();
    expect(vi.mocked(fetch).mock.calls.length).toBe(asked);
    serve(204, null);
    await worklist.retry();
    await tick();
    expect(screen.queryByText(/not complete/)).toBeNull();
    expect(worklist.studies).toHaveLength(100);
  });

  it('offers to clear the filters when nothing matches', async () => {
    serve(204, null);
    history.replaceState(null, '', '/#q=nobody');
    render(Worklist);
    expect(await screen.findByText('No study matches')).toBeTruthy();
  });

  it('says what the server said, and how to go on', async () => {
    serve(500, { message: 'the index is closed' });
    render(Worklist);
    expect(await screen.findByText('The server has a problem')).toBeTruthy();
    expect(screen.getByText(/the index is closed/)).toBeTruthy();
    expect(screen.getByText('Try again')).toBeTruthy();
  });
});

describe('saved filters', () => {
  it('are kept for each user apart, by name, and can be deleted', () => {
    savedFilters.open('li');
    worklist.change({ modalities: ['CT'], when: 'week' });
    savedFilters.save('CT of the week', worklist.filter);
    savedFilters.save('all CT', { ...worklist.filter, when: 'any' });
    savedFilters.save('all CT', { ...worklist.filter, when: 'month' });
    savedFilters.open('wang');
    expect(savedFilters.list).toEqual([]);
    savedFilters.open('li');
    expect(savedFilters.list).toEqual([{ name: 'all CT', query: 'modality=CT&when=month' }, { name: 'CT of the week', query: 'modality=CT&when=week' }]);
    savedFilters.remove('all CT');
    savedFilters.open('li');
    expect(savedFilters.list.map(({ name }) => name)).toEqual(['CT of the week']);
  });

  it('that cannot be read are none', () => {
    for (const text of ['{', '{}', '[1,{"name":1}]']) {
      localStorage.setItem('yingyun.filters.li', text);
      savedFilters.open('li');
      expect(savedFilters.list).toEqual([]);
    }
  });
});
