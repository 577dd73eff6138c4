import type { Amount, Currency } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { MovementStatement, Reading, Sighting } from '@/lib/domain/reconcile/evidence';
import type { Reconciliation } from '@/lib/domain/reconcile/reconcile';
import type { ReadingVerdict } from '@/lib/domain/reconcile/verdicts';
import { addDays, type Instant, type TradingDate } from '@/lib/domain/trading-date';
import { conclude, standingOf } from '../support/account-evidence';

/** As `reconciled_sessions` in the database. */
const RECONCILED_SESSIONS = 60;
const READINGS_BEFORE = 3;

/** What the product would have kept of one account, and the conclusions that stand. */
export class KnownAccount {
  readonly readings: Reading[] = [];
  readonly statements: MovementStatement[] = [];
  readonly facts: Sighting[] = [];
  private readonly verdicts = new Map<string, ReadingVerdict>();
  private readonly said = new Set<string>();
  /** Which it is by now. */
  currency: Currency | null = null;
  private oldestNews: TradingDate | null = null;

  constructor(private readonly since: TradingDate) {}

  /** Keeps a reading, once. */
  observe(reading: Omit<Reading, 'id'>): void {
    const content = JSON.stringify(reading);
    if (this.said.has(content)) return;
    this.said.add(content);
    this.readings.push({ ...reading, id: String(this.readings.length) });
    if (this.oldestNews === null || reading.date < this.oldestNews) this.oldestNews = reading.date;
  }

  /** Draws conclusions as a fill does: anew for the last sessions and since the oldest open question, as they were before that. */
  conclude(now: Instant, immaterial: Amount | null): void {
    const from = this.reconciledFrom(now.slice(0, 10) as TradingDate);
    const before = [...this.line().values()]
      .filter(({ date }) => date < from)
      .toSorted((a, b) => (a.date < b.date ? -1 : 1))
      .slice(-READINGS_BEFORE);
    const { verdicts, intervals } = conclude({
      observations: [...before, ...this.readings.filter(({ date }) => date >= from)],
      statements: this.statements.filter(
        ({ to }, index) => to >= from || index === this.statements.length - 1,
      ),
      facts: this.facts,
      standsBefore: from,
      immaterial,
      now,
    });
    for (const verdict of verdicts) {
      if (before.every(({ id }) => id !== verdict.id)) this.verdicts.set(verdict.id, verdict);
    }
    this.currency = intervals.currency.at(-1)?.value ?? null;
    this.oldestNews = null;
  }

  /** Conclusions from everything at once, as `npm run republish` draws them. */
  concludeAnew(now: Instant, immaterial: Amount | null): Reconciliation {
    const { readings: observations, statements, facts } = this;
    return conclude({ observations, statements, facts, immaterial, now });
  }

  /** The reading that stands for each day. */
  line(): ReadonlyMap<TradingDate, Reading> {
    return standingOf(this.readings, (id) => this.verdicts.get(id)?.accepted === true);
  }

  private reconciledFrom(today: TradingDate): TradingDate {
    const recent =
      tradingSessions(addDays(today, -2 * RECONCILED_SESSIONS), today).at(-RECONCILED_SESSIONS)?.date ??
      today;
    const open = this.readings.filter(({ id }) => {
      const verdict = this.verdicts.get(id);
      return verdict?.accepted === false && verdict.settledBy === null && verdict.reason !== 'not_funded_yet';
    });
    const inAnother =
      this.since < recent
        ? []
        : [...this.line().values()].filter(({ currency }) => currency !== null && currency !== this.currency);
    const dates = [...open, ...inAnother].map(({ date }) => date);
    return [recent, ...dates, ...(this.oldestNews === null ? [] : [this.oldestNews])].toSorted()[0] ?? recent;
  }
}
