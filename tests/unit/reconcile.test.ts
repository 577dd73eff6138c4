import { describe, expect, it } from 'vitest';
import { type Amount, addAmounts } from '@/lib/domain/money';
import type { Category, Decision } from '@/lib/domain/reconcile/evidence';
import { valueOn } from '@/lib/domain/reconcile/intervals';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import {
  CAD,
  captured,
  capturedOn,
  conclude,
  days,
  decideOn,
  type evidenceOf,
  flowsOf,
  heldOf,
  lineOf,
  past,
  pastOn,
  rate,
  row,
  sighting,
  statement,
} from '../support/account-evidence';

const june = days('2026-06-01', '2026-06-30');
const daysBefore = (date: string) => june.filter((day) => day < date);
const daysFrom = (date: string) => june.filter((day) => day >= date);

describe('agreement beats order', () => {
  const year = days('2026-03-02', '2026-05-29').map((date, index) => past(date, 10_000 + 8.67 * index));

  it('holds a first reading a hundred times too large once a later one agrees with the history', () => {
    const observations = [...year, captured('2026-06-01', 1_054_591), captured('2026-06-02', 10_550)];
    expect(heldOf({ observations })).toEqual(['2026-06-01 1054591: unexplained_swing']);
    expect([...lineOf({ observations }).keys()][0]).toBe('2026-03-02');
  });

  it('believes neither on the first evening, when a history and a total contradict each other', () => {
    const observations = [...year, captured('2026-06-01', 1_054_591)];
    expect(lineOf({ observations }).size).toBe(0);
    expect(conclude({ observations }).doubts.map(({ kind }) => kind)).toEqual(['history', 'reading']);
  });

  it('believes no two captures that moved against a history, which may both be the fault', () => {
    const observations = [...year, captured('2026-06-01', 1_054_591), captured('2026-06-02', 1_055_000)];
    expect(lineOf({ observations }).size).toBe(0);
  });

  it('does not let a lone zero lead away from its level because a deposit is on its way', () => {
    const observations = [
      ...pastOn(days('2026-05-04', '2026-05-29'), 1_000),
      captured('2026-06-01', 0),
      captured('2026-06-02', 1_000),
      ...capturedOn(june.slice(2, 6), 2_000),
    ];
    const statements = [statement('2026-05-01', '2026-06-30', [row('2026-06-01', 1_000)])];
    expect(heldOf({ observations, statements })).toEqual(['2026-06-01 0: unexplained_zero']);
  });

  it('does not let a true zero confirm a false one of some days before', () => {
    const total = (date: string) => (date === '2026-06-10' || date >= '2026-06-15' ? 0 : 10_000);
    const observations = june.map((date) => captured(date, total(date)));
    const statements = [statement('2026-06-01', '2026-06-30', [row('2026-06-15', -10_000)])];
    expect(heldOf({ observations, statements })).toEqual(['2026-06-10 0: unexplained_zero']);
  });

  it('holds a history that captures contradict for three sessions', () => {
    const observations = [
      ...pastOn(days('2026-05-18', '2026-05-29'), 900),
      ...capturedOn(june.slice(0, 3), 10_000),
    ];
    expect(lineOf({ observations }).get('2026-05-29')).toBeUndefined();
    expect(lineOf({ observations }).get('2026-06-01')).toBe('10000');
  });

  it('holds a first reading that the next three sessions contradict, also without a history', () => {
    const observations = [captured('2026-06-01', 1_000_000), ...capturedOn(june.slice(1, 4), 10_000)];
    expect(heldOf({ observations })).toEqual(['2026-06-01 1000000: unexplained_swing']);
  });

  it('holds a first zero that the history contradicts, from the first evening on', () => {
    const history = pastOn(days('2026-05-18', '2026-05-29'), 10_000);
    const first = captured('2026-06-01', 0);
    expect(heldOf({ observations: [...history, first] })).toEqual(['2026-06-01 0: unexplained_zero']);
    const later = capturedOn(june.slice(1, 3), 10_000);
    expect(heldOf({ observations: [...history, first, ...later] })).toEqual([
      '2026-06-01 0: unexplained_zero',
    ]);
  });

  it('accepts a first zero of an account that is simply empty', () => {
    expect(heldOf({ observations: [captured('2026-06-01', 0)] })).toEqual([]);
  });

  it('accepts the first money in an empty account at once, but no lone total between zeros', () => {
    const zeros = capturedOn(daysBefore('2026-06-10'), 0);
    const money = captured('2026-06-10', 5_000);
    expect(heldOf({ observations: [...zeros, money] })).toEqual([]);
    expect(heldOf({ observations: [...zeros, money, captured('2026-06-11', 0)] })).toEqual([
      '2026-06-10 5000: unexplained_swing',
    ]);
  });

  it('takes a tenfold total that holds for three sessions for a fact, also to the cent, and not before', () => {
    const usual = capturedOn(daysBefore('2026-06-10'), 10_000);
    const tenfold = capturedOn(daysFrom('2026-06-10'), 100_000);
    expect(heldOf({ observations: [...usual, ...tenfold.slice(0, 2)] })).toHaveLength(2);
    expect(heldOf({ observations: [...usual, ...tenfold.slice(0, 3)] })).toEqual([]);
  });

  it('holds a spike for good, and asks nobody about it once the value has returned', () => {
    const observations = [
      ...capturedOn(daysBefore('2026-06-10'), 10_000),
      captured('2026-06-10', 100_000),
      captured('2026-06-11', 101_000),
      ...capturedOn(daysFrom('2026-06-12'), 10_000),
    ];
    expect(heldOf({ observations })).toHaveLength(2);
    expect(conclude({ observations }).doubts).toEqual([]);
  });

  it('accepts a tenfold total that the broker’s history confirms', () => {
    const observations = [
      ...capturedOn(daysBefore('2026-06-10'), 10_000),
      captured('2026-06-10', 100_000),
      past('2026-06-10', 100_000),
    ];
    expect(heldOf({ observations })).toEqual([]);
  });

  it('holds a tenfold total, however often, where the broker’s history goes on as before', () => {
    const observations = [
      ...capturedOn(daysBefore('2026-06-10'), 10_000),
      captured('2026-06-10', 100_000),
      past('2026-06-10', 10_000),
      captured('2026-06-11', 100_000),
    ];
    expect(heldOf({ observations })).toHaveLength(2);
    expect(lineOf({ observations }).get('2026-06-10')).toBe('10000');
  });

  it('accepts two sessions that moved where only one reading stood before them', () => {
    const observations = [captured('2026-06-01', 10_000), captured('2026-06-02', 100_000)];
    expect(heldOf({ observations })).toEqual(['2026-06-02 100000: unexplained_swing']);
    expect(heldOf({ observations: [...observations, captured('2026-06-03', 101_000)] })).toEqual([]);
  });

  it('takes the later of two readings of the first evening for the broker’s correction', () => {
    const early = captured('2026-06-01', 100_000, { asOf: toInstant('2026-06-01T21:00:00Z') });
    expect(heldOf({ observations: [early, captured('2026-06-01', 10_000)] })).toEqual([
      '2026-06-01 100000: unexplained_swing',
    ]);
  });

  it('accepts a zero that stays after three sessions where the broker knows no movements', () => {
    const zeros = capturedOn(daysFrom('2026-06-10'), 0);
    const usual = capturedOn(daysBefore('2026-06-10'), 5_000);
    expect(heldOf({ observations: [...usual, ...zeros.slice(0, 2)] })).toHaveLength(2);
    const { verdicts, doubts } = conclude({ observations: [...usual, ...zeros.slice(0, 3)] });
    expect(verdicts.every(({ accepted }) => accepted)).toBe(true);
    expect(doubts.map(({ kind }) => kind)).toEqual(['step']);
  });

  it('holds two different totals under one as-of', () => {
    const observations = [captured('2026-06-01', 10_000), captured('2026-06-01', 10_500)];
    expect(heldOf({ observations })).toEqual([
      '2026-06-01 10000: as_of_conflict',
      '2026-06-01 10500: as_of_conflict',
    ]);
  });

  it('keeps the total of an as-of under which a fault was reported later, and holds both where a deposit lies between them', () => {
    const usual = capturedOn(june.slice(0, 4), 10_000);
    const interest = [statement('2026-05-15', '2026-06-06', [row('2026-06-03', 30, { kind: 'interest' })])];
    const again = (total: number) => captured('2026-06-04', total, { id: 'again' });
    for (const fault of [0, 1_000_000, 100])
      expect(heldOf({ observations: [...usual, again(fault)], statements: interest })).toEqual([
        fault === 0 ? '2026-06-04 0: unexplained_zero' : `2026-06-04 ${fault}: unexplained_swing`,
      ]);
    // The total of the next session, which its broker calls as old as the one before.
    const statements = [statement('2026-05-15', '2026-06-06', [row('2026-06-05', 90_000)])];
    expect(heldOf({ observations: [...usual, again(100_000)], statements })).toEqual([
      '2026-06-04 10000: as_of_conflict',
      '2026-06-04 100000: as_of_conflict',
    ]);
  });

  it('holds even the only reading where the sum of cash and positions beside it says something else', () => {
    const wrong = captured('2026-06-01', 1_000_000);
    const corroboration = [{ id: 'sum', date: wrong.date, asOf: wrong.asOf, total: '10000' as Amount }];
    expect(heldOf({ observations: [wrong], corroboration })).toEqual([
      '2026-06-01 1000000: unexplained_swing',
    ]);
  });
});

