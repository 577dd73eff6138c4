import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** Every accessibility violation of a page as one line: which rule, and where. */
export async function findViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}
