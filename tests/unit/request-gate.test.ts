import { describe, expect, it } from 'vitest';
import { OutOfTimeError } from '@/lib/providers/provider';
import { createBudgetGate } from '@/lib/providers/request-budget';

/** A budget that grants what is scripted, one answer per call, and time that only sleeping moves. */
function scripted(answers: { granted: number; waitMs: number }[], timeMs = 60_000) {
  const asked: number[] = [];
  let elapsedMs = 0;
  const gate = createBudgetGate({
    take: async (count) => {
      asked.push(count);
      return answers.shift() ?? { granted: count, waitMs: 0 };
    },
    sleep: async (ms) => {
      elapsedMs += ms;
    },
    timeLeftMs: () => timeMs - elapsedMs,
  });
  return { gate, asked };
}

describe('the gate to a provider', () => {
  it('asks the shared budget once for all who wait at the same time', async () => {
    const { gate, asked } = scripted([{ granted: 1, waitMs: 0 }]);
    await Promise.all([gate.pass(), gate.pass(), gate.pass(), gate.pass()]);
    expect(asked.length).toBeLessThan(4);
    expect(gate.count).toEqual({ requests: 4, waitedMs: 0 });
  });

  it('waits as long as the budget says and counts the waiting', async () => {
    const { gate } = scripted([{ granted: 0, waitMs: 1_500 }]);
    await gate.pass();
    expect(gate.count).toEqual({ requests: 1, waitedMs: 1_500 });
  });

  it('refuses rather than waiting beyond the time of its worker', async () => {
    const { gate } = scripted([{ granted: 0, waitMs: 61_000 }]);
    await expect(gate.pass()).rejects.toBeInstanceOf(OutOfTimeError);
    expect(gate.count.requests).toBe(0);
  });

  it('tells everybody who waits when the budget itself cannot be asked', async () => {
    const gate = createBudgetGate({
      take: async () => {
        throw new Error('database gone');
      },
      sleep: async () => {},
      timeLeftMs: () => 1_000,
    });
    const outcomes = await Promise.allSettled([gate.pass(), gate.pass()]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  });
});