describe('movements explain', () => {
  const flat = (from: string, total: number, later: number) => [
    ...capturedOn(daysBefore(from), total),
    ...capturedOn(daysFrom(from), later),
  ];

  it('counts a deposit once that was renamed when it was booked', () => {
    const pending = row('2026-06-10', 2_000, { description: 'PENDING ACH DEPOSIT' });
    const booked = row('2026-06-11', 2_000, { description: 'ACH DEPOSIT' });
    const parts = {
      observations: flat('2026-06-10', 10_000, 12_000),
      statements: [
        statement('2026-05-15', '2026-06-10', [pending]),
        statement('2026-05-15', '2026-06-12', [booked]),
      ],
    };
    expect(flowsOf(parts)).toEqual(['2026-06-10 2000']);
    expect(conclude(parts).movements[0]?.rowIds).toEqual([pending.id, booked.id]);
  });

  it('counts a deposit once that a later statement gives another date, on that date', () => {
    const observations = flat('2026-06-12', 10_000, 12_000);
    const first = statement('2026-05-15', '2026-06-12', [row('2026-06-10', 2_000, { reference: 'one' })]);
    const later = statement('2026-05-15', '2026-06-15', [row('2026-06-12', 2_000, { reference: 'one' })]);
    expect(flowsOf({ observations, statements: [first, later] })).toEqual(['2026-06-12 2000']);
    // Also where nothing but the amount says that it is the same.
    const nameless = [
      statement('2026-05-15', '2026-06-12', [row('2026-06-10', 2_000)]),
      statement('2026-05-15', '2026-06-15', [row('2026-06-12', 2_000)]),
    ];
    expect(flowsOf({ observations, statements: nameless })).toEqual(['2026-06-12 2000']);
    const rowIds = nameless.flatMap(({ rows }) => rows.map(({ id }) => id));
    expect(conclude({ observations, statements: nameless }).movements).toMatchObject([
      { rowIds, isWithdrawn: false },
    ]);
  });

  it('takes a reversed deposit back, and brings it again when a later statement has it', () => {
    const deposit = row('2026-06-10', 2_000);
    const statements = [
      statement('2026-05-15', '2026-06-10', [deposit]),
      statement('2026-05-15', '2026-06-15', []),
    ];
    const observations = capturedOn(june, 10_000);
    expect(flowsOf({ observations, statements })).toEqual([]);
    expect(conclude({ observations, statements }).movements).toMatchObject([{ isWithdrawn: true }]);
    const again = [...statements, statement('2026-05-15', '2026-06-20', [deposit])];
    expect(flowsOf({ observations, statements: again })).toEqual(['2026-06-10 2000']);
  });

  it('finds the day of a deposit on which the market fell, rather than leave it where nothing moved', () => {
    // Booked on the 16th, on which nothing moved; on the 18th the total rose by half of it.
    const totalOn = (date: string, index: number) =>
      (date < '2026-06-18' ? 90_000 : 94_400) + (index % 2) * 200;
    const observations = june.map((date, index) => captured(date, totalOn(date, index)));
    const statements = [statement('2026-05-15', '2026-06-30', [row('2026-06-16', 8_000)])];
    expect(flowsOf({ observations, statements })).toEqual(['2026-06-18 8000']);
  });

  it('keeps what the account was worth while a deposit was there that was taken back, and tells no figure across it', () => {
    const totals = june.map((date, index) => captured(date, index === 7 || index === 8 ? 90_000 : 10_000));
    const deposit = statement('2026-05-15', '2026-06-10', [row('2026-06-10', 80_000)]);
    const statements = [deposit, statement('2026-05-15', '2026-06-15', [])];
    expect(heldOf({ observations: totals, statements })).toEqual([]);
    const { unknownSpans, doubts } = conclude({ observations: totals, statements });
    expect(unknownSpans.map(({ from, to }) => `${from} ${to}`)).toEqual([
      '2026-06-09 2026-06-10',
      '2026-06-11 2026-06-12',
    ]);
    // What happened is known, so nobody is asked.
    expect(doubts).toEqual([]);
    // A total that it does not account for stays a doubt.
    const other = totals.map((one) => (one.total === '90000' ? captured(one.date, 1_000_000) : one));
    expect(heldOf({ observations: other, statements })).toHaveLength(2);
  });

  it('takes nothing back because of a statement that is not complete, or not about the date', () => {
    const statements = [
      statement('2026-05-15', '2026-06-10', [row('2026-06-10', 2_000)]),
      statement('2026-05-15', '2026-06-15', [], { isComplete: false }),
      statement('2026-06-11', '2026-06-16', []),
    ];
    expect(flowsOf({ observations: flat('2026-06-10', 10_000, 12_000), statements })).toEqual([
      '2026-06-10 2000',
    ]);
  });

  it('takes two equal rows of one statement for two movements', () => {
    const rows = [row('2026-06-10', 1_000, { id: 'one' }), row('2026-06-10', 1_000, { id: 'two' })];
    const statements = [
      statement('2026-06-01', '2026-06-10', rows),
      statement(
        '2026-06-01',
        '2026-06-11',
        rows.map((one) => ({ ...one, id: `${one.id} again` })),
      ),
    ];
    expect(flowsOf({ observations: flat('2026-06-10', 10_000, 12_000), statements })).toEqual([
      '2026-06-10 1000',
      '2026-06-10 1000',
    ]);
  });

  it('lets a deposit count on the session on which it shows, a day after its booked date or before it', () => {
    const statements = [statement('2026-06-01', '2026-06-30', [row('2026-06-10', 20_000)])];
    const late = { observations: flat('2026-06-11', 10_000, 30_000), statements };
    expect(flowsOf(late)).toEqual(['2026-06-11 20000']);
    expect(conclude(late).movements).toMatchObject([{ bookedOn: '2026-06-10', isSeen: true }]);
    expect(flowsOf({ observations: flat('2026-06-09', 10_000, 30_000), statements })).toEqual([
      '2026-06-09 20000',
    ]);
  });

  it('lets no movement explain a second step', () => {
    const observations = [...flat('2026-06-10', 1_000, 500).slice(0, 8), captured('2026-06-11', 0)];
    const statements = [statement('2026-06-01', '2026-06-30', [row('2026-06-10', -500)])];
    expect(heldOf({ observations, statements })).toEqual(['2026-06-11 0: unexplained_zero']);
  });

  it('leaves a movement that matches no jump on its booked date', () => {
    const statements = [statement('2026-06-01', '2026-06-30', [row('2026-06-10', 20_000)])];
    const parts = { observations: flat('2026-06-22', 10_000, 12_000), statements };
    expect(flowsOf(parts)).toEqual(['2026-06-10 20000']);
    expect(conclude(parts).movements).toMatchObject([{ isSeen: false }]);
  });

  it('accepts the zero after a withdrawal, and what a withdrawal in another currency leaves', () => {
    const out = statement('2026-06-01', '2026-06-30', [row('2026-06-10', -10_000)]);
    expect(heldOf({ observations: flat('2026-06-10', 10_000, 0).slice(0, 9), statements: [out] })).toEqual(
      [],
    );

    const yen = row('2026-06-10', -1_000_000, { currency: 'JPY' as typeof CAD });
    const parts = {
      observations: flat('2026-06-10', 10_000, 3_000).slice(0, 9),
      statements: [statement('2026-06-01', '2026-06-30', [yen])],
    };
    // Without a rate the movement still stands behind the jump, by an amount that nobody knows.
    expect(heldOf(parts)).toEqual([]);
    expect(conclude(parts).unknownSpans).toMatchObject([{ from: '2026-06-09', to: '2026-06-10' }]);
    const rates = [rate('2026-06-10', 'JPY', 'USD', '0.007')];
    expect(heldOf({ ...parts, rates })).toEqual([]);
    expect(flowsOf({ ...parts, rates })).toEqual(['2026-06-10 -7000']);
  });

  it('accepts a small account’s dividend, and never holds a difference too small to matter', () => {
    const observations = flat('2026-06-09', 0.4, 3.5).slice(0, 8);
    const dividend = row('2026-06-09', 3.1, { kind: 'dividend' });
    expect(heldOf({ observations })).toHaveLength(2);
    expect(heldOf({ observations, statements: [statement('2026-06-01', '2026-06-30', [dividend])] })).toEqual(
      [],
    );
    expect(heldOf({ observations, immaterial: '25' as Amount })).toEqual([]);
  });

  it('accepts money that moves to another account and back', () => {
    const statements = [
      statement('2026-06-01', '2026-06-30', [
        row('2026-06-10', -9_000, { kind: 'transfer' }),
        row('2026-06-17', 9_000, { kind: 'transfer' }),
      ]),
    ];
    const observations = june.map((date) =>
      captured(date, date < '2026-06-10' || date >= '2026-06-17' ? 10_000 : 1_000),
    );
    expect(heldOf({ observations, statements })).toEqual([]);
  });

  it('reads a currency that was not told as the account’s own', () => {
    const observations = capturedOn(june, 10_000, { currency: CAD });
    const statements = [statement('2026-06-01', '2026-06-30', [row('2026-06-10', 5)])];
    expect(flowsOf({ observations, statements })).toEqual(['2026-06-10 5']);
  });
});

