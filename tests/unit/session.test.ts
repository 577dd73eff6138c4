import { afterEach, describe, expect, it, vi } from 'vitest';
import { ProblemError } from '@/components/portfolio/problem';
import { compareSession, fetchOwnDocument, isOver, sessionAfter } from '@/components/session/session';
import { refuseOtherViewer, viewerId } from '@/lib/http/session';

const OLIVIA = '6b1d2f0e-6f4c-4f0e-9a53-0d3a3f6a7b11';
const BEN = '0f9f3c2a-2a8e-4f5d-8a55-9f0f7f6f1c22';

describe('the id by which a document says whose it is', () => {
  it('is the same for a user always, and another for everybody else', () => {
    expect(viewerId(OLIVIA)).toBe(viewerId(OLIVIA));
    expect(viewerId(OLIVIA)).not.toBe(viewerId(BEN));
  });

  it('gives nothing of the user away and needs no escaping in an address', () => {
    expect(viewerId(OLIVIA)).toMatch(/^[\w-]{22}$/);
    for (const part of OLIVIA.split('-')) expect(viewerId(OLIVIA)).not.toContain(part);
  });
});

describe('a page that says whose it is', () => {
  it('is served to its own user, and so is who says nothing', () => {
    expect(() => refuseOtherViewer('a', 'a')).not.toThrow();
    expect(() => refuseOtherViewer('a', null)).not.toThrow();
  });

  it('is refused when somebody else is signed in by now', () => {
    expect(() => refuseOtherViewer('a', 'b')).toThrow(expect.objectContaining({ code: 'session_changed' }));
    expect(() => refuseOtherViewer('a', '')).toThrow(expect.objectContaining({ code: 'session_changed' }));
  });
});

describe('the session of a page', () => {
  it('is over when somebody else or nobody is signed in', () => {
    expect(compareSession('a', 'a')).toBe('same');
    expect(compareSession('a', 'b')).toBe('other');
    expect(compareSession('a', null)).toBe('signed-out');
    expect(isOver('other') && isOver('signed-out')).toBe(true);
    expect(isOver('same') || isOver('checking') || isOver('unknown')).toBe(false);
  });

  it('is known to be over from a refusal, and not from any other failure', () => {
    expect(sessionAfter(new ProblemError(401, 'You are not signed in', null), 'a')).toBe('signed-out');
    expect(sessionAfter(new ProblemError(409, 'Changed', null, 'session_changed'), 'a')).toBe('other');
    expect(sessionAfter(new ProblemError(409, 'Busy', null, 'other'), 'a')).toBeNull();
    expect(sessionAfter(new ProblemError(503, 'Not available', null), 'a')).toBeNull();
    expect(sessionAfter(new TypeError('Failed to fetch'), 'a')).toBeNull();
  });
});

describe('a browser’s document', () => {
  const open = async () => {
    vi.stubGlobal('window', {});
    vi.resetModules();
    return import('@/components/session/session');
  };
  afterEach(() => vi.unstubAllGlobals());

  it('shows the pages of whoever it showed first, and nobody else’s', async () => {
    const { endedFor } = await open();
    expect(endedFor('a')).toBeNull();
    expect(endedFor('a')).toBeNull();
    expect(endedFor('b')).toBe('other');
  });

  it('that has met somebody else’s page shows none again, also not the one before it', async () => {
    const { endedFor } = await open();
    endedFor('a');
    endedFor('b');
    expect(endedFor('a')).toBe('other');
  });

  it('whose session ended is due anew when its own user is back, and for nobody else', async () => {
    const { endedFor, learn } = await open();
    expect(learn('a', 'checking')).toBe('shown');
    expect(learn('a', 'signed-out')).toBe('over');
    expect(endedFor('a')).toBe('signed-out');
    expect(learn('a', 'checking')).toBe('over');
    expect(learn('a', 'same')).toBe('due anew');
    expect(learn('b', 'same')).toBe('over');
  });
});

describe('a document', () => {
  const answer = (body: object) => {
    const asked = vi.fn<typeof fetch>(() => Promise.resolve(Response.json(body)));
    vi.stubGlobal('fetch', asked);
    return asked;
  };
  afterEach(() => vi.unstubAllGlobals());

  it('of the page’s own user is taken, and asked for in their name past every cache', async () => {
    const asked = answer({ viewer: 'a', points: [] });
    expect(await fetchOwnDocument('a', '/api/x')).toEqual({ viewer: 'a', points: [] });
    const init = asked.mock.calls[0]?.[1];
    expect(init?.cache).toBe('no-store');
    expect(new Headers(init?.headers).get('x-page-viewer')).toBe('a');
  });

  it.each([{ viewer: 'b', points: [] }, { viewer: null }, { points: [] }])(
    'that is another’s or does not say whose it is is refused: %j',
    async (body) => {
      answer(body);
      await expect(fetchOwnDocument('a', '/api/x')).rejects.toMatchObject({ code: 'session_changed' });
    },
  );
});
