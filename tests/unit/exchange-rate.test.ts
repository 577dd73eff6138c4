import { describe, expect, it } from 'vitest';
import { crossRate, EURO, type ReferenceRates } from '@/lib/domain/exchange-rate';
import { type Currency, toCurrency } from '@/lib/domain/money';
import { parseReferenceRates } from '@/lib/providers/ecb';
import { ProviderError } from '@/lib/providers/provider';

const HEADER = 'KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE';
const line = (currency: string, date: string, value: string) =>
  `EXR.D.${currency}.EUR.SP00.A,D,${currency},EUR,SP00,A,${date},${value}`;
const read = (...lines: readonly string[]) => parseReferenceRates([HEADER, ...lines, ''].join('\r\n'));

function code(text: string): Currency {
  const currency = toCurrency(text);
  if (currency === null) throw new Error(`${text} is no currency`);
  return currency;
}

function only(days: readonly ReferenceRates[]): ReferenceRates {
  const [day, ...others] = days;
  if (day === undefined || others.length > 0) throw new Error(`${days.length} days`);
  return day;
}

const FRIDAY = only(
  read(
    line('USD', '2026-11-20', '1.16'),
    line('CAD', '2026-11-20', '1.45'),
    line('JPY', '2026-11-20', '181.37'),
  ),
);
const rate = (base: string, quote: string) =>
  crossRate(FRIDAY, { base: code(base), quote: code(quote) })?.rate ?? null;

describe('the rate of a pair', () => {
  it('is the published one from the euro, and the same turned round to the euro', () => {
    expect(rate('EUR', 'USD')).toBe('1.16');
    expect(rate('CAD', EURO)).toBe('0.689655172413793103');
  });

  it('of two other currencies goes by way of the euro', () => {
    expect(rate('CAD', 'USD')).toBe('0.8');
    expect(rate('JPY', 'CAD')).toBe('0.00799470695263825329');
  });

  it('is not known when one of the two is not published, and never 1', () => {
    expect(rate('VND', 'USD')).toBeNull();
    expect(rate('USD', 'VND')).toBeNull();
  });
});

describe('the central bank’s answer', () => {
  it('is read by day, oldest first, with every digit', () => {
    const days = read(line('USD', '2026-11-20', '1.1593'), line('USD', '2026-11-19', '1.1600'));
    expect(days.map(({ date, perEuro }) => `${date} ${perEuro.get(code('USD'))}`)).toEqual([
      '2026-11-19 1.16',
      '2026-11-20 1.1593',
    ]);
  });

  it('may have more columns, in another order', () => {
    const days = parseReferenceRates(
      'OBS_STATUS,OBS_VALUE,TIME_PERIOD,CURRENCY,CURRENCY_DENOM\nA,1.16,2026-11-20,USD,EUR\n',
    );
    expect(only(days).perEuro.get(code('USD'))).toBe('1.16');
  });

  it.each(['', 'NaN', '0', '-1.1', 'Infinity'])('leaves out a day whose value is %j', (value) => {
    expect(read(line('USD', '2026-05-01', value))).toEqual([]);
  });

  it('leaves out a rate that is given twice and differently', () => {
    const days = read(
      line('USD', '2026-11-20', '1.16'),
      line('USD', '2026-11-20', '1.17'),
      line('CAD', '2026-11-20', '1.45'),
    );
    expect([...only(days).perEuro.keys()]).toEqual(['CAD']);
  });

  it.each([
    '',
    '<html></html>',
    'KEY,VALUE\na,1',
    `${HEADER},TITLE\n${line('USD', '2026-11-20', '1')},"US, dollar"`,
  ])('is refused in a format that is not known: %j', (text) => {
    expect(() => parseReferenceRates(text)).toThrow(ProviderError);
  });
});
