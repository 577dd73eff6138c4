import { describe, expect, it } from 'vitest';
import { parseOAuthReturn } from '@/lib/connections/oauth';
import {
  linkNoticeQuery,
  noticeOf,
  noticeOfOAuth,
  noticeOfSessions,
  parseLinkNotice,
  parsePortalReturn,
} from '@/lib/connections/portal-return';

const read = (query: string) => parsePortalReturn(new URLSearchParams(query));

describe('the way back from the portal', () => {
  it.each([
    ['status=SUCCESS&connection_id=abc', { status: 'success', externalId: 'abc' }],
    ['status=SUCCESS', { status: 'success', externalId: null }],
    ['status=SUCCESS&connection_id=', { status: 'success', externalId: null }],
    [`status=SUCCESS&connection_id=${'x'.repeat(201)}`, { status: 'success', externalId: null }],
    ['status=ERROR&status_code=403&error_code=1066', { status: 'error', code: '1066' }],
    ['status=ERROR', { status: 'error', code: null }],
    ['status=ERROR&error_code=<script>', { status: 'error', code: null }],
    ['status=ABANDONED', { status: 'abandoned' }],
    ['status=success', { status: 'unknown' }],
    ['', { status: 'unknown' }],
  ])('%s is understood', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });
});

describe('the way back from a page on which an account is allowed', () => {
  const STATE = '5f0f5b0c-1111-4111-8111-111111111111';
  const none = { state: null, code: null, error: null };

  it.each([
    [`code=abc&state=${STATE}`, { state: STATE, code: 'abc', error: null }],
    [`error=access_denied&state=${STATE}`, { state: STATE, code: null, error: 'access_denied' }],
    ['error=<script>', { ...none, error: 'server_error' }],
    [`code=${'x'.repeat(501)}&state=made-up`, none],
    ['code=a%0Ab', none],
    ['', none],
  ])('%s is understood', (query, expected) => {
    expect(parseOAuthReturn(new URLSearchParams(query))).toEqual(expected);
  });

  it('is told with its connection, its reason, or that it may be tried later', () => {
    expect(noticeOfOAuth({ state: 'reconnected', connectionId: 'ours' })).toEqual({
      kind: 'reconnected',
      connectionId: 'ours',
    });
    expect(noticeOfOAuth({ state: 'refused', code: 'access_denied' })).toEqual({
      kind: 'failed',
      code: 'access_denied',
    });
    expect(noticeOfOAuth(null)).toEqual({ kind: 'failed', code: 'TRY_LATER' });
  });
});

describe('what the user is told', () => {
  const confirmed = (outcome: 'linked' | 'reconnected' | 'known' | 'unlinked', externalId = 'abc') => ({
    connectionId: `ours-of-${externalId}`,
    externalId,
    institution: 'Harbor',
    outcome,
  });

  it.each([
    ['a new link', [confirmed('linked')], { kind: 'linked', connectionId: 'ours-of-abc' }],
    ['a reconnected one', [confirmed('reconnected')], { kind: 'reconnected', connectionId: 'ours-of-abc' }],
    ['the same told twice', [confirmed('known')], { kind: 'linked', connectionId: 'ours-of-abc' }],
    [
      'another one that is new',
      [confirmed('known', 'old'), confirmed('linked', 'new')],
      { kind: 'linked', connectionId: 'ours-of-new' },
    ],
    ['one that is not listed yet', [confirmed('known', 'old')], { kind: 'unconfirmed' }],
    ['one that was unlinked', [confirmed('unlinked')], { kind: 'unconfirmed' }],
    ['a provider that is down', null, { kind: 'unconfirmed' }],
  ] as const)('of a success with %s', (_name, listed, notice) => {
    expect(noticeOf(read('status=SUCCESS&connection_id=abc'), listed)).toEqual(notice);
  });

  it('of a failure is its code, and of a visit without an outcome only what is new', () => {
    expect(noticeOf(read('status=ERROR&error_code=1066'), [])).toEqual({ kind: 'failed', code: '1066' });
    expect(noticeOf(read('status=ABANDONED'), [])).toEqual({ kind: 'abandoned' });
    expect(noticeOf(read(''), [confirmed('known')])).toBeNull();
    expect(noticeOf(read(''), [confirmed('linked')])).toMatchObject({ kind: 'linked' });
  });
});

describe('a notice in the address', () => {
  it.each([
    { kind: 'linked', connectionId: 'ours' },
    { kind: 'reconnected', connectionId: 'ours' },
    { kind: 'unlinked', connectionId: 'ours' },
    { kind: 'failed', code: '1066' },
    { kind: 'failed', code: null },
    { kind: 'abandoned' },
    { kind: 'unconfirmed' },
    { kind: 'joined' },
    { kind: 'kept_apart' },
    { kind: 'separated' },
  ] as const)('$kind comes back as it was', (notice) => {
    expect(parseLinkNotice(new URLSearchParams(linkNoticeQuery(notice)))).toEqual(notice);
  });

  it('that says nothing we know is none', () => {
    expect(linkNoticeQuery(null)).toBe('');
    for (const query of ['', 'notice=hacked', 'notice=linked', 'connection=ours']) {
      expect(parseLinkNotice(new URLSearchParams(query))).toBeNull();
    }
  });
});

describe('what the user is told of a session on a page that says nothing on the way back', () => {
  const linked = {
    connectionId: 'ours',
    externalId: 'item',
    institution: 'Evergreen',
    outcome: 'linked',
  } as const;

  it.each([
    [
      'a login that was linked',
      { confirmed: [linked], left: null },
      { kind: 'linked', connectionId: 'ours' },
    ],
    [
      'one of several that was linked',
      { confirmed: [linked], left: { code: null } },
      { kind: 'linked', connectionId: 'ours' },
    ],
    [
      'one that was found to work again meanwhile',
      { confirmed: [{ ...linked, outcome: 'known' }], left: null },
      { kind: 'reconnected', connectionId: 'ours' },
    ],
    ['a visit that was left', { confirmed: [], left: { code: null } }, { kind: 'abandoned' }],
    [
      'one that failed',
      { confirmed: [], left: { code: 'INVALID_MFA' } },
      { kind: 'failed', code: 'INVALID_MFA' },
    ],
    ['nothing that is known yet', { confirmed: [], left: null }, { kind: 'unconfirmed' }],
    ['a provider that does not answer', null, { kind: 'unconfirmed' }],
  ] as const)('%s', (_, finished, notice) => {
    expect(noticeOfSessions(finished)).toEqual(notice);
  });
});