describe('unknown movement, unknown figure', () => {
  const observations = [
    ...capturedOn(daysBefore('2026-06-10'), 10_000),
    ...capturedOn(daysFrom('2026-06-10'), 22_000),
  ];

  it('names the span that holds a transfer without an amount, and asks how much it was', () => {
    const transfer = row('2026-06-10', null, { kind: 'transfer', id: 'in kind' });
    const parts = { observations, statements: [statement('2026-06-01', '2026-06-30', [transfer])] };
    const { unknownSpans, doubts } = conclude(parts);
    expect(unknownSpans).toMatchObject([{ from: '2026-06-09', to: '2026-06-10' }]);
    expect(doubts).toMatchObject([
      { kind: 'movement', question: 'How much was moved by the transfer of 2026-06-10?' },
    ]);

    const decision = {
      id: 'd',
      at: toInstant('2026-06-20T12:00:00Z'),
      about: 'movement',
      rowId: 'in kind',
      as: { kind: 'transfer', amount: '12000' as Amount },
    } as const;
    expect(conclude({ ...parts, decisions: [decision] }).unknownSpans).toEqual([]);
    expect(flowsOf({ ...parts, decisions: [decision] })).toEqual(['2026-06-10 12000']);
    const takenBack = { ...decision, id: 'e', at: toInstant('2026-06-21T12:00:00Z'), as: null };
    expect(conclude({ ...parts, decisions: [takenBack, decision] }).unknownSpans).toHaveLength(1);
  });

  it('names the span of a movement whose type nobody knows, though its amount is known', () => {
    const journal = row('2026-06-10', 12_000, { kind: 'unclassified' });
    const parts = { observations, statements: [statement('2026-06-01', '2026-06-30', [journal])] };
    expect(conclude(parts).unknownSpans).toMatchObject([{ from: '2026-06-09', to: '2026-06-10' }]);
  });

  it.each([
    ['without an amount says nothing where the value moved no more than on an ordinary day', null, 0],
    ['of a few dollars says nothing', 1, 0],
    ['of an amount that matters is named, though the value moved no more than on an ordinary day', 400, 1],
  ])('%s', (_claim, amount, spans) => {
    const journal = row('2026-06-17', amount, { kind: 'unclassified' });
    const moved = observations.map((reading) =>
      reading.date < '2026-06-17'
        ? reading
        : { ...reading, total: addAmounts(reading.total, String(amount ?? 0) as Amount) },
    );
    const parts = { observations: moved, statements: [statement('2026-06-01', '2026-06-30', [journal])] };
    expect(conclude(parts).unknownSpans).toHaveLength(spans);
  });

  it('accepts a jump by a movement without an amount, unless the value returns', () => {
    const transfer = row('2026-06-10', null, { kind: 'transfer' });
    const statements = [statement('2026-06-01', '2026-06-30', [transfer])];
    const usual = capturedOn(daysBefore('2026-06-10'), 10_000);
    const jump = captured('2026-06-10', 90_000);
    expect(heldOf({ observations: [...usual, jump], statements })).toEqual([]);
    const returned = [...usual, jump, captured('2026-06-11', 10_000)];
    expect(heldOf({ observations: returned, statements })).toEqual(['2026-06-10 90000: unexplained_swing']);
  });
});

