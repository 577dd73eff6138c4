import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderDatabaseTypes } from '@/lib/local/database-types';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

test('the committed database types agree with the migrations (otherwise: npm run db:types)', async () => {
  const committed = readFileSync(join(process.cwd(), 'lib', 'db', 'types.ts'), 'utf8');
  expect(committed).toBe(await renderDatabaseTypes(stack.sql));
});
