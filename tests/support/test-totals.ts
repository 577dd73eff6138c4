import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

/** How many tests of a run passed, failed and were skipped, and which failed. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** A line for each failed test: its file, its name and what it said first. */
  readonly failures: readonly string[];
}

const count = z.number().int().min(0);

const vitestReport = z.object({
  numPassedTests: count,
  numFailedTests: count,
  numPendingTests: count,
  numTodoTests: count,
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

const playwrightSpec = z.object({
  title: z.string(),
  file: z.string(),
  ok: z.boolean(),
  tests: z.array(
    z.object({
      results: z.array(z.object({ error: z.object({ message: z.string() }).partial().optional() })),
    }),
  ),
});
const playwrightSuite = z.object({
  specs: z.array(playwrightSpec).default([]),
  get suites() {
    return z.array(playwrightSuite).default([]);
  },
});
const playwrightReport = z.object({
  stats: z.object({ expected: count, unexpected: count, flaky: count, skipped: count }),
  suites: z.array(playwrightSuite),
});

/** Reads the JSON report of Vitest; throws on anything else. */
export function readVitestReport(report: unknown): Tally {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } =
    vitestReport.parse(report);
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    // A file that cannot even be loaded fails without a test.
    if (tests.length === 0 && status === 'failed') return [describeFailure(name, '', message)];
    return tests.map((test) => describeFailure(name, test.fullName, test.failureMessages?.[0] ?? ''));
  });
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
    failures,
  };
}

/** Reads the JSON report of Playwright; throws on anything else. A test that passed only when repeated has failed. */
export function readPlaywrightReport(report: unknown): Tally {
  const { stats, suites } = playwrightReport.parse(report);
  const failures = suites
    .flatMap(specsOf)
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => {
      const errors = tests.flatMap(({ results }) => results.flatMap(({ error }) => error?.message ?? []));
      return describeFailure(file, title, errors[0] ?? '');
    });
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
    failures,
  };
}

function specsOf({ specs, suites }: z.infer<typeof playwrightSuite>): z.infer<typeof playwrightSpec>[] {
  return [...specs, ...suites.flatMap(specsOf)];
}

/** What a failure says first, since the rest stands in the runner's own output. */
const MESSAGE_MAX = 200;

function describeFailure(file: string, test: string, message: string): string {
  const [first = ''] = stripVTControlCharacters(message).trim().split('\n');
  const where = [basename(file), test].filter((part) => part !== '').join(' › ');
  return first === '' ? where : `${where}: ${first.slice(0, MESSAGE_MAX)}`;
}

const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };

/**
 * What a runner's report is worth, beside how the runner ended: one that left no report, ran nothing, or ended badly
 * without naming a failed test has itself failed, and counts as one failure.
 */
export function judgeRun(report: Tally | null, exitCode: number | null): Tally {
  const tally = report ?? NOTHING;
  const ranNothing = tally.passed + tally.failed === 0;
  return tally.failed === 0 && (exitCode !== 0 || ranNothing) ? { ...tally, failed: 1 } : tally;
}

/** The totals of all runs. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, each) => ({
      passed: sum.passed + each.passed,
      failed: sum.failed + each.failed,
      skipped: sum.skipped + each.skipped,
      failures: [...sum.failures, ...each.failures],
    }),
    NOTHING,
  );
}

/** One plain line: `12 passed, 0 failed`, and what was skipped if anything was. */
export function describeTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
