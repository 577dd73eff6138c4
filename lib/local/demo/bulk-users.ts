import { previousSession, type TradingSession, tradingSessions } from '@/lib/domain/nyse-calendar';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import { connection, type DemoConnection, type SandboxLogin, saver } from './scenario';

/**
 * Users who give the operators' pages something to show. Nobody signs in as one of them, so they have no password and
 * tell no story of their own.
 */
export interface BulkUser {
  readonly email: string;
  readonly login: SandboxLogin;
  readonly connections: readonly DemoConnection[];
  readonly capturedOn: (date: TradingDate) => boolean;
  /** Whether the broker named ten times the value when it was asked once more on the latest evening. */
  readonly holdsSwing: boolean;
}

const CROWD_DAYS = 90;

const NAMES = [
  ...['amira', 'boris', 'chloe', 'dario', 'elena', 'felix', 'greta'],
  ...['hugo', 'ines', 'jonas', 'kira', 'liam', 'mona', 'nils'],
  ...['oscar', 'paula', 'quinn', 'rosa', 'simon', 'tessa', 'uwe'],
] as const;

const BROKERAGES = ['Northwind Brokerage', 'Harbor Securities', 'Keystone Trust'] as const;

/**
 * Three months of 21 users at three brokerages. Keystone has shut out all but one of its users, Northwind was missed for
 * three days, and a few others have trouble of their own.
 */
export function createBulkUsers(latest: TradingSession): readonly BulkUser[] {
  const openedOn = previousSession(addDays(latest.date, -CROWD_DAYS)).date;
  const sessions = tradingSessions(addDays(latest.date, -60), latest.date).map(({ date }) => date);
  const sessionsAgo = (count: number): TradingDate => sessions.at(-1 - count) ?? latest.date;
  const shutOutAt = `${sessionsAgo(7)}T12:00:00.000Z`;
  const missed = new Set([sessionsAgo(12), sessionsAgo(11), sessionsAgo(10)]);
  const quiet = { from: sessionsAgo(20), to: sessionsAgo(13) };

  return NAMES.map((name, at) => {
    const brokerage = BROKERAGES[Math.floor(at / 7)] ?? BROKERAGES[0];
    const isShutOut = brokerage === 'Keystone Trust' && name !== 'uwe';
    // One broker offers no history, so what was missed there cannot be had.
    const hasHistory = name !== 'kira' && name !== 'chloe';
    const isNew = name === 'felix';
    const holdsSwing = name === 'mona';
    const account = saver(
      `bulk-${name}`,
      'Individual',
      isNew ? sessionsAgo(15) : openedOn,
      8_000 + 2_750 * at,
      0,
      at % 2 === 0 ? 'REPLAY-2017' : 'REPLAY-2012',
      0.8,
    );
    return {
      email: `${name}@example.com`,
      login: { userId: `demo-bulk-${name}`, userSecret: `sandbox-secret-of-${name}` },
      connections: [
        {
          ...connection(`bulk-${name}`, brokerage, 'realtime', [{ ...account, historyEnabled: hasHistory }]),
          ...(isShutOut ? { disabledSince: shutOutAt } : {}),
        },
      ],
      capturedOn: (date) =>
        (holdsSwing || date < latest.date) &&
        !(brokerage === 'Northwind Brokerage' && missed.has(date)) &&
        !(name === 'kira' && date >= quiet.from && date <= quiet.to),
      holdsSwing,
    };
  });
}
