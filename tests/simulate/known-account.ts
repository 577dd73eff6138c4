import type { Amount, Currency } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { AccountEvidence, MovementStatement, Reading, Sighting } from '@/lib/domain/reconcile/evidence';
import { type Reconciliation, reconcile } from '@/lib/domain/reconcile/reconcile';
import type { ReadingVerdict } from '@/lib/domain/reconcile/verdicts';
import { addDays, type Instant, type TradingDate } from '@/lib/domain/trading-date';

const HOME = 'USD' as Currency;
/** As `reconciled_sessions` in the database. */
const RECONCILED_SESSIONS = 60;
const READINGS_BEFORE = 3;
const KIND_RANK = { daily_eod: 0, reconstructed: 1, estimated: 2 } as const;

/** What the product would have kept of one account, and the conclusions that stand. */
export class KnownAccount {
  readonly readings: Reading[] = [];
  readonly statements: MovementStatement[] = [];
  readonly facts: Sighting[] = [];
  private readonly verdicts = new Map<string, ReadingVerdict>();
  private readonly said = new Set<string>();
  private own: Currency | null = null;
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
    const { verdicts, intervals } = this.reconcileOver(
      [...before, ...this.readings.filter(({ date }) => date >= from)],
      this.statements.filter(({ to }, index) => to >= from || index === this.statements.length - 1),
      { now, immaterial, standsBefore: from },
    );
    const dateOf = new Map(this.readings.map(({ id, date }) => [id, date]));
    for (const verdict of verdicts) {
      if ((dateOf.get(verdict.id) ?? '') >= from) this.verdicts.set(verdict.id, verdict);
    }
    this.own = intervals.currency.at(-1)?.value ?? null;
    this.oldestNews = null;
  }

  /** Conclusions from everything at once, as `npm run republish` draws them. */
  concludeAnew(now: Instant, immaterial: Amount | null): Reconciliation {
    return this.reconcileOver(this.readings, this.statements, { now, immaterial, standsBefore: null });
  }

  /** The reading that stands for each day: accepted, of the best kind, of that the newest. */
  line(verdicts: ReadonlyMap<string, ReadingVerdict> = this.verdicts): ReadonlyMap<TradingDate, Reading> {
    const line = new Map<TradingDate, Reading>();
    for (const reading of this.readings) {
      if (verdicts.get(reading.id)?.accepted !== true) continue;
      const known = line.get(reading.date);
      const isBetter =
        known === undefined ||
        KIND_RANK[reading.kind] < KIND_RANK[known.kind] ||
        (reading.kind === known.kind && reading.asOf > known.asOf);
      if (isBetter) line.set(reading.date, reading);
    }
    return line;
  }

  get currency(): Currency | null {
    return this.own;
  }

  private reconcileOver(
    observations: readonly Reading[],
    statements: readonly MovementStatement[],
    about: Pick<AccountEvidence, 'now' | 'immaterial' | 'standsBefore'>,
  ): Reconciliation {
    const evidence: AccountEvidence = {
      observations,
      statements,
      facts: this.facts,
      corroboration: [],
      decisions: [],
      rates: [],
      homeCurrency: HOME,
      ...about,
    };
    return reconcile(evidence);
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