describe('a movement that nobody knows and no total shows', () => {
  // Up and down by one per cent from day to day: what is half as large again may be hidden in any of them.
  const observations = june.map((date, index) => captured(date, index % 2 === 0 ? 10_000 : 10_100));
  const spansAround = (amount: number) =>
    conclude({
      observations,
      statements: [
        statement('2026-05-15', '2026-06-30', [row('2026-06-11', amount, { kind: 'unclassified' })]),
      ],
    }).unknownSpans.map(({ from, to }) => `${from} ${to}`);

  it('leaves the figures of its day unknown where the market may have moved the other way', () => {
    expect(spansAround(-150)).toEqual(['2026-06-10 2026-06-11']);
    expect(spansAround(-490)).toEqual(['2026-06-10 2026-06-11']);
  });

  it('is let pass where it is too small to matter, so large that it would show, or the account never moves by itself', () => {
    expect(spansAround(-40)).toEqual([]);
    expect(spansAround(-2_000)).toEqual([]);
    const still = capturedOn(june, 10_000);
    const statements = [
      statement('2026-05-15', '2026-06-30', [row('2026-06-11', 150, { kind: 'unclassified' })]),
    ];
    expect(conclude({ observations: still, statements }).unknownSpans).toEqual([]);
  });
});

describe('a history is judged by its own continuity', () => {
  const spring = days('2026-01-05', '2026-05-29');

  it('is right however far its values differ from today’s total, when a movement carries them there', () => {
    const observations = [...pastOn(spring, 10_000), captured('2026-06-01', 50_000)];
    const statements = [statement('2026-01-01', '2026-06-01', [row('2026-06-01', 40_000)])];
    expect(heldOf({ observations, statements })).toEqual([]);
  });

  it('has no values before the first funding, and true ones after it, whatever the share of zeros', () => {
    const year = days('2025-08-01', '2026-07-02');
    const funded = days('2026-07-06', '2026-07-23');
    const observations = [...pastOn(year, 0), ...pastOn(funded, 10_000), captured('2026-07-24', 10_000)];
    const statements = [statement('2025-07-25', '2026-07-24', [row('2026-07-06', 10_000)])];
    const { verdicts, doubts } = conclude({ observations, statements });
    expect(new Set(verdicts.map(({ reason }) => reason))).toEqual(new Set([null, 'not_funded_yet']));
    expect(lineOf({ observations, statements }).size).toBe(funded.length + 1);
    expect(doubts).toEqual([]);
  });

  it.each([
    ['at the end', 99],
    ['in the middle', 50],
    ['at the beginning', 0],
  ])('is held as zeros with one number %s, though no total is known', (_where, place) => {
    const observations = spring.slice(0, 100).map((date, index) => past(date, index === place ? 14_000 : 0));
    expect(lineOf({ observations }).size).toBe(0);
  });

  it('loses the one day that jumps away and back', () => {
    const observations = spring.map((date) => past(date, date === '2026-03-10' ? 10_000 : 100_000));
    expect(heldOf({ observations })).toEqual(['2026-03-10 10000: unexplained_swing']);
    expect(heldOf({ observations: [...observations, captured('2026-06-01', 100_000)] })).toHaveLength(1);
  });

  it('loses a segment of any length that jumps away and back', () => {
    const observations = [
      ...spring.map((date) => past(date, date > '2026-03-10' && date < '2026-04-01' ? 900 : 100_000)),
      captured('2026-06-01', 100_000),
    ];
    expect(heldOf({ observations })).toHaveLength(days('2026-03-11', '2026-03-31').length);
  });

  it('keeps both sides of a step that does not return, and asks what it was', () => {
    const observations = [
      ...spring.map((date) => past(date, date < '2026-04-01' ? 10_000 : 50_000)),
      captured('2026-06-01', 50_000),
    ];
    expect(heldOf({ observations })).toEqual([]);
    expect(conclude({ observations }).doubts.map(({ kind }) => kind)).toEqual(['step']);
  });

  it('has true zeros where movements empty the account and fill it again', () => {
    const observations = [
      ...capturedOn(daysBefore('2026-06-09'), 10_000),
      ...pastOn(days('2026-06-09', '2026-06-15'), 0),
      ...capturedOn(daysFrom('2026-06-17'), 10_000),
    ];
    const statements = [
      statement('2026-06-01', '2026-06-30', [row('2026-06-09', -10_000), row('2026-06-17', 10_000)]),
    ];
    expect(heldOf({ observations, statements })).toEqual([]);
    expect(heldOf({ observations })).toHaveLength(5);
  });

  it('is no record at all when it jumps about, also where some values lie near the total', () => {
    const observations = [
      ...spring.map((date, index) => past(date, [10_000, 90, 700_000, 9_000][index % 4] ?? 0)),
      captured('2026-06-01', 10_000),
    ];
    expect([...lineOf({ observations }).keys()]).toEqual(['2026-06-01']);
  });

  it('is not judged by days far apart, between which captures show the same steps', () => {
    // Single days that were missed, around deposits that the broker took back and lists no more.
    const totalOf = (index: number) => (index % 6 < 3 ? 25_000 : 140_000);
    const observations = june.map((date, index) =>
      index % 3 === 2 ? past(date, totalOf(index)) : captured(date, totalOf(index)),
    );
    expect(heldOf({ observations }).filter((one) => one.endsWith('incoherent'))).toEqual([]);
  });

  it('is not judged by days on which it lacks movements that its broker does not list, where captures go on from them', () => {
    // Emptied twice for a day, and filled again: of those days the history alone tells.
    const emptied = new Set(['2026-06-10', '2026-06-17']);
    const asked = new Set([...emptied, '2026-06-04', '2026-06-11', '2026-06-18', '2026-06-25']);
    const observations = june.map((date) => {
      const total = emptied.has(date) ? 0 : 45_000;
      return asked.has(date) ? past(date, total) : captured(date, total);
    });
    expect(heldOf({ observations }).filter((one) => one.endsWith('incoherent'))).toEqual([]);
  });
});

