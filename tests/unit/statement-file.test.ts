import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, toDate } from '@/lib/domain/trading-date';
import { toCsv } from '@/lib/history/export';
import { FILE_ROWS_MAX, parseStatementFile } from '@/lib/imports/statement-file';

const rowsOf = (text: string) =>
  parseStatementFile(text).rows?.map(({ date, value, currency, account }) =>
    [date, value, currency, account].filter((part) => part !== null).join(' '),
  );
const faultsOf = (text: string) =>
  parseStatementFile(text).faults?.map(({ line, column, message }) => `${line} ${column ?? '-'}: ${message}`);
const values = (...cells: string[]) =>
  `date;value\n${cells.map((cell, index) => `2025-01-${String(index + 1).padStart(2, '0')};${cell}`).join('\n')}`;
const dates = (...cells: string[]) => `date;value\n${cells.map((cell) => `${cell};1`).join('\n')}`;

describe('a file of past values', () => {
  it.each([
    ['commas', 'date,value\n2025-12-31,12345.67'],
    ['semicolons', 'date;value\n2025-12-31;12345,67'],
    ['tabs', 'date\tvalue\n2025-12-31\t12345.67'],
    ['a byte order mark and CRLF', '\uFEFFDate,Value\r\n2025-12-31,12345.67\r\n'],
    ['quotation marks', '"Date","Total value"\n"2025-12-31","12,345.67"'],
    ['blank lines and blanks', '\n date , value \n\n 2025-12-31 , 12345.67 \n,\n'],
    ['other columns', 'note,value,date\n"a ""b"", c",12345.67,2025-12-31'],
  ])('is read with %s', (_, text) => {
    expect(rowsOf(text)).toEqual(['2025-12-31 12345.67']);
  });

  it('names currency and account where it has them', () => {
    expect(rowsOf('account,date,value,currency\nISA,2025-12-31,1,eur\n,2025-12-30,2,')).toEqual([
      '2025-12-31 1 EUR ISA',
      '2025-12-30 2',
    ]);
  });

  it('knows the line of each row, blank lines and line breaks within cells counted', () => {
    const parsed = parseStatementFile('date,value,note\n\n2025-12-30,1,"a\nb"\n2025-12-31,2,c');
    expect(parsed.rows?.map(({ line }) => line)).toEqual([4, 5]);
  });

  it.each([
    ['', ['1 -: The file is empty.']],
    ['date,value\n', ['1 -: There is no value below the header.']],
    [
      '2025-12-31,1',
      [
        '1 date: The first line has to name the columns, and none is called “date”.',
        '1 value: The first line has to name the columns, and none is called “value”.',
      ],
    ],
    ['date,value,total\n2025-12-31,1,2', ['1 value: More than one column is called “value” or the like.']],
    [
      'date,value\n2025-12-31,1,234.50',
      ['2 -: It has 3 columns, the header has 2. An amount with a comma in it needs quotation marks.'],
    ],
    ['date,value\n2025-12-31,"1', ['2 -: A quotation mark is opened and never closed.']],
    ['date,value\n2025-12-31,"1"2', ['2 -: A quotation mark stands where none may be.']],
    [
      'date,value,currency\nyesterday,a lot,US$',
      [
        '2 date: “yesterday” is no date. Write it like 2025-12-31.',
        '2 value: “a lot” is no amount. Write it like 12345.67, without letters or signs of a currency.',
        '2 currency: “US$” is no currency; write three letters, such as USD.',
      ],
    ],
    ['date,value\n2025-02-29,1', ['2 date: “2025-02-29” is no date. Write it like 2025-12-31.']],
    [
      'date,value\n2025-12-31,',
      [
        '2 value: An empty cell is no amount. Write it like 12345.67, without letters or signs of a currency.',
      ],
    ],
    ['date,value\n2025-12-31,\uFFFD', ['1 -: This is no text in UTF-8. Save the file as “CSV UTF-8”.']],
    ['PK\u0003\u0004\0\0', ['1 -: This is no text in UTF-8. Save the file as “CSV UTF-8”.']],
  ])('is refused as a whole, with where and why: %j', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it('has a limit of rows', () => {
    const first = toDate('2005-01-01');
    const of = (rows: number) =>
      `date,value\n${Array.from({ length: rows }, (_, day) => `${addDays(first, day)},1.00`).join('\n')}`;
    expect(rowsOf(of(FILE_ROWS_MAX))).toHaveLength(FILE_ROWS_MAX);
    expect(faultsOf(of(FILE_ROWS_MAX + 1))?.[0]).toContain('at most 5000 values');
  });

  it('never throws, whatever it holds, and either reads it or says what is wrong', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc
        .array(fc.array(fc.constantFrom('date', 'value', '"', ',', ';', '1', '2025-12-31', '\n', ' ', 'a')))
        .map((lines) => lines.flat().join('')),
      fc.string().map((text) => `date,value\n${text}`),
    );
    fc.assert(
      fc.property(noise, (text) => {
        const { rows, faults } = parseStatementFile(text);
        expect((rows?.length ?? 0) > 0 || (faults?.length ?? 0) > 0).toBe(true);
      }),
    );
  });
});

