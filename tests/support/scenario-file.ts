import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { exchangeInstant, tradingSessions } from '@/lib/domain/nyse-calendar';
import { type Instant, isDate, toDate, toInstant } from '@/lib/domain/trading-date';

/** How long after a close an evening's tick comes, as in `tickEachEvening`. */
const AFTER_CLOSE_MS = 90 * 60_000;
const FOLDER = join(import.meta.dirname, '../scenarios');

const NEW_YORK_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) New York$/;

const dateText = z.string().refine(isDate, 'not a calendar date');
const amountText = z.string().regex(/^-?\d+\.\d{2}$/, 'not an amount with cents');
const instantText = z.string().transform((text, context): Instant => {
  try {
    return readInstant(text);
  } catch {
    context.addIssue({
      code: 'custom',
      message: `neither "2026-11-20 17:30 New York" nor an instant: ${text}`,
    });
    return z.NEVER;
  }
});

/** Where a brokerage account's money comes from and goes to, in the words of the files. */
const FLOW_TYPES = ['deposit', 'withdrawal', 'transfer in', 'transfer out', 'dividend', 'fee'] as const;

/** What the broker calls an account; `unheard of` stands for a word that nobody knows. */
const KINDS = ['ordinary', 'credit line', 'paper', 'unheard of'] as const;

const accountSchema = z.strictObject({
  name: z.string().min(1),
  /** The connection it is seen through. */
  connection: z.string().min(1).default('Broker'),
  opened: dateText,
  /** Paid in on the day of the opening. All money stays cash, so that the value is flat between movements. */
  startsWith: amountText,
  currency: z.string().length(3).default('USD'),
  kind: z.enum(KINDS).default('ordinary'),
  flows: z
    .array(
      z.strictObject({
        date: dateText,
        amount: amountText,
        type: z.enum(FLOW_TYPES),
        description: z.string().default(''),
        /** What the broker reports of it instead of the truth. */
        reported: z
          .strictObject({
            type: z.string().optional(),
            amount: z.string().optional(),
            currency: z.string().length(3).nullable().optional(),
            date: dateText.optional(),
          })
          .default({}),
      }),
    )
    .default([]),
  /** Whether the broker reports what the account was worth on past days. */
  history: z.boolean().default(true),
  /** When the provider has collected the account's movements; left out where it has them already. */
  movementsCollected: instantText.nullable().default(null),
  /** Whether the broker reports an id of its own for the account, which stays the same under a new link. */
  hasBrokerId: z.boolean().default(true),
  /** What the broker reports for single days, whatever follows from the movements; null leaves a day out of its history. */
  says: z.record(dateText, amountText.nullable()).default({}),
});
export type ScenarioAccount = z.output<typeof accountSchema>;

const at = instantText;
const account = z.string();
const connection = z.string().default('Broker');