describe('what was believed when more was known', () => {
  // What is left in view after sixty sessions: the last readings before, and everything since.
  const standsBefore = toDate('2026-06-04');

  it('stays the account’s level where only its history is still in view, and a captured one follows', () => {
    const observations = [
      ...pastOn(june.slice(0, 7), 25_000),
      past('2026-06-10', 136_000),
      ...capturedOn(june.slice(8, 11), 136_000),
      ...capturedOn(june.slice(11), 25_000),
    ];
    expect(heldOf({ observations }).length).toBeGreaterThan(0);
    expect(heldOf({ observations, standsBefore })).toEqual([]);
  });

  it('keeps the zeros that follow it from passing for an account that had no money yet', () => {
    const observations = [...pastOn(june.slice(0, 7), 0), ...capturedOn(june.slice(7), 6_500)];
    const statements = [statement('2026-06-01', '2026-06-30', [row('2026-06-10', 6_500)])];
    expect(heldOf({ observations, statements }).length).toBeGreaterThan(0);
    expect(heldOf({ observations, statements, standsBefore })).toEqual([]);
  });

  it('does not let in a total that it cannot have become', () => {
    const observations = [...capturedOn(june.slice(0, 5), 10_000), captured('2026-06-08', 1_000_000)];
    expect(heldOf({ observations, standsBefore })).toEqual(['2026-06-08 1000000: unexplained_swing']);
  });
});

