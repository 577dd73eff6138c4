import type { Page } from '@playwright/test';
import type { HistoryDocument } from '@/lib/history/document';

/** The address of every history that an open page asks for. */
export const HISTORY = '**/api/portfolio/history?*';

/** From now on every history that the page asks for is the real one with these changes. Says how often it was asked. */
export async function changeAnswers(
  page: Page,
  change: (history: HistoryDocument) => Partial<HistoryDocument>,
): Promise<{ readonly count: () => number }> {
  let asked = 0;
  await page.unrouteAll({ behavior: 'wait' });
  await page.route(HISTORY, async (route) => {
    asked += 1;
    const answer = await route.fetch();
    const history = (await answer.json()) as HistoryDocument;
    await route.fulfill({ response: answer, json: { ...history, ...change(history) } });
  });
  return { count: () => asked };
}
