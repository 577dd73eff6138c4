import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFormats, hideAmounts } from '@/components/format/formats';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { amountOf, currencyOf } from '../support/chart-history';

const english = createFormats('en-US', currencyOf('USD'));
const german = createFormats('de-DE', currencyOf('EUR'));

describe('amounts', () => {
  test('are written from their exact digits, beyond what a number could hold', () => {
    expect(english.money(amountOf('90071992547409931.17'))).toBe('$90,071,992,547,409,931.17');
  });

  test('a headline in another locale keeps its currency after the fraction', () => {
    expect(german.moneyParts(amountOf('1234.5'))).toEqual({
      before: '1.234',
      fraction: ',50',
      after: '\u00a0€',
    });
  });

  test('percentages on an axis have as many digits as tell the marks apart, as each language writes them', () => {
    expect(english.axisPercent([-0.05, 0, 0.05])).toEqual(['-5%', '0%', '5%']);
    expect(english.axisPercent([0, 0.0025])).toEqual(['0.00%', '0.25%']);
    expect(german.axisPercent([0, 0.025])).toEqual(['0,0\u00a0%', '2,5\u00a0%']);
    expect(createFormats('ja-JP', currencyOf('JPY')).axisPercent([0, 0.025])).toEqual(['0.0%', '2.5%']);
  });

  test('axis labels are short, but whole amounts where marks lie less than a thousand apart, and never rounded away from their mark', () => {
    expect(english.axisMoney([120_000, 130_000])).toEqual(['$120K', '$130K']);
    expect(english.axisMoney([131_000, 131_500])).toEqual(['$131,000', '$131,500']);
    expect(english.axisMoney([1_250_000, 1_300_000])).toEqual(['$1.25M', '$1.30M']);
    expect(english.axisMoney([131_000])).toEqual(['$131K']);
    expect(english.axisMoney([131_000, 131_001])).toEqual(['$131,000', '$131,001']);
    expect(english.axisMoney([1_200, 1_250])).toEqual(['$1,200', '$1,250']);
  });

  test('neighbouring marks never read alike, however close they are, in every language and currency', () => {
    const marks = fc.record({
      start: fc.integer({ min: -50, max: 50 }),
      step: fc.constantFrom(1, 2, 2.5, 5),
      magnitude: fc.integer({ min: -8, max: 7 }),
    });
    const locales = [english, german, createFormats('ja-JP', currencyOf('JPY'))];
    fc.assert(
      fc.property(marks, fc.constantFrom(...locales), ({ start, step, magnitude }, formats) => {
        const ticks = Array.from({ length: 6 }, (_, at) => (start + at) * step * 10 ** magnitude);
        for (const labels of [formats.axisMoney(ticks), formats.axisPercent(ticks)])
          expect(new Set(labels).size).toBe(ticks.length);
      }),
    );
  });
});

test('hidden amounts show nothing of them, while percentages and days stay', () => {
  const hidden = hideAmounts(english);
  const written = [
    hidden.money(amountOf('12.5')),
    hidden.signedMoney(amountOf('-12.5')),
    hidden.wholeMoney(amountOf('12.5')),
    hidden.moneyParts(amountOf('12.5')).before,
    ...hidden.axisMoney([10, 20]),
  ];
  for (const text of written) expect(text).not.toMatch(/\d/);
  expect(hidden.signedPercent(amountOf('0.125'))).toBe('+12.50%');
  expect(hidden.date(toDate('2026-03-01'))).toBe('Mar 1, 2026');
});

describe('dates and instants', () => {
  test('a trading date is the same date wherever the reader is', () => {
    expect(english.longDate(toDate('2026-03-01'))).toBe('Sunday, March 1, 2026');
    expect(german.date(toDate('2026-03-01'))).toBe('1 Mar 2026');
  });

  test('words and dates are English on the Gregorian calendar for everybody, and digits are the same everywhere', () => {
    for (const locale of ['fa-IR', 'th-TH', 'ar-EG', 'ja-JP-u-ca-japanese', 'de']) {
      const formats = createFormats(locale, currencyOf('USD'));
      expect(formats.longDate(toDate('2026-03-01'))).toMatch(/^Sunday,? (1 March|March 1),? 2026$/);
      expect(formats.instant(toInstant('2026-11-20T21:32:00Z'))).toMatch(/2026.* 16:32 ET$/);
      expect(formats.money(amountOf('1234.5'))).toMatch(/1.?234/);
    }
  });

  test('an instant is shown on the clock of New York, summer and winter, and in UTC for those who ask', () => {
    expect(english.time(toInstant('2026-11-20T21:32:00Z'))).toBe('16:32 ET');
    expect(english.time(toInstant('2026-07-20T20:32:00Z'))).toBe('16:32 ET');
    expect(english.utc(toInstant('2026-11-20T21:32:00Z'))).toBe('2026-11-20 21:32 UTC');
  });

  test('a value that became known after midnight shows its own date', () => {
    const day = toDate('2026-11-20');
    expect(english.instantOn(toInstant('2026-11-20T21:32:00Z'), day)).toBe('16:32 ET');
    expect(english.instantOn(toInstant('2026-11-21T06:05:00Z'), day)).toBe('Nov 21, 2026, 01:05 ET');
  });
});
