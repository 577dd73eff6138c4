/**
 * Small documents for `record_fill`. Every builder takes what a test is about and fills in the rest:
 *
 *     fill({ observations: [value('isa', '2026-11-20', '100')] })
 *     fill({ outcomes: [asked('isa', '2026-11-20')] })
 */
export function fill(parts: Partial<FillDocument> = {}): FillDocument {
  return {
    reach: null,
    accounts: [],
    observations: [],
    live: [],
    outcomes: [],
    flows: [],
    ...parts,
    connection: { ...HEALTHY, ...parts.connection },
  };
}

/** The document as the SQL function describes it; amounts are text. */
export interface FillDocument {
  /** The earliest day that the provider can still be asked for; null leaves that open. */
  readonly reach: string | null;
  readonly connection: Partial<typeof HEALTHY>;
  readonly accounts: readonly ReturnType<typeof account>[];
  readonly observations: readonly ReturnType<typeof value>[];
  readonly live: readonly ReturnType<typeof liveValue>[];
  readonly outcomes: readonly ReturnType<typeof asked>[];
  readonly flows: readonly ReturnType<typeof flow>[];
  /** Conclusions about what is stored already, as the SQL function takes them. */
  readonly verdicts?: readonly object[];
  readonly reconciled?: readonly object[];
  readonly questions?: readonly object[];
  readonly sightings?: readonly object[];
  readonly statements?: readonly object[];
  readonly spans?: readonly object[];
}

const HEALTHY = {
  status: 'active' as 'active' | 'disabled',
  disabledSince: null as string | null,
  retryAt: null as string | null,
  attempts: 0,
  errorCode: null as string | null,
  succeeded: true,
};

/** An open account of investments in US dollars, history and flows answered. */
export function account(externalId: string, parts: Partial<AccountParts> = {}) {
  return { ...ORDINARY, externalId, name: externalId, ...parts };
}

const ORDINARY = {
  institutionAccountId: null as string | null,
  currency: 'USD' as string | null,
  category: 'investment' as 'investment' | 'deposit' | 'credit',
  isPaper: false,
  isOpen: true,
  historyAsked: true,
  flowsSynced: true,
};
type AccountParts = typeof ORDINARY & { name: string };

/** The conclusion that an account is no more from a day on, in place of what was concluded of it before. */
export function ended(externalId: string, endedOn: string, parts: Partial<typeof CLOSED> = {}) {
  const status = { ...CLOSED, endedOn, ...parts };
  return { externalId, lineId: null, version: null, from: '9999-12-31', currency: null, status };
}

const CLOSED = {
  wasAsset: false,
  assetSince: null as string | null,
  category: null as string | null,
  isPaper: null as boolean | null,
  endReason: 'closed',
};

/** An accepted `daily_eod` observation in US dollars, true half an hour after the usual close. */
export function value(
  externalId: string,
  date: string,
  total: string | null,
  parts: Partial<ValueParts> = {},
) {
  return { ...OBSERVED, externalId, date, total, asOf: `${date}T21:30:00Z`, ...parts };
}

/** A day of the provider's own history, true at the close. */
export function reconstructed(
  externalId: string,
  date: string,
  total: string,
  parts: Partial<ValueParts> = {},
) {
  return value(externalId, date, total, { kind: 'reconstructed', asOf: `${date}T21:00:00Z`, ...parts });
}

const OBSERVED = {
  cash: null as string | null,
  costBasis: null as string | null,
  currency: 'USD' as string | null,
  kind: 'daily_eod' as 'daily_eod' | 'reconstructed' | 'estimated',
  source: 'snaptrade',
  verdict: 'accepted' as 'accepted' | 'held' | 'rejected',
  reason: null as string | null,
};
/** `ref` names the observation within its document. */
type ValueParts = typeof OBSERVED & { asOf: string; ref?: string };

/** The day was asked for in vain: a passing failure, unless named otherwise. */
export function asked(externalId: string, date: string, parts: Partial<typeof IN_VAIN> = {}) {
  return { ...IN_VAIN, externalId, date, ...parts };
}

const IN_VAIN = {
  reason: 'unavailable',
  detail: null as string | null,
  final: false,
  nextAttemptAt: null as string | null,
  attemptsMax: null as number | null,
};

/** The latest known value of an account in US dollars. */
export function liveValue(externalId: string, total: string, parts: Partial<typeof KNOWN_LIVE> = {}) {
  return { ...KNOWN_LIVE, externalId, total, ...parts };
}

const KNOWN_LIVE = { currency: 'USD', source: 'snaptrade', asOf: '2026-11-20T21:45:00Z' };

/** A deposit in US dollars, unless named otherwise. */
export function flow(externalId: string, date: string, amount: string, parts: Partial<FlowParts> = {}) {
  return { ...DEPOSITED, externalId, date, amount, key: `${date} ${amount}`, ...parts };
}

const DEPOSITED = {
  currency: 'USD' as string | null,
  type: 'deposit' as
    | 'deposit'
    | 'withdrawal'
    | 'transfer'
    | 'dividend'
    | 'interest'
    | 'fee'
    | 'other'
    | 'unclassified',
  description: null as string | null,
};
type FlowParts = typeof DEPOSITED & { key: string };
