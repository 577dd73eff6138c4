import { describe, expect, it } from 'vitest';
import { listScenarioFiles, parseScenario, readScenarioFile } from '../support/scenario-file';
import { readOutcome, spellOutPoints } from '../support/scenario-outcome';
import { playScenario } from '../support/scenario-play';
import { prepareWorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const FILES = listScenarioFiles();

describe('the scenario', () => {
  it.each(FILES)('%s ends as it says', async (name) => {
    const file = readScenarioFile(name);
    const { harness, endedAt } = await playScenario(harnesses.open, file);

    expect(await readOutcome(harness, endedAt)).toEqual({
      ...file.expect,
      points: spellOutPoints(file.expect.points),
    });
  });
});

describe('a scenario file', () => {
  const [first = ''] = FILES;
  const good = () => readScenarioFile(first);

  it.each([
    { name: 'a word that is no event', change: { events: [{ at: '2026-11-20T22:30:00Z', do: 'explode' }] } },
    { name: 'a time without a place', change: { events: [{ at: '2026-11-20 17:30', do: 'tick' }] } },
    { name: 'a field that nobody reads', change: { remark: 'none' } },
    {
      name: 'events out of order',
      change: {
        events: [
          { at: '2026-11-20 17:30 New York', do: 'tick' },
          { at: '2026-11-19 17:30 New York', do: 'tick' },
        ],
      },
    },
    {
      name: 'an account that is not there',
      change: { events: [{ at: '2026-11-20 17:30 New York', do: 'account closed', account: 'Nobody' }] },
    },
  ])('with $name is refused', ({ change }) => {
    expect(() => parseScenario({ ...good(), ...change })).toThrow();
  });

  it('has a title of its own', () => {
    const titles = FILES.map((name) => readScenarioFile(name).title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
