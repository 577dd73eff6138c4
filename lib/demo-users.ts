import 'server-only';
import { z } from 'zod';
import type { Env } from './env';

const schema = z.array(z.object({ email: z.string(), password: z.string(), story: z.string() }));

const LABELS: Readonly<Record<string, string>> = {
  outage: 'Olivia — five months of outage, healed',
  broken: 'Ben — one connection is broken',
  new: 'Nora — linked today',
  steady: 'Stella — recorded every day',
  fresh: 'Lee — nothing linked yet: link a brokerage',
  down: 'Petra — her broker does not answer',
  filling: 'Finn — his history is being fetched',
  estimated: 'Vera — days that her broker cannot give, estimated',
  admin: 'Administrator — the operators’ pages',
};

/** The sign-ins that the demo offers with one tap; none anywhere but in the embedded demo. */
export function demoUsers({ DEMO_USERS }: Env): { email: string; password: string; label: string }[] {
  if (DEMO_USERS === undefined) return [];
  return schema
    .parse(JSON.parse(DEMO_USERS))
    .map(({ email, password, story }) => ({ email, password, label: LABELS[story] ?? email }));
}
