import { type Currency, isZero } from '../money';
import {
  type Decision,
  type EvidenceId,
  LATE_SESSIONS_MAX,
  type MovementKind,
  type MovementRow,
  type MovementStatement,
} from './evidence';
import type { SessionLine } from './session-line';

/** One movement behind all the rows that reported it, in the wording of the newest. */
export interface Movement {
  /** The same however the evidence is split or ordered, as long as the first row that reported it is there. */
  readonly key: string;
  /** Every row that reported it, oldest first. */
  readonly rowIds: readonly EvidenceId[];
  readonly row: MovementRow;
  /** The decision of a person that replaces kind and amount of the row; null for none. */
  readonly decision: (Decision & { readonly about: 'movement' }) | null;
  /** A newer complete statement about its date lacks it. It comes back when a later one has it again. */
  readonly isWithdrawn: boolean;
}

export interface MovementIdentity {
  readonly kind: MovementKind;
  readonly amount: MovementRow['amount'];
  readonly currency: Currency | null;
}

/**
 * What a movement counts as: the word of a person, or else that of its newest row. A movement of nothing is one whose amount
 * the broker does not know, such as a transfer of securities.
 */
export function identityOf({ row, decision }: Movement): MovementIdentity {
  const as = decision?.as ?? null;
  if (as !== null) return { kind: as.kind, amount: as.amount, currency: row.currency };
  const isNothing = row.amount !== null && isZero(row.amount);
  return { kind: row.kind, amount: isNothing ? null : row.amount, currency: row.currency };
}

/** Whether nobody knows what a movement was, or how much: it stands for an unknown change, and not for none. */
export function isUnknown(movement: Movement): boolean {
  const { kind, amount } = identityOf(movement);
  return kind === 'unclassified' || (amount === null && kind !== 'other');
}

/** A movement while statements are still being read. */
interface Draft {
  readonly key: string;
  readonly rowIds: EvidenceId[];
  row: MovementRow;
  isWithdrawn: boolean;
}

/**
 * Reads statements in the order in which they were made, whatever the order in which they arrived. Each row is matched to
 * what is known, one to one; a known movement in the range of a complete statement that lacks it is withdrawn.
 */
export function readStatements(
  statements: readonly MovementStatement[],
  decisions: readonly Decision[],
  line: SessionLine,
): readonly Movement[] {
  const drafts: Draft[] = [];
  for (const statement of statements.toSorted(compareStatements)) readStatement(statement, drafts, line);
  const decisionOf = newestDecisions(decisions);
  return drafts.map(({ key, rowIds, row, isWithdrawn }) => ({
    key,
    rowIds,
    row,
    isWithdrawn,
    decision: newest(rowIds.flatMap((id) => decisionOf.get(id) ?? [])),
  }));
}

function readStatement(statement: MovementStatement, drafts: Draft[], line: SessionLine): void {
  const isInRange = ({ row }: Draft): boolean => row.date >= statement.from && row.date <= statement.to;
  const free = new Set(drafts);
  let rows = statement.rows.toSorted(compareRows);
  for (const isSame of PASSES) {
    if (rows.length === 0) break;
    rows = rows.filter((row) => {
      const match = nearest(
        [...free].filter((draft) => isSame(draft, row, isInRange(draft), line)),
        row,
        line,
      );
      if (match === null) return true;
      free.delete(match);
      match.row = row;
      match.rowIds.push(row.id);
      match.isWithdrawn = false;
      return false;
    });
  }
  const taken = new Set(drafts.map(({ key }) => key));
  for (const row of rows) {
    const key = newKey(row, taken);
    taken.add(key);
    drafts.push({ key, rowIds: [row.id], row, isWithdrawn: false });
  }
  if (!statement.isComplete) return;
  for (const draft of free) if (isInRange(draft)) draft.isWithdrawn = true;
}

type SameMovement = (draft: Draft, row: MovementRow, isInRange: boolean, line: SessionLine) => boolean;

/**
 * From the surest sign to the weakest, each over all rows before the next. Without a common reference a known movement is
 * only a candidate where the statement speaks about its date and has no other row for it, or where it had been withdrawn.
 */
