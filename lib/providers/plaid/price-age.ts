import 'server-only';
import { Exact } from '@/lib/domain/money';
import { exchangeInstant, sessionOn } from '@/lib/domain/nyse-calendar';
import { type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import type { PlaidHolding, PlaidSecurity } from './schema';

/**
 * How old a price is, as far as its answer proves it: `at` an instant; at some time `on` a date; null where it says nothing, so that
 * it is as old as Plaid's last reading of the institution.
 */
export type PriceAge = { readonly at: Instant } | { readonly on: TradingDate } | null;

/**
 * Plaid dates the price of each holding, and the date alone does not tell a price of the session from its close. It is the close
 * where it equals the close of that date, which Plaid gives with the security. A time is used where the institution gives one;
 * midnight is what is written where there is none.
 */
export function priceAgeOf(
  holding: Pick<PlaidHolding, 'institution_price' | 'institution_price_as_of' | 'institution_price_datetime'>,
  security: PlaidSecurity | undefined,
  now: Instant,
): PriceAge {
  const {
    institution_price: price,
    institution_price_as_of: date,
    institution_price_datetime: time,
  } = holding;
  if (time != null && !time.endsWith('T00:00:00.000Z')) return { at: earlier(time, now) };
  if (date == null) return null;
  const session = sessionOn(date);
  const isClose =
    session !== null &&
    session.closesAt <= now &&
    price != null &&
    security?.close_price_as_of === date &&
    security.close_price != null &&
    new Exact(security.close_price).equals(price);
  return isClose ? { at: session.closesAt } : { on: date };
}

/**
 * The instant for which a price is true, given when Plaid last read the institution; null where that is not known and the price is not
 * dated. A price that was read after the close of its date is that close; one that may have been read before is of the session.
 */
export function resolveAge(age: PriceAge, readByPlaidAt: Instant | null, now: Instant): Instant | null {
  if (age === null) return readByPlaidAt;
  if ('at' in age) return age.at;
  const session = sessionOn(age.on);
  const start = session?.opensAt ?? exchangeInstant(age.on, '00:00');
  const end = session?.closesAt ?? start;
  if (readByPlaidAt === null) return earlier(start, now);
  return earlier(earlier(end, readByPlaidAt), now);
}

/** Prices of no more than this share of an account do not make all of it old. */
const IMMATERIAL_SHARE = '0.01';

interface AgedValue {
  /** Null when it is not known, so that it may be anything. */
  readonly value: string | null;
  readonly at: Instant | null;
}

/** The age of the oldest price that matters; null when one that matters is of an age that nobody knows. */
export function oldestThatMatters(values: readonly AgedValue[]): Instant | null {
  const worth = (value: string | null) => new Exact(value ?? 0).abs();
  const all = values.reduce((sum, { value }) => sum.plus(worth(value)), new Exact(0));
  let skipped = new Exact(0);
  for (const { value, at } of [...values].sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1))) {
    skipped = skipped.plus(worth(value));
    if (value === null || skipped.greaterThan(all.times(IMMATERIAL_SHARE))) return at;
  }
  return values.length === 0 ? null : (values.at(-1)?.at ?? null);
}

function earlier(a: Instant, b: Instant): Instant {
  return toInstant(a < b ? a : b);
}
