import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong on the page in light and in dark, WCAG 2.2 AA and best practices, a line each. The page stays dark. */
export async function violations(page: Page): Promise<string[]> {
  // Not as a script element: the page's policy forbids those.
  await page.evaluate(source);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Colours change on their way, and charts draw anew.
    await page.waitForTimeout(100);
    await page.evaluate(
      'Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)).then(() => null)',
    );
    const results = await page.evaluate<AxeResults>(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
    );
    found.push(
      ...results.violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${colorScheme}, ${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
      ),
    );
  }
  return found;
}
