import { describe, expect, it } from 'vitest';
import { Answers } from '../simulate/answers';
import { AccountsPlay } from '../simulate/conclusions';
import { FAULTS } from '../simulate/judge';
import { AccountJudge, judgeAccounts } from '../simulate/judge-accounts';
import { generateEvenings, generateWorld, sessionsOf } from '../simulate/world';

// As `npm run simulate -- --only conclusions` plays them: a hundred world-years.

const DAYS = 126;
const USERS = Array.from({ length: 50 }, (_, user) => user);
const sessions = sessionsOf(DAYS);

describe('conclusions about accounts of which the truth is known, through a broker that errs', () => {
  it.each([5, 6, 7, 8])(
    'seed %i: nothing is invented, lost, false or churned',
    { timeout: 180_000 },
    (seed) => {
      const answers = new Answers();
      const evenings = generateEvenings(seed, DAYS);

      const judgements = USERS.map((user) =>
        judgeAccounts(generateWorld(seed, user, DAYS), evenings, sessions, answers),
      );

      const findings = judgements.flatMap((judgement) => judgement.findings);
      for (const fault of FAULTS) expect(findings.filter(({ what }) => what === fault)).toEqual([]);
    },
  );

  it('whoever shows each newest total as it was reported is found to invent', () => {
    const answers = new Answers();
    const evenings = generateEvenings(5, DAYS);
    const findings = USERS.slice(0, 5).flatMap((user) => {
      const play = new AccountsPlay(generateWorld(5, user, DAYS), sessions, answers);
      const judges = play.played.map(
        (played) =>
          new AccountJudge(play, {
            ...played,
            get line() {
              return new Map(played.known.readings.map((reading) => [reading.date, reading]));
            },
          }),
      );
      for (const [evening, ticks] of evenings.entries()) {
        play.playEvening(evening, ticks);
        for (const judge of judges) judge.see(evening);
      }
      return judges.flatMap((judge) => judge.findAll());
    });
    expect(new Set(findings.map(({ what }) => what))).toContain('invented');
  });
});
