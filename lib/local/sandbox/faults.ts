import { z } from 'zod';
import type { Instant } from '@/lib/domain/trading-date';
import { decimalText, instantText } from './texts';

/** The calls that the sandbox knows, by the names used in faults and in the request log. */
export const OPERATIONS = [
  'checkStatus',
  'getPartnerInfo',
  'registerUser',
  'deleteUser',
  'login',
  'listConnections',
  'getConnection',
  'listConnectionAccounts',
  'refreshConnection',
  'deleteConnection',
  'listAccounts',
  'getAccount',
  'getAccountBalances',
  'getAccountPositions',
  'getAccountBalanceHistory',
  'getAccountActivities',
  'getReportingCustomRange',
  'listExchangeRates',
  'alpacaAccount',
  'alpacaHistory',
  'alpacaActivities',
  'alpacaToken',
  'alpacaCalendar',
  'plaidHoldings',
  'plaidItem',
  'plaidTransactions',
  'plaidRemoveItem',
  'plaidLinkToken',
  'plaidLinkSession',
  'plaidExchange',
  'plaidWebhookKey',
] as const;
export type Operation = (typeof OPERATIONS)[number];

const effectSchema = z.discriminatedUnion('type', [
  /** Refuse with this status. The code is the documented one for the status unless given; null sends a bare page. */
  z.strictObject({
    type: z.literal('status'),
    status: z.number().int().min(400).max(599),
    code: z.string().nullable().optional(),
  }),
  /** Never answer. */
  z.strictObject({ type: z.literal('timeout') }),
  /** Answer this much later. */
  z.strictObject({ type: z.literal('delay'), ms: z.number().int().positive() }),
  /** Answer 200 with a body that is no JSON. */
  z.strictObject({ type: z.literal('malformed') }),
  /** Report a total of zero. */
  z.strictObject({ type: z.literal('zero_total') }),
  /** Report no total. */
  z.strictObject({ type: z.literal('null_total') }),
  /** Report the value, and the as-of, of an earlier instant. */
  z.strictObject({ type: z.literal('stale'), asOf: instantText }),
  /** Report the total times this factor. */
  z.strictObject({ type: z.literal('scale'), factor: decimalText }),
  /** Name this currency beside the total; null names none. */
  z.strictObject({ type: z.literal('currency'), currency: z.string().length(3).nullable() }),
  /** Leave an account out of the lists. */
  z.strictObject({ type: z.literal('omit_account'), accountId: z.string() }),
]);

/** A rule for what goes wrong, for whom, when, and how often. */
export const faultSchema = z.strictObject({
  id: z.string().min(1),
  /** Every given field must agree; an empty match meets every request. */
  match: z
    .strictObject({
      operation: z.enum(OPERATIONS).optional(),
      userId: z.string().optional(),
      connectionId: z.string().optional(),
      accountId: z.string().optional(),
    })
    .default({}),
  effect: effectSchema,
  /** How many requests it meets before it ends; for ever when left out. */
  times: z.number().int().positive().optional(),
  /** From when and until when it holds, by the sandbox's clock; the end is excluded. */
  from: instantText.optional(),
  until: instantText.optional(),
});
export type Fault = z.output<typeof faultSchema>;
export type FaultEffect = Fault['effect'];

/** The effects that hit a whole answer, and those that hit the value of an account in it. */
export type AnswerEffect = Extract<FaultEffect, { type: 'status' | 'timeout' | 'delay' | 'malformed' }>;
export type ValueEffect = Exclude<FaultEffect, AnswerEffect>;

/** What a request, or one account within its answer, is about. */
export interface FaultTarget {
  readonly operation: Operation;
  readonly userId: string | null;
  readonly connectionId: string | null;
  readonly accountId: string | null;
}

/** The faults in force, and how often each was met. */
export class FaultBook {
  private rules: readonly Fault[] = [];
  private readonly met = new Map<string, number>();

  constructor(rules: readonly Fault[]) {
    this.replace(rules);
  }

  replace(rules: readonly Fault[]): void {
    this.rules = rules;
    this.met.clear();
  }

  /** Adds a rule; one with the same id is replaced and counts from the start. */
  add(rule: Fault): void {
    this.rules = [...this.rules.filter(({ id }) => id !== rule.id), rule];
    this.met.delete(rule.id);
  }

  /** False when there is no rule of that id. */
  remove(id: string): boolean {
    const kept = this.rules.filter((rule) => rule.id !== id);
    const found = kept.length < this.rules.length;
    this.rules = kept;
    return found;
  }

  list(): readonly (Fault & { readonly met: number })[] {
    return this.rules.map((rule) => ({ ...rule, met: this.met.get(rule.id) ?? 0 }));
  }

  /** Starts one request: its rules stay the same throughout, and each is counted at most once. */
  open(now: Instant): RequestFaults {
    const inForce = this.rules.filter((rule) => this.isInForce(rule, now));
    const counted = new Set<string>();
    const meet = (rule: Fault): void => {
      if (counted.has(rule.id)) return;
      counted.add(rule.id);
      this.met.set(rule.id, (this.met.get(rule.id) ?? 0) + 1);
    };
    return {
      onAnswer: (target) => collect(inForce, target, isAnswerEffect, meet),
      onValue: (target) => collect(inForce, target, isValueEffect, meet),
    };
  }

  private isInForce({ id, times, from, until }: Fault, now: Instant): boolean {
    if (times !== undefined && (this.met.get(id) ?? 0) >= times) return false;
    return (from === undefined || from <= now) && (until === undefined || now < until);
  }
}

export interface RequestFaults {
  onAnswer(target: FaultTarget): readonly AnswerEffect[];
  onValue(target: FaultTarget): readonly ValueEffect[];
}

function collect<E extends FaultEffect>(
  rules: readonly Fault[],
  target: FaultTarget,
  isWanted: (effect: FaultEffect) => effect is E,
  meet: (rule: Fault) => void,
): readonly E[] {
  return rules.flatMap((rule) => {
    if (!isWanted(rule.effect) || !isMatch(rule, target)) return [];
    meet(rule);
    return [rule.effect];
  });
}

function isMatch({ match, effect }: Fault, target: FaultTarget): boolean {
  if (effect.type === 'omit_account' && effect.accountId !== target.accountId) return false;
  return (
    (match.operation === undefined || match.operation === target.operation) &&
    (match.userId === undefined || match.userId === target.userId) &&
    (match.connectionId === undefined || match.connectionId === target.connectionId) &&
    (match.accountId === undefined || match.accountId === target.accountId)
  );
}

const ANSWER_EFFECTS: ReadonlySet<FaultEffect['type']> = new Set(['status', 'timeout', 'delay', 'malformed']);

function isAnswerEffect(effect: FaultEffect): effect is AnswerEffect {
  return ANSWER_EFFECTS.has(effect.type);
}

function isValueEffect(effect: FaultEffect): effect is ValueEffect {
  return !ANSWER_EFFECTS.has(effect.type);
}
