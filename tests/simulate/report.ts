import { FAULTS, type FaultName, type Finding, type Judgement } from './judge';

const SESSIONS_A_YEAR = 252;

/** The figures of a simulation as one table, and the first examples of each kind that was found. */
export function reportOf(judgements: readonly Judgement[], examples: number): string {
  const sum = (count: (one: Judgement) => number): number =>
    judgements.reduce((total, one) => total + count(one), 0);
  const findings = judgements.flatMap((one) => one.findings);
  const sessions = sum((one) => one.sessions);
  const cells: readonly (readonly [string, string])[] = [
    ['worlds', String(sum((one) => one.worlds))],
    ['world-years', (sessions / SESSIONS_A_YEAR).toFixed(1)],
    ['sessions', String(sessions)],
    ['account days', String(sum((one) => one.accountDays))],
    ...FAULTS.map((fault) => [fault, String(findings.filter(({ what }) => what === fault).length)] as const),
  ];
  return [
    `| ${cells.map(([name]) => name).join(' | ')} |`,
    `| ${cells.map(() => '---:').join(' | ')} |`,
    `| ${cells.map(([, value]) => value).join(' | ')} |`,
    ...FAULTS.flatMap((fault) => examplesOf(fault, findings, examples)),
  ].join('\n');
}

function examplesOf(fault: FaultName, findings: Judgement['findings'], examples: number): readonly string[] {
  const found = findings.filter(({ what }) => what === fault);
  if (found.length === 0) return [];
  const users = new Set(found.map(({ world }) => `${world.seed} ${world.user}`)).size;
  return [
    '',
    `${fault}: ${found.length}, of ${users} ${users === 1 ? 'user' : 'users'}`,
    ...firstOfEach(found)
      .slice(0, examples)
      .map(
        ({ world, date, published, truth, note }) =>
          `  seed ${world.seed} user ${world.user}, ${date}: ${published}; truth: ${truth}${note === '' ? '' : `; ${note}`}`,
      ),
  ];
}

/** The first finding of each user, and what else there is behind them. */
function firstOfEach(found: Judgement['findings']): Judgement['findings'] {
  const known = new Set<unknown>();
  const [first, rest] = [[], []] as [Finding[], Finding[]];
  for (const finding of found) {
    (known.has(finding.world) ? rest : first).push(finding);
    known.add(finding.world);
  }
  return [...first, ...rest];
}
