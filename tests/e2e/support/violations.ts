import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/**
 * Every accessibility violation of a page as one line: which rule, and where. A page is held against all rules in light colours and
 * against those about colours in dark ones too; on a phone, which has the same colours, against all in dark ones.
 */
export async function findViolations(page: Page): Promise<string[]> {
  const violations = await violationsOf(page);
  if (await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)) return violations;
  await page.emulateMedia({ colorScheme: 'dark' });
  violations.push(
    ...(await violationsOf(page, RULES_ABOUT_COLOURS)).map((violation) => `dark: ${violation}`),
  );
  await page.emulateMedia({ colorScheme: 'light' });
  return violations;
}

const RULES_ABOUT_COLOURS = ['color-contrast', 'link-in-text-block'];

async function violationsOf(page: Page, rules?: readonly string[]): Promise<string[]> {
  // No page has a frame of another origin, for which alone the other mode opens a second page each time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (rules === undefined ? axe : axe.withRules([...rules])).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}