describe('amounts', () => {
  it.each([
    [
      ['1234.50', '1,234'],
      ['1234.5', '1234'],
    ],
    [
      ['1234,50', '1.234'],
      ['1234.5', '1234'],
    ],
    [['1,234,567.89'], ['1234567.89']],
    [['1.234.567,89'], ['1234567.89']],
    [
      ['12 345,67', '1\u00A0234\u202F567', "9'876,5"],
      ['12345.67', '1234567', '9876.5'],
    ],
    [
      ['-5', '(1,234.56)', '−0.5', '+7'],
      ['-5', '-1234.56', '-0.5', '7'],
    ],
    [
      ['0', '100'],
      ['0', '100'],
    ],
    [['0.125'], ['0.125']],
  ])('%j are read in the one way in which all of them make sense', (cells, read) => {
    expect(parseStatementFile(values(...cells)).rows?.map(({ value }) => value)).toEqual(read);
  });

  it.each([
    [
      ['1.234'],
      '2 value: “1.234” could be 1.234 or 1234, and no other value tells which. Write all values with two decimals.',
    ],
    [
      ['100', '12,345', '7'],
      '3 value: “12,345” could be 12345 or 12.345, and no other value tells which. Write all values with two decimals.',
    ],
    [
      ['1.50', '2,50'],
      '3 value: Some values have a comma before their decimals and some a point. Write all of them alike.',
    ],
  ])('%j are never guessed', (cells, fault) => {
    expect(faultsOf(values(...cells))).toEqual([fault]);
  });

  it.each([
    '1,23,4',
    '12.34.56',
    '1e5',
    '0x10',
    '$5',
    '5 USD',
    'NaN',
    '--1',
    '1..2',
    '.5',
    '1234567890123456',
  ])('%s is none', (cell) => expect(faultsOf(values(cell))).toHaveLength(1));

  it('come back exactly as they were written, in either notation', () => {
    const cents = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n });
    const notation = fc.constantFrom<['.' | ',', string]>(
      ['.', ','],
      [',', '.'],
      ['.', ''],
      [',', ' '],
      ['.', "'"],
    );
    fc.assert(
      fc.property(fc.array(cents, { minLength: 1, maxLength: 20 }), notation, (amounts, [point, group]) => {
        const write = (amount: bigint) => {
          const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
          const whole = digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, group);
          return `${amount < 0n ? '-' : ''}${whole}${point}${digits.slice(-2)}`;
        };
        const text = toCsv(
          [
            { name: 'date', holds: 'data' },
            { name: 'value', holds: 'data' },
          ],
          amounts.map((amount) => ['2025-12-31', write(amount)]),
        );
        const read = parseStatementFile(text).rows?.map(({ value }) => toCents(value));
        expect(read).toEqual(amounts);
      }),
    );
  });
});

/** Exactly, by its digits. */
function toCents(value: string): bigint {
  const [whole = '0', decimals = ''] = value.replace('-', '').split('.');
  const cents = BigInt(`${whole}${decimals.padEnd(2, '0')}`);
  return value.startsWith('-') ? -cents : cents;
}

describe('dates', () => {
  it.each([
    [
      ['2025-12-31', '2025/12/31', '31.12.2025', '31 Dec 2025', 'December 31, 2025', '31-DEC-2025'],
      '2025-12-31',
    ],
    [['31/12/2025', '01/02/2025'], '2025-02-01'],
    [['12/31/2025', '01/02/2025'], '2025-01-02'],
    [['04/04/2025'], '2025-04-04'],
  ])('%j are read in the one way in which all of them make sense', (cells, last) => {
    expect(rowsOf(dates(...cells))?.at(-1)).toBe(`${last} 1`);
  });

  it.each([
    [
      ['01/02/2025'],
      '2 date: “01/02/2025” could be 2025-02-01 or 2025-01-02, and no other date tells which. Write dates like 2025-12-31.',
    ],
    [
      ['31/12/2025', '12/31/2025'],
      '3 date: Some dates begin with the day and some with the month. Write all of them like 2025-12-31.',
    ],
  ])('%j are never guessed', (cells, fault) => {
    expect(faultsOf(dates(...cells))).toEqual([fault]);
  });

  it.each(['31.12.25', '2025-13-01', '2025-1-1', '45657', '31 Foo 2025'])('%s is none', (cell) =>
    expect(faultsOf(dates(cell))).toHaveLength(1),
  );
});
