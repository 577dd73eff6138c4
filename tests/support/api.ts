import { createServerClient } from '@supabase/ssr';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import { expect, inject } from 'vitest';
import { z } from 'zod';
import type { Database } from '@/lib/db/types';
import type { StackUser } from '@/lib/local/status-file';
import { type LinkedUser, type LinkedUserParts, linkUserAt } from './linked-user';
import { changeStack } from './sandbox-control';

const STATELESS = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };

/** Asks the running app. */
export function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${inject('testApp').status.appUrl}${path}`, init);
}

/** Asks with a JSON body. */
export function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** The database with the server's own rights. */
export function serviceClient(): SupabaseClient<Database> {
  const { supabaseUrl, secretKey } = inject('testApp').status;
  return createClient<Database>(supabaseUrl, secretKey, { auth: STATELESS });
}

interface SignIn {
  readonly email: string;
  readonly password: string;
}

/** The access token of a user: of the demo, by their story, or one of a test's own. */
export async function signIn(who: StackUser['story'] | SignIn): Promise<string> {
  const { supabaseUrl, publishableKey } = inject('testApp').status;
  const client = createClient(supabaseUrl, publishableKey, { auth: STATELESS });
  const { data, error } = await client.auth.signInWithPassword(passwordOf(who));
  if (error !== null) throw new Error(`cannot sign in: ${error.message}`);
  return data.session.access_token;
}

/** The `Cookie` header of a user's browser. */
export async function signInWithCookie(who: StackUser['story'] | SignIn): Promise<{ cookie: string }> {
  const { supabaseUrl, publishableKey } = inject('testApp').status;
  const jar = new Map<string, string>();
  const client = createServerClient(supabaseUrl, publishableKey, {
    cookies: {
      getAll: () => [...jar].map(([name, value]) => ({ name, value })),
      setAll: (cookies) => {
        for (const { name, value } of cookies) jar.set(name, value);
      },
    },
  });
  const { error } = await client.auth.signInWithPassword(passwordOf(who));
  if (error !== null) throw new Error(`cannot sign in: ${error.message}`);
  return { cookie: [...jar].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ') };
}

function passwordOf(who: string | SignIn): SignIn {
  const user =
    typeof who === 'string'
      ? inject('testApp').status.users.find((candidate) => candidate.story === who)
      : who;
  if (user === undefined) throw new Error(`the demo has no story called ${who}`);
  return { email: user.email, password: user.password };
}

/** The app's database as its superuser, until the test closes it. */
export function openDatabase(): Sql {
  return postgres(inject('testApp').databaseUrl, { max: 2, onnotice: () => {} });
}

const problem = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string().min(1),
  status: z.number(),
  code: z.string(),
  detail: z.string().min(1),
  requestId: z.uuid(),
});

/** Checks that an answer is a problem document of this status that gives nothing away; returns its detail. */
export async function expectProblem(answer: Response, status: number): Promise<string> {
  const text = await answer.text();
  expect({ status: answer.status, type: answer.headers.get('content-type') }, text).toEqual({
    status,
    type: 'application/problem+json',
  });
  const document = problem.parse(JSON.parse(text));
  expect(document.status).toBe(status);
  expect(answer.headers.get('x-request-id')).toBe(document.requestId);
  const { cronSecret, secretKey, apiKey } = inject('testApp').status;
  for (const secret of [cronSecret, secretKey, apiKey ?? cronSecret]) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/node_modules|\.[jt]s:\d+|\bat .+\(/);
  return document.detail;
}

/** How many runs are on record, and how many questions the brokerage was asked: what a refused request must not change. */
export async function countWork(): Promise<{ readonly runs: number; readonly requests: number }> {
  const { count, error } = await serviceClient().from('runs').select('*', { count: 'exact', head: true });
  if (error !== null || count === null) throw new Error('cannot count the runs');
  const state = await changeStack(inject('testApp').status, 'GET', '/state');
  return { runs: count, requests: z.object({ requestCount: z.number() }).parse(state).requestCount };
}

/** A user of a test's own at the running app, linked to an account at its brokerage. */
export type ApiUser = LinkedUser;

/** Signs a user up at the app that all API tests speak to, and links an account that is opened for them. */
export function linkApiUser(parts: LinkedUserParts = {}): Promise<ApiUser> {
  return linkUserAt(inject('testApp'), parts);
}
