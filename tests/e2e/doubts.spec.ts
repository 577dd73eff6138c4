import { createClient } from '@supabase/supabase-js';
import type { RunningApp } from '../support/running-app';
import { expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// Each device settles the doubts of a demo of its own, one thing after another.
test.describe.configure({ mode: 'serial' });
// What cannot be is refused.
test.use({ expectedComplaint: /400 \(Bad Request\)/ });

const BOOKED_ON = '2026-11-18';

/** The broker of an account has reported a movement under a word that nobody knows. */
async function reportJournal({ status }: RunningApp, email: string): Promise<void> {
  const client = createClient(status.supabaseUrl, status.secretKey, { auth: { persistSession: false } });
  const { data: userId } = await client.rpc('user_with_email', { p_email: email });
  const { data: account } = await client
    .from('accounts')
    .select('id')
    .eq('user_id', userId)
    .limit(1)
    .single();
  const own = { user_id: userId, account_id: account?.id };
  const { data: row, error } = await client
    .from('movement_rows')
    .insert({
      ...own,
      reference: 'journal-1',
      vendor_type: 'JOURNAL',
      kind: 'unclassified',
      booked_on: BOOKED_ON,
      nth: 1,
    })
    .select('id')
    .single();
  expect(error).toBeNull();
  // Read after whatever the page view itself reads, which does not know of it.
  const readAt = '2026-11-20T23:59:00Z';
  const { error: statementError } = await client.from('movement_statements').insert({
    ...own,
    range_from: BOOKED_ON,
    range_to: BOOKED_ON,
    first_read_at: readAt,
    read_at: readAt,
    is_complete: false,
    row_ids: [row?.id],
  });
  expect(statementError).toBeNull();
  const { error: flowError } = await client.from('cash_flows').insert({
    ...own,
    flow_key: 'journal-1',
    flow_date: BOOKED_ON,
    effective_date: BOOKED_ON,
    type: 'unclassified',
    is_unknown: true,
    observed_at: readAt,
  });
  expect(flowError).toBeNull();
}

test('an owner says what a movement was that nobody knew, and takes it back', async ({
  page,
  app,
  signInAs,
}) => {
  await reportJournal(app, 'olivia@example.com');
  await signInAs(page, 'outage');
  await page.goto('/data-quality');
  const question = page.getByRole('region', { name: 'A movement we don’t know' });
  await expect(question).toContainText('Nov 18, 2026, and we do not know what it was or how much.');
  await expect(question).toContainText('calls it “JOURNAL”, without an amount.');
  expect(await findViolations(page)).toEqual([]);

  // What cannot be is refused in words.
  await question.getByLabel('What was it?').selectOption('Deposit');
  await question.getByLabel('How much, in USD?').fill('-1200');
  await question.getByRole('button', { name: 'Save' }).click();
  await expect(question.getByRole('alert')).toContainText('of a deposit is positive');

  await question.getByLabel('How much, in USD?').fill('1200');
  await question.getByRole('button', { name: 'Save' }).click();
  await expect(question).toHaveCount(0);
  const decided = page.getByRole('region', { name: 'Decisions' });
  await expect(decided).toContainText('“JOURNAL” of Nov 18, 2026: Deposit, +$1,200.00');
  await expect(decided).toContainText('You said so');
  expect(await findViolations(page)).toEqual([]);

  await decided.getByRole('button', { name: 'Take back' }).click();
  await expect(decided).toHaveCount(0);
  await expect(question).toBeVisible();
});