describe('facts have a time', () => {
  it('settles a currency that was wrong on the first evening by the next one', () => {
    const first = captured('2026-06-01', 5_000, { currency: CAD });
    expect(heldOf({ observations: [first] })).toEqual([]);
    expect(heldOf({ observations: [first, captured('2026-06-02', 5_000)] })).toEqual([
      '2026-06-01 5000: wrong_currency',
    ]);
  });

  it('presumes the user’s own currency until there is a fact where the broker’s history names it, and no other', () => {
    const may = days('2026-05-04', '2026-05-29');
    const canadian = ['2026-06-01', '2026-06-02'].map((date) => captured(date, 5_000, { currency: CAD }));
    expect(heldOf({ observations: [...pastOn(may, 5_000), ...canadian] })).toEqual([
      '2026-06-01 5000: wrong_currency',
      '2026-06-02 5000: wrong_currency',
    ]);
    const third = captured('2026-06-03', 5_000, { currency: CAD });
    const held = heldOf({ observations: [...pastOn(may, 5_000), ...canadian, third] });
    expect(held.filter((one) => one.startsWith('2026-06'))).toEqual([]);

    const usual = ['2026-06-01', '2026-06-02'].map((date) => captured(date, 5_000));
    const canadianPast = may.map((date) => past(date, 5_000, { currency: CAD }));
    const doubted = heldOf({ observations: [...canadianPast, ...usual] });
    expect(doubted.filter((one) => one.startsWith('2026-06'))).toEqual([]);
    expect(doubted).not.toEqual([]);
  });

  it('takes another currency for a claim on one evening and for a fact after three', () => {
    const usual = capturedOn(daysBefore('2026-06-10'), 7_500);
    const canadian = capturedOn(daysFrom('2026-06-10'), 10_000, { currency: CAD });
    const rates = [rate('2026-06-10', 'CAD', 'USD', '0.75')];
    expect(heldOf({ observations: [...usual, ...canadian.slice(0, 1)], rates })).toHaveLength(1);
    const { verdicts, intervals } = conclude({ observations: [...usual, ...canadian.slice(0, 3)], rates });
    expect(verdicts.every(({ accepted }) => accepted)).toBe(true);
    expect(intervals.currency).toEqual([
      { from: '2026-06-01', value: 'USD' },
      { from: '2026-06-10', value: 'CAD' },
    ]);
  });

  it('counts a currency once for each total that came with it, however often an old answer is repeated', () => {
    const usual = capturedOn(daysBefore('2026-06-10'), 7_500);
    const canadian = capturedOn(daysFrom('2026-06-10').slice(0, 2), 7_500, { currency: CAD });
    const facts = daysFrom('2026-06-10')
      .slice(0, 4)
      .map((date) => sighting(date, { currency: CAD }));
    expect(conclude({ observations: [...usual, ...canadian], facts }).intervals.currency).toEqual([
      { from: '2026-06-01', value: 'USD' },
    ]);
    // Of an account without a total they are all that is known.
    expect(conclude({ facts }).intervals.currency).toEqual([{ from: '2026-06-10', value: 'CAD' }]);
  });

  it('leaves the past alone when an account is called a credit line for one evening', () => {
    const facts = june.map((date) =>
      sighting(date, { category: date === '2026-06-10' ? 'credit' : 'investment' }),
    );
    expect(conclude({ facts }).intervals.isAsset).toEqual([{ from: '2026-06-01', value: true }]);
    const credit = june.map((date) =>
      sighting(date, { category: date < '2026-06-10' ? 'investment' : 'credit' }),
    );
    const { isAsset } = conclude({ facts: credit }).intervals;
    expect(isAsset).toEqual([
      { from: '2026-06-01', value: true },
      { from: '2026-06-10', value: false },
    ]);
    expect(valueOn(isAsset, toDate('2026-06-09'))).toBe(true);
  });

  it('asks about a category in a word that nobody knows', () => {
    const facts = [sighting('2026-06-01', { category: null })];
    const { intervals, doubts } = conclude({ facts });
    expect(intervals.isAsset).toEqual([]);
    expect(doubts).toMatchObject([{ kind: 'category' }]);
  });

  it('that is known only later makes it an asset from there on, and that is no longer known changes nothing', () => {
    const facts = june.map((date) =>
      sighting(date, { category: date < '2026-06-08' || date > '2026-06-15' ? null : 'investment' }),
    );
    expect(conclude({ facts }).intervals.isAsset.slice(1)).toEqual([{ from: '2026-06-08', value: true }]);
    expect(conclude({ facts }).intervals.isAsset[0]).toMatchObject({ value: false });
    expect(conclude({ facts: facts.toReversed() }).intervals).toEqual(conclude({ facts }).intervals);
  });

  describe('what a person says of an account in such a word', () => {
    const unnamed = june.map((date) => sighting(date, { category: null }));
    const says = (category: Category | null, at: string): Decision => ({
      id: `${category} ${at}`,
      at: toInstant(at),
      about: 'category',
      category,
    });
    const asset = (decisions: readonly Decision[], facts = unnamed) =>
      conclude({ facts, decisions }).intervals.isAsset;

    it('makes it an asset with the next close after the answer, whenever evidence arrives', () => {
      const expected = [
        { from: '2026-06-01', value: false },
        { from: '2026-06-10', value: true },
      ];
      expect(asset([says('investment', '2026-06-10T15:00:00Z')])).toEqual(expected);
      expect(asset([says('deposit', '2026-06-09T23:00:00Z')], unnamed.toReversed())).toEqual(expected);
      expect(
        conclude({ facts: unnamed, decisions: [says('investment', '2026-06-10T15:00:00Z')] }).doubts,
      ).toEqual([]);
    });

    it('settles the question also when it does not count', () => {
      const { intervals, doubts } = conclude({
        facts: unnamed,
        decisions: [says('credit', '2026-06-10T15:00:00Z')],
      });
      expect(intervals.isAsset).toEqual([{ from: '2026-06-01', value: false }]);
      expect(doubts).toEqual([]);
    });

    it('is nothing once it was taken back', () => {
      const decisions = [says('investment', '2026-06-10T15:00:00Z'), says(null, '2026-06-11T15:00:00Z')];
      expect(asset(decisions)).toEqual([]);
      expect(conclude({ facts: unnamed, decisions }).doubts).toMatchObject([{ kind: 'category' }]);
    });

    it('gives way to a word of the provider that holds for three sessions', () => {
      const named = june.map((date) => sighting(date, { category: date < '2026-06-15' ? null : 'credit' }));
      const answer = [says('investment', '2026-06-10T15:00:00Z')];
      expect(asset(answer, named)).toEqual([
        { from: '2026-06-01', value: false },
        { from: '2026-06-10', value: true },
        { from: '2026-06-15', value: false },
      ]);
      const once = june.map((date) => sighting(date, { category: date === '2026-06-15' ? 'credit' : null }));
      expect(asset(answer, once).at(-1)).toEqual({ from: '2026-06-10', value: true });
    });

    it('never makes a paper account an asset', () => {
      const paper = june.map((date) => sighting(date, { category: null, isPaper: true }));
      expect(asset([says('investment', '2026-06-10T15:00:00Z')], paper)).toEqual([
        { from: '2026-06-01', value: false },
      ]);
    });
  });

  it('keeps the value of the close after which an account was closed', () => {
    const facts = [
      sighting('2026-06-10'),
      sighting('2026-06-10', { id: 'late', isOpen: false, at: toInstant('2026-06-10T23:00:00Z') }),
    ];
    expect(conclude({ facts }).intervals.ended).toEqual([{ from: '2026-06-11', value: 'closed' }]);
  });

  it('ends an account that a healthy connection left out on three sessions on the first of them', () => {
    const facts = june.map((date) => sighting(date, { isListed: date < '2026-06-08' }));
    const until = (count: number) =>
      conclude({ facts: facts.slice(0, daysBefore('2026-06-08').length + count) }).intervals.ended;
    expect(until(2)).toEqual([]);
    expect(until(3)).toEqual([{ from: '2026-06-08', value: 'left_out' }]);
    const back = [...facts.slice(0, 12), sighting('2026-06-24')];
    expect(conclude({ facts: back }).intervals.ended.at(-1)).toEqual({ from: '2026-06-24', value: null });
  });

  it('ends one that was announced as removed when it is left out once', () => {
    const removal = {
      id: 'r',
      at: toInstant('2026-06-08T12:00:00Z'),
      about: 'removal',
      from: toDate('2026-06-08'),
    } as const;
    const facts = [sighting('2026-06-05'), sighting('2026-06-08', { isListed: false })];
    expect(conclude({ facts }).intervals.ended).toEqual([]);
    expect(conclude({ facts, decisions: [removal] }).intervals.ended).toEqual([
      { from: '2026-06-08', value: 'removed' },
    ]);
  });

  it('ends one that a person ended, until that is taken back', () => {
    const end = { about: 'end', from: toDate('2026-06-08') } as const;
    const ended = { ...end, id: 'a', at: toInstant('2026-06-09T12:00:00Z') };
    const facts = [sighting('2026-06-05'), sighting('2026-06-10')];
    expect(conclude({ facts, decisions: [ended] }).intervals.ended).toEqual([
      { from: '2026-06-08', value: 'decided' },
    ]);
    const back = { ...ended, id: 'b', at: toInstant('2026-06-10T12:00:00Z'), from: null };
    expect(conclude({ facts, decisions: [back, ended] }).intervals.ended).toEqual([]);
  });
});