const eventSchema = z.discriminatedUnion('do', [
  /**
   * The scheduler calls once; with `preOpenRecheck` where the operator has captured days rechecked before the open, with `refresh`
   * where the operator pays for brokers to be read anew after the close.
   */
  z.strictObject({
    at,
    do: z.literal('tick'),
    preOpenRecheck: z.boolean().default(false),
    refresh: z.boolean().default(false),
  }),
  /** The scheduler calls once on each trading day of a range, an hour and a half after the close. */
  z.strictObject({ from: dateText, to: dateText, do: z.literal('tick every evening') }),
  /** Every call is refused with a server error. */
  z.strictObject({ at, do: z.literal('broker fails') }),
  /** Everything that the broker or its rates did wrong is over; a broken connection stays broken. */
  z.strictObject({ at, do: z.literal('broker recovers') }),
  z.strictObject({ at, do: z.literal('account left out'), account }),
  /** The broker does not list the account, and answers 404 to every question about it. */
  z.strictObject({ at, do: z.literal('account gone'), account }),
  /** From now on the broker calls the account something else. */
  z.strictObject({
    at,
    do: z.literal('broker calls account'),
    account,
    kind: z.enum(KINDS),
  }),
  z.strictObject({ at, do: z.literal('broker says zero'), account }),
  z.strictObject({ at, do: z.literal('broker multiplies'), account, by: z.string() }),
  /** The broker reports no total, nor what would make one. */
  z.strictObject({ at, do: z.literal('broker says no total'), account }),
  /** The broker names another currency beside the total, or with null none. */
  z.strictObject({
    at,
    do: z.literal('broker names currency'),
    account,
    currency: z.string().length(3).nullable(),
  }),
  /** The broker repeats what it reported at an earlier instant, and marks it. */
  z.strictObject({ at, do: z.literal('broker repeats'), of: instantText }),
  /** From now on the broker reports another value of a past day. */
  z.strictObject({ at, do: z.literal('broker restates'), account, day: dateText, amount: amountText }),
  /** From now on the broker describes the movement of a day in other words. */
  z.strictObject({ at, do: z.literal('broker renames movement'), account, day: dateText, as: z.string() }),
  /** The movement of a day is undone: gone from value and list. */
  z.strictObject({ at, do: z.literal('broker reverses movement'), account, day: dateText }),
  /** From now on the broker reports what the account was worth on past days. */
  z.strictObject({ at, do: z.literal('broker offers history'), account }),
  /** The provider announces that the account was removed. */
  z.strictObject({ at, do: z.literal('provider removes'), account, connection }),
  /** The provider announces unasked that it has read the broker. */
  z.strictObject({ at, do: z.literal('provider announces'), connection }),
  z.strictObject({ at, do: z.literal('exchange rates fail') }),
  z.strictObject({ at, do: z.literal('connection breaks'), connection }),
  z.strictObject({ at, do: z.literal('connection mended'), connection }),
  /** The user links a connection that was not linked so far. */
  z.strictObject({ at, do: z.literal('link'), connection }),
  /** The user links the first connection anew: the provider gives new ids to it and to its accounts. */
  z.strictObject({ at, do: z.literal('link again') }),
  /** The same, while the old link goes on. */
  z.strictObject({ at, do: z.literal('link twice') }),
  z.strictObject({ at, do: z.literal('account closed'), account }),
  /** The user's word on the question whether the account that was linked again is the earlier one. */
  z.strictObject({ at, do: z.literal('user confirms match') }),
  z.strictObject({ at, do: z.literal('user declines match') }),
  /** The user takes it back that an account which was linked again is the earlier one. */
  z.strictObject({ at, do: z.literal('user separates'), account }),
  /** The user ends the connection on purpose. */
  z.strictObject({ at, do: z.literal('unlink'), connection }),
  /** The user keeps an account by hand that no broker knows, from its first value on. */
  z.strictObject({
    at,
    do: z.literal('user adds account by hand'),
    account,
    currency: z.string().length(3).default('USD'),
    day: dateText,
    amount: amountText,
  }),
  /** The user gives such an account a value, in place of one of the same day. */
  z.strictObject({ at, do: z.literal('user gives value'), account, day: dateText, amount: amountText }),
  /** An administrator gives the verdict on the value that is held of an account's day. */
  z.strictObject({ at, do: z.literal('administrator accepts'), account, day: dateText }),
  z.strictObject({ at, do: z.literal('administrator rejects'), account, day: dateText }),
]);
export type ScenarioEvent = z.output<typeof eventSchema>;

