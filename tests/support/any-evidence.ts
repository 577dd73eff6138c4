import fc from 'fast-check';
import { liveValue, value } from './fill-document';
import { anyStory, cents, DAYS, type Words, wordsOf } from './worlds';

/** Further words on days that have one already: other instants, other kinds, some of them held. */
const afterthoughts = (name: string): fc.Arbitrary<Words> =>
  fc
    .uniqueArray(
      fc.record({
        date: fc.constantFrom(...DAYS),
        kind: fc.constantFrom('daily_eod' as const, 'reconstructed' as const, 'estimated' as const),
        minute: fc.integer({ min: 31, max: 59 }),
        total: fc.integer({ min: 100_00, max: 100_000_00 }).map(cents),
        isHeld: fc.boolean(),
      }),
      { selector: ({ date, kind, minute }) => `${date} ${kind} ${minute}`, maxLength: 10 },
    )
    .map((words) => ({
      observations: words.map(({ date, kind, minute, total, isHeld }) =>
        value(name, date, total, {
          kind,
          asOf: `${date}T21:${minute}:00Z`,
          ...(isHeld ? { verdict: 'held', reason: 'unexplained_swing' } : {}),
        }),
      ),
      live: words.map(({ date, kind, minute, total }) =>
        // One live value per instant, so that the newest is one.
        liveValue(name, total, { asOf: `${date}T20:${minute}:${KIND_SECONDS[kind]}Z` }),
      ),
      outcomes: [],
      flows: [],
    }));

const KIND_SECONDS = { daily_eod: '01', reconstructed: '02', estimated: '03' };

/** The words of all parts as one. */
export const join = (...parts: readonly Partial<Words>[]): Words => ({
  observations: parts.flatMap(({ observations = [] }) => observations),
  outcomes: parts.flatMap(({ outcomes = [] }) => outcomes),
  flows: parts.flatMap(({ flows = [] }) => flows),
  live: parts.flatMap(({ live = [] }) => live),
});

/** All words in any order, in as many fills as there are cuts; `record_fill` knows one live value per account. */
export const anyOrder = ({ live, ...words }: Words): fc.Arbitrary<readonly Words[]> => {
  const single: readonly Partial<Words>[] = [
    ...words.observations.map((one) => ({ observations: [one] })),
    ...words.outcomes.map((one) => ({ outcomes: [one] })),
    ...words.flows.map((one) => ({ flows: [one] })),
  ];
  return fc
    .tuple(
      fc.shuffledSubarray([...single], { minLength: single.length }),
      fc.shuffledSubarray([...live], { minLength: live.length }),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([shuffled, shuffledLive, size]) => {
      const fills = Math.max(Math.ceil(shuffled.length / size), shuffledLive.length);
      return Array.from({ length: fills }, (_, index) =>
        join(...shuffled.slice(index * size, (index + 1) * size), {
          live: shuffledLive.slice(index, index + 1),
        }),
      );
    });
};

/** Two accounts of one user. */
export const STORIES = [anyStory('isa'), anyStory('margin')] as const;
/** What their stories say, and further words on days that have one already. */
export const anyEvidence = fc.record({
  stories: fc.tuple(...STORIES),
  further: fc.tuple(afterthoughts('isa'), afterthoughts('margin')),
});
type Evidence = typeof anyEvidence extends fc.Arbitrary<infer Told> ? Told : never;
/** All of it as one. */
export const allWords = ({ stories, further }: Evidence) => join(wordsOf(...stories), ...further);