describe('what a person decided', () => {
  const usual = capturedOn(june.slice(0, 9), 10_000);
  const odd = captured('2026-06-12', 100_000);

  it('stays until it is taken back, whatever else arrives', () => {
    const accept = decideOn(odd.id, 'accept', '2026-06-15T12:00:00Z');
    const back = decideOn(odd.id, 'take_back', '2026-06-16T12:00:00Z');
    const later = capturedOn(daysFrom('2026-06-15'), 10_000);
    const observations = [...usual, odd, ...later];
    expect(heldOf({ observations, decisions: [accept] })).toEqual([]);
    expect(heldOf({ observations, decisions: [back, accept] })).toHaveLength(1);
    const reject = usual.map(({ id }) => decideOn(id, 'reject'));
    expect(heldOf({ observations: usual, decisions: reject })).toHaveLength(usual.length);
  });

  it('names what settled a doubt', () => {
    const held = (parts: Parameters<typeof evidenceOf>[0]) =>
      conclude(parts).verdicts.find(({ id }) => id === odd.id);
    expect(held({ observations: [...usual, odd] })).toMatchObject({
      contradicts: ['2026-06-11 10000'],
      settledBy: null,
    });
    expect(held({ observations: [...usual, odd, captured('2026-06-15', 10_000)] })).toMatchObject({
      contradicts: ['2026-06-11 10000', '2026-06-15 10000'],
      settledBy: '2026-06-15 10000',
    });
  });
});
