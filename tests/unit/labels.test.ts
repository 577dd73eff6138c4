import { expect, test } from 'vitest';
import { describeOutcome, nameRunReason } from '@/components/labels/operations';
import { CORRECTION_LABELS, DAY_LABELS, GAP_LABELS, KIND_LABELS } from '@/components/labels/states';
import { COVERAGE_STATES } from '@/lib/domain/coverage';
import { CORRECTION_REASONS, GAP_REASONS, KINDS } from '@/lib/domain/states';
import { listFiles, readProjectFile } from '../support/import-graph';

test('a reason is called the same on the chart, in the grid, in a backfill and in a run', () => {
  for (const reason of GAP_REASONS) {
    const { label } = GAP_LABELS[reason];
    const elsewhere = [
      DAY_LABELS[reason].label,
      describeOutcome({ outcome: 'cannot', reason }),
      nameRunReason(reason),
    ];
    expect(new Set([label, ...elsewhere])).toEqual(new Set([label]));
  }
  for (const kind of KINDS) expect(DAY_LABELS[kind].label).toBe(KIND_LABELS[kind].label);
});

test('no two states share a label', () => {
  const labels = COVERAGE_STATES.map((state) => DAY_LABELS[state].label);
  expect(new Set(labels).size).toBe(labels.length);
});

test('the label of a state is written in one file only', () => {
  const texts = [...GAP_REASONS, ...KINDS].map((state) => `'${DAY_LABELS[state].meaning}'`);
  const writing = listFiles()
    .filter((path) => /^(app|components)\/.*\.tsx?$/.test(path))
    .filter((path) => texts.some((text) => readProjectFile(path).includes(text)));
  expect(writing).toEqual(['components/labels/states.ts']);
});

test('each reason for a correction is told in a sentence’s words, and none by its code', () => {
  for (const reason of CORRECTION_REASONS) {
    expect(CORRECTION_LABELS[reason]).toMatch(/^[a-z].* .*[a-z]$/);
    expect(CORRECTION_LABELS[reason]).not.toBe(reason);
  }
});