/** What a user and an administrator see when the last event is over. The whole of it: what is not named is not there. */
const expectSchema = z.strictObject({
  /** `2026-11-20 10000.00 captured`; a range stands for each of its trading days; accounts that are carried or left out in brackets. */
  points: z.array(z.string()),
  /** `2026-11-12 to 2026-11-18: connection broken`, `, final` behind it when nothing will be tried again. */
  gaps: z.array(z.string()),
  /** What speaks against the last answer for each day of an account that is still missing: `2026-11-20 IRA: mid session`. */
  verdicts: z.array(z.string()).default([]),
  /**
   * Values that wait for an administrator, `2026-11-20 IRA 0.00: unexplained zero`, with `, refuted by 2026-11-23 5000.00`
   * behind one that an ordinary value has settled.
   */
  held: z.array(z.string()),
  /** `2026-11-20 20000.00 estimated -> 20100.00 captured: completed`, in the order in which they were made. */
  corrections: z.array(z.string()),
  /** The latest known value, `10000.00 at 2026-11-20 17:30 New York`; null when there is none. */
  latest: z.string().nullable(),
  /** Amounts as text, returns in per cent, `not available: reason` where a figure cannot be given. */
  summary: z.strictObject({
    'value change': z.string(),
    'net deposits': z.string(),
    'market change': z.string(),
    return: z.string(),
    'money-weighted': z.string(),
    'deepest fall': z.string(),
    /** Whether movements of the last day may still become known. */
    provisional: z.boolean(),
  }),
});
export type ScenarioExpectation = z.output<typeof expectSchema>;

const scenarioFileSchema = z
  .strictObject({
    title: z.string().min(1),
    story: z.string().min(1),
    accounts: z.array(accountSchema).min(1),
    /** Connections that are read once a day, and when by the clock of UTC: `{ "Broker": "17:00" }`; others at every call. */
    readDaily: z.record(z.string(), z.string()).default({}),
    /** What one unit of the first currency is worth in the second, by day: `{ "CAD-USD": { "2026-11-20": "0.75" } }`. */
    rates: z.record(z.string(), z.record(dateText, z.string())).default({}),
    events: z.array(eventSchema).min(1),
    expect: expectSchema,
  })
  .superRefine(({ accounts, events }, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
    const accountNames = accounts.map(({ name }) => name);
    const connectionNames = accounts.map((one) => one.connection);
    let before = '';
    for (const event of events) {
      const [from, to] = spanOf(event);
      if (from < before) refuse(`"${event.do}" at ${from} comes before what stands above it`);
      before = to;
      if (event.do === 'user adds account by hand') accountNames.push(event.account);
      if ('account' in event && !accountNames.includes(event.account)) refuse(`no account ${event.account}`);
      if ('connection' in event && !connectionNames.includes(event.connection))
        refuse(`no connection ${event.connection}`);
    }
  });
export type ScenarioFile = z.output<typeof scenarioFileSchema>;

/** The names of all scenario files. A file of another kind is named too, and will fail to be read. */
export function listScenarioFiles(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((name) => name !== 'README.md')
    .toSorted();
}

/** One file's scenario; throws when it is no JSON or is not what the schema requires. */
export function readScenarioFile(name: string): ScenarioFile {
  return parseScenario(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
}

/** The scenario that a parsed document describes; throws with every problem that it has. */
export function parseScenario(document: unknown): ScenarioFile {
  const parsed = scenarioFileSchema.safeParse(document);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}

/** When the first and the last call of an event are made, or when it happens. */
export function spanOf(event: ScenarioEvent): readonly [from: Instant, to: Instant] {
  if ('at' in event) return [event.at, event.at];
  const sessions = tradingSessions(event.from, event.to);
  const [first, last] = [sessions.at(0), sessions.at(-1)];
  if (first === undefined || last === undefined)
    throw new RangeError(`no trading day from ${event.from} to ${event.to}`);
  return [eveningOf(first.closesAt), eveningOf(last.closesAt)];
}

function eveningOf(closesAt: Instant): Instant {
  return toInstant(new Date(Date.parse(closesAt) + AFTER_CLOSE_MS));
}

function readInstant(text: string): Instant {
  const [, day, time] = NEW_YORK_TIME.exec(text) ?? [];
  if (day === undefined || time === undefined) return toInstant(text);
  return exchangeInstant(toDate(day), time);
}
