import { describe, expect, it } from 'vitest';
import { readConnectionEvent, snapTradeEventSchema } from '@/lib/webhooks/event';

function eventOf(parts: Record<string, unknown>) {
  return readConnectionEvent(snapTradeEventSchema.parse({ ...HOLDINGS, ...parts }));
}

const HOLDINGS = {
  webhookId: 'event-1',
  clientId: 'CLIENT',
  userId: 'ada',
  accountId: 'account-1',
  eventType: 'ACCOUNT_HOLDINGS_UPDATED',
  eventTimestamp: '2026-11-20T22:15:04.039837+00:00',
  brokerageAuthorizationId: 'connection-1',
  webhookSecret: 'deprecated',
  details: { total_value: { success: true, error: null }, positions: { success: false, error: 'late' } },
};

describe('what an event reports', () => {
  it('is the connection that it names', () => {
    expect(eventOf({})).toEqual({
      externalId: 'connection-1',
      eventId: 'event-1',
      eventType: 'ACCOUNT_HOLDINGS_UPDATED',
      happenedAt: '2026-11-20T22:15:04.039Z',
    });
  });

  it('is named otherwise for OAuth applications', () => {
    const oauth = {
      brokerageAuthorizationId: undefined,
      connectionId: 'connection-2',
      schemaVersion: 'oauth_v1',
    };
    expect(eventOf(oauth)?.externalId).toBe('connection-2');
  });

  it.each([
    { name: 'a total that could not be read', details: { total_value: { success: false, error: 'down' } } },
    { name: 'details without a word on the total', details: { positions: { success: true, error: null } } },
    { name: 'details in another shape', details: 'success' },
  ])('is nothing after $name', ({ details }) => {
    expect(eventOf({ details })).toBeNull();
  });

  it.each([undefined, null])('is worth a look when there are no details (%s)', (details) => {
    expect(eventOf({ details })).not.toBeNull();
  });

  it.each([
    ...[
      'CONNECTION_ADDED',
      'CONNECTION_FIXED',
      'CONNECTION_BROKEN',
      'CONNECTION_UPDATED',
      'CONNECTION_DELETED',
    ],
    ...['NEW_ACCOUNT_AVAILABLE', 'ACCOUNT_REMOVED'],
    ...['ACCOUNT_TRANSACTIONS_INITIAL_UPDATE', 'ACCOUNT_TRANSACTIONS_UPDATED'],
    ...['ACCOUNT_BALANCE_HISTORY_UPDATED', 'accountBalanceHistoryUpdated'],
  ])('is a look after %s, whatever its details', (eventType) => {
    expect(eventOf({ eventType, details: undefined })?.eventType).toBe(eventType);
    expect(eventOf({ eventType, details: { orders: [] } })).not.toBeNull();
  });

  it.each([
    'USER_REGISTERED',
    'CONNECTION_ATTEMPTED',
    'CONNECTION_FAILED',
    'TRADE_UPDATE',
    'NOT_YET_INVENTED',
  ])('is nothing after %s', (eventType) => {
    expect(eventOf({ eventType })).toBeNull();
  });

  it('is nothing when no connection is named', () => {
    expect(eventOf({ brokerageAuthorizationId: null })).toBeNull();
  });

  it.each([
    ...['yesterday', '2026-11-20', '2026-11-20T22:15:04', '', null, undefined],
    ...['0000-01-01T00:00:00+00:00', '9999-12-31T23:59:59+00:00'],
  ])(
    'has no time when the event says %s',
    (eventTimestamp) => {
      expect(eventOf({ eventTimestamp })?.happenedAt).toBeNull();
    },
  );
});

describe('an event', () => {
  it.each([
    { name: 'without an id', parts: { webhookId: undefined } },
    { name: 'with an empty id', parts: { webhookId: '' } },
    { name: 'without a type', parts: { eventType: undefined } },
    { name: 'whose connection is a number', parts: { brokerageAuthorizationId: 7 } },
  ])('$name is none', ({ parts }) => {
    expect(snapTradeEventSchema.safeParse({ ...HOLDINGS, ...parts }).success).toBe(false);
  });
});
