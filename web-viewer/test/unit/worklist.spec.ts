import { cleanup, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { locale } from '../../src/i18n/index.svelte';
import Worklist from '../../src/routes/worklist/Worklist.svelte';
import { router } from '../../src/state/router.svelte';
import { session } from '../../src/state/session.svelte';
import { dateRange, worklist } from '../../src/state/worklist.svelte';

function set(uid: string, name: string): unknown {
  return {
    '0020000D': { vr: 'UI', Value: [uid] },
    '00100010': { vr: 'PN', Value: [{ Ideographic: name }] },
    '00080061': { vr: 'CS', Value: ['CT'] },
    '00201208': { vr: 'IS', Value: [24] },
  };
}

function serve(status: number, body: unknown): void {
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }))));
}

const press = (key: string): boolean => window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));

beforeEach(() => {
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
    serve(200, [set('1.3', '王^三'), set('1.1', '张^一'), set('1.2', '李^二')]);
    await worklist.refresh();
    await screen.findAllByText('王三');
    expect(worklist.current?.uid).toBe('1.2');
  });

  it('offers to clear the filters when nothing matches', async () => {
    serve(204, null);
    worklist.text = 'nobody';
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

describe('dates', () => {
  it('count today as the first day', () => {
    const today = new Date(2024, 2, 1);
    expect(dateRange(-1, today)).toBe('');
    expect(dateRange(0, today)).toBe('20240301-20240301');
    expect(dateRange(6, today)).toBe('20240224-20240301');
  });
});