const PASSES: readonly SameMovement[] = [
  // Several movements may share a reference, such as a dividend and the tax on it.
  (draft, row) => isSameReference(draft, row) && isSameSum(draft, row),
  isSameReference,
  (draft, row, isInRange) => isFree(draft, isInRange) && isSameSum(draft, row) && draft.row.date === row.date,
  // Renamed, re-dated, or under a new reference.
  (draft, row, isInRange, line) =>
    isFree(draft, isInRange) && isSameSum(draft, row) && isNear(draft, row, line),
  // Valued or classified only afterwards.
  (draft, row, isInRange) =>
    isFree(draft, isInRange) && draft.row.date === row.date && isMadeOutOf(draft.row, row),
];

function isSameReference({ row: known }: Draft, row: MovementRow): boolean {
  return row.reference !== null && row.reference === known.reference;
}

function isSameSum({ row: known }: Draft, row: MovementRow): boolean {
  return row.kind === known.kind && sameNumber(row.amount, known.amount) && row.currency === known.currency;
}

function isMadeOutOf(known: MovementRow, row: MovementRow): boolean {
  const isSameKind = known.kind === row.kind;
  return isSameKind
    ? known.amount === null && row.amount !== null
    : known.kind === 'unclassified' && (known.amount === null || sameNumber(known.amount, row.amount));
}

function isFree({ isWithdrawn }: Draft, isInRange: boolean): boolean {
  return isInRange || isWithdrawn;
}

function isNear({ row: known }: Draft, row: MovementRow, line: SessionLine): boolean {
  return Math.abs(line.at(known.date) - line.at(row.date)) <= LATE_SESSIONS_MAX;
}

function nearest(drafts: readonly Draft[], row: MovementRow, line: SessionLine): Draft | null {
  let best: Draft | null = null;
  for (const draft of drafts) if (best === null || isNearer(draft, best, row, line)) best = draft;
  return best;
}

function isNearer(draft: Draft, best: Draft, row: MovementRow, line: SessionLine): boolean {
  const distance = ({ row: known }: Draft): number => Math.abs(line.at(known.date) - line.at(row.date));
  if (draft.isWithdrawn !== best.isWithdrawn) return !draft.isWithdrawn;
  return distance(draft) < distance(best);
}

function sameNumber(one: MovementRow['amount'], other: MovementRow['amount']): boolean {
  return one === other || (one !== null && other !== null && Number(one) === Number(other));
}

/** What the first row said, and a number where several rows said the same. */
function newKey(row: MovementRow, taken: ReadonlySet<string>): string {
  const said =
    row.reference ?? [row.date, row.kind, row.amount ?? 'unknown', row.currency ?? 'own'].join(' ');
  let key = said;
  for (let count = 2; taken.has(key); count += 1) key = `${said} #${count}`;
  return key;
}

function compareStatements(a: MovementStatement, b: MovementStatement): number {
  return (
    compare(a.readAt, b.readAt) ||
    compare(a.from, b.from) ||
    compare(a.to, b.to) ||
    compare(contentOf(a), contentOf(b))
  );
}

/** Everything that a statement says, without the ids that arrival gave it. */
function contentOf({ isComplete, rows }: MovementStatement): string {
  return JSON.stringify([isComplete, rows.map(({ id: _, ...said }) => JSON.stringify(said)).toSorted()]);
}

function compareRows(a: MovementRow, b: MovementRow): number {
  return (
    compare(a.date, b.date) ||
    compare(a.kind, b.kind) ||
    Number(a.amount ?? 0) - Number(b.amount ?? 0) ||
    compare(a.reference ?? '', b.reference ?? '') ||
    compare(a.description ?? '', b.description ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type MovementDecision = Decision & { readonly about: 'movement' };

function newestDecisions(decisions: readonly Decision[]): ReadonlyMap<EvidenceId, MovementDecision> {
  const byRow = new Map<EvidenceId, MovementDecision>();
  for (const decision of decisions) {
    if (decision.about !== 'movement') continue;
    const known = byRow.get(decision.rowId);
    if (known === undefined || known.at < decision.at) byRow.set(decision.rowId, decision);
  }
  return byRow;
}

function newest(decisions: readonly MovementDecision[]): MovementDecision | null {
  return decisions.reduce<MovementDecision | null>(
    (best, one) => (best === null || best.at < one.at ? one : best),
    null,
  );
}
