import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeTally,
  judgeRun,
  readPlaywrightReport,
  readVitestReport,
  sumTallies,
  type Tally,
} from '../support/test-totals';

const tally = (passed: number, failed: number, skipped = 0): Tally => ({
  passed,
  failed,
  skipped,
  failures: [],
});
const tallies = fc.record({
  passed: fc.nat(999),
  failed: fc.nat(999),
  skipped: fc.nat(999),
  failures: fc.array(fc.string()),
});

describe('reading a report', () => {
  test('Vitest’s pending and planned tests are skipped ones', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      success: false,
      testResults: [
        { name: '/somewhere/a.test.ts', status: 'passed', assertionResults: [] },
        {
          name: '/somewhere/b.test.ts',
          status: 'failed',
          assertionResults: [
            {
              fullName: 'a claim holds',
              status: 'failed',
              failureMessages: ['Error: it does not\n    at b.ts:1'],
            },
            { fullName: 'another holds', status: 'passed', failureMessages: [] },
          ],
        },
        { name: '/somewhere/c.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    };
    expect(readVitestReport(report)).toEqual({
      ...tally(5, 1, 3),
      failures: ['b.test.ts › a claim holds: Error: it does not', 'c.test.ts: no such module'],
    });
  });

  test('a test that Playwright saw pass only when repeated is a failed one', () => {
    const stats = { expected: 7, unexpected: 1, flaky: 2, skipped: 3, duration: 1 };
    const spec = (title: string, ok: boolean, message?: string) => {
      const results = [message === undefined ? {} : { error: { message } }];
      return { title, ok, file: 'chart.spec.ts', tests: [{ results }] };
    };
    const suites = [
      {
        specs: [spec('the line is drawn', true)],
        suites: [{ specs: [spec('the line stops', false, '\u001b[31mno line\u001b[39m\nat 1')] }],
      },
    ];
    expect(readPlaywrightReport({ stats, suites, errors: [] })).toEqual({
      ...tally(7, 3, 3),
      failures: ['chart.spec.ts › the line stops: no line'],
    });
  });

  test('what is no report is refused rather than counted as nothing', () => {
    expect(() => readVitestReport({})).toThrow();
    expect(() => readPlaywrightReport({ stats: { expected: -1 } })).toThrow();
  });
});

describe('judging a run', () => {
  test('a good ending leaves the report as it is', () => {
    expect(judgeRun(tally(3, 0, 1), 0)).toEqual(tally(3, 0, 1));
  });

  test('failed tests are counted once, not once more for the exit code', () => {
    expect(judgeRun(tally(3, 2), 1)).toEqual(tally(3, 2));
  });

  test('a runner that crashed before it could report is a failure', () => {
    expect(judgeRun(null, 1)).toEqual(tally(0, 1));
    expect(judgeRun(null, 0)).toEqual(tally(0, 1));
  });

  test('a runner that ended badly although all its tests passed is a failure', () => {
    expect(judgeRun(tally(9, 0), 1)).toEqual(tally(9, 1));
    expect(judgeRun(tally(9, 0), null)).toEqual(tally(9, 1));
  });

  test('a runner that ran no test at all is a failure', () => {
    expect(judgeRun(tally(0, 0, 4), 0)).toEqual(tally(0, 1, 4));
  });
});

describe('the last line', () => {
  test('names passed and failed tests, and skipped ones only where there are any', () => {
    expect(describeTally(tally(123, 0))).toBe('123 passed, 0 failed');
    expect(describeTally(tally(1, 2, 4))).toBe('1 passed, 2 failed, 4 skipped');
  });

  test('a sum loses no test and hides no failure, in whatever order the kinds ran', () => {
    fc.assert(
      fc.property(fc.array(tallies), (runs) => {
        const sum = sumTallies(runs);
        expect(sum.passed + sum.failed + sum.skipped).toBe(
          runs.reduce((all, run) => all + run.passed + run.failed + run.skipped, 0),
        );
        expect(sum.failed > 0).toBe(runs.some((run) => run.failed > 0));
        expect(sum.failures).toEqual(runs.flatMap(({ failures }) => failures));
        expect(sumTallies(runs.toReversed())).toEqual({ ...sum, failures: expect.any(Array) });
      }),
    );
  });
});
