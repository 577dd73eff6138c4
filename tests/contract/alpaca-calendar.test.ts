import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { compareCalendars } from '@/lib/domain/calendar-check';
import { toDate } from '@/lib/domain/trading-date';
import { fetchCalendar } from '@/lib/providers/alpaca/calendar';
import type { AccountKeys } from '@/lib/providers/provider';
import { type AlpacaHarness, startAlpacaHarness } from '../support/alpaca-harness';
import { SANDBOX_KEYS } from '../support/scenario';

const FROM = toDate('2026-11-13');
const TO = toDate('2027-01-01');
const KEYS: AccountKeys = { keyId: SANDBOX_KEYS.clientId, secretKey: SANDBOX_KEYS.consumerKey };

const opened: (AlpacaHarness['sandbox'] | Server)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const fetchFrom = (baseUrl: string, keys = KEYS) =>
  fetchCalendar(keys, { baseUrl, timeoutMs: 5_000, gate: { pass: async () => {} } }, FROM, TO);

/** A server that answers everything with one text. */
async function serveText(text: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(text);
  });
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
}

describe('Alpaca’s calendar', () => {
  it('is read with one request, and its days are those that were written', async () => {
    const { sandbox } = await startAlpacaHarness([]);
    opened.push(sandbox);
    const sessions = await fetchFrom(sandbox.url);
    expect(compareCalendars(sessions, FROM, TO)).toEqual([]);
    expect(sessions[0]).toEqual({ date: '2026-11-13', opens: '09:30', closes: '16:00' });
    expect(sessions.find(({ date }) => date === '2026-11-27')?.closes).toBe('13:00');
    expect(sandbox.state.requests.map(({ operation }) => operation)).toEqual(['alpacaCalendar']);
  });

  it('is not read with keys that are not accepted', async () => {
    const { sandbox } = await startAlpacaHarness([]);
    opened.push(sandbox);
    await expect(fetchFrom(sandbox.url, { ...KEYS, secretKey: 'wrong' })).rejects.toMatchObject({
      name: 'ProviderError',
    });
  });

  it.each([
    ['nothing', '[]'],
    ['something else', '{"message": "hello"}'],
    ['a day without its close', '[{"date": "2026-11-16", "open": "09:30"}]'],
    ['a time that is none', '[{"date": "2026-11-16", "open": "09:30", "close": "25:00"}]'],
    ['days that were not asked for', '[{"date": "2025-11-14", "open": "09:30", "close": "16:00"}]'],
  ])('that is %s says nothing of any session', async (_name, text) => {
    await expect(fetchFrom(await serveText(text))).rejects.toMatchObject({ kind: 'bad_data' });
  });
});
