import type { Page } from 'playwright-core';

/** Opens the methods behind the recommended ones. */
export async function showAllMethods(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: /All other methods/ });
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
}
