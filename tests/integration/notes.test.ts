import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { readNotes, saveNote } from '@/lib/notes/store';
import { deleteUser, readUserExport } from '@/lib/user-data/store';
import { linkReader } from '../support/read-history';
import { startTestStack, type TestStack } from '../support/test-stack';

const NOW = new Date('2026-11-20T22:00:00Z');

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const write = (userId: string, date: string, text: string | null) =>
  saveNote(stack.admin, { userId, date: toDate(date), text }, NOW);

describe('notes on days', () => {
  test('are one a day, newest day first; another one replaces it, and none removes it', async () => {
    const { userId } = await linkReader(stack);
    expect(await write(userId, '2026-11-19', 'Sold the house')).toBe(true);
    await write(userId, '2026-11-20', 'Bought it back');
    await write(userId, '2026-11-19', 'Sold the house, well');
    expect(await readNotes(stack.admin, userId)).toEqual([
      { date: '2026-11-20', text: 'Bought it back' },
      { date: '2026-11-19', text: 'Sold the house, well' },
    ]);
    await write(userId, '2026-11-20', null);
    expect(await readNotes(stack.admin, userId)).toHaveLength(1);
  });

  test('are nobody else’s: another user reads and writes none of them', async () => {
    const { userId } = await linkReader(stack);
    await write(userId, '2026-11-19', 'Mine');
    const other = await stack.createUser();
    expect(await readNotes(other.client, userId)).toEqual([]);
    await expect(
      saveNote(other.client, { userId, date: toDate('2026-11-19'), text: 'Theirs' }, NOW),
    ).rejects.toThrow();
    expect(await readNotes(stack.admin, userId)).toEqual([{ date: '2026-11-19', text: 'Mine' }]);
  });

  test('cannot be written beside a portfolio that is not there', async () => {
    const user = await stack.createUser();
    expect(await write(user.id, '2026-11-19', 'Nothing yet')).toBe(false);
  });

  test('are taken along with everything else, and go with their user', async () => {
    const { userId } = await linkReader(stack);
    await write(userId, '2026-11-19', 'Sold the house');
    expect((await readUserExport(stack.admin, userId)).day_notes).toMatchObject([{ body: 'Sold the house' }]);
    const receipt = await deleteUser(stack.admin, userId, NOW);
    expect(receipt?.deleted.day_notes).toBe(1);
    expect(await readNotes(stack.admin, userId)).toEqual([]);
  });
});
