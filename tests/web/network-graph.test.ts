import { expect, it } from 'vitest';
import { violations } from './support/axe.ts';
import { describeInBrowser } from './support/session.ts';

describeInBrowser('the graph of a network', (open) => {
  it('is drawn by a worker, followed by arrows, and keeps a layer whole', async () => {
    const { page } = await open('#/new/network');
    await page.getByRole('button', { name: 'Graph', exact: true }).click();
    const graph = page.getByRole('application', { name: /^Graph of/ });
    const facts = page.getByRole('region', { name: 'Facts of the chosen layer' });
    await graph.focus();
    await page.keyboard.press('ArrowDown');
    await facts.getByText('Input', { exact: true }).waitFor();
    await page.getByLabel('Find a layer in the graph').fill('fc2');
    await page.getByText('1 layer found').waitFor();
    await page.keyboard.press('Enter');
    await facts.getByRole('heading', { name: 'fc2' }).waitFor();
    await facts.getByText('they may leave.').first().waitFor();
    await facts.getByLabel('Keep this layer whole').check();
    await facts.getByText("You exclude 'fc2.weight'.").first().waitFor();
    expect(await violations(page)).toEqual([]);

    const label = () => page.locator(':focus').getAttribute('aria-label');
    // Space leads to the facts, Escape back.
    await graph.focus();
    await page.keyboard.press('Space');
    expect(await label()).toBe('Facts of the chosen layer');
    await page.keyboard.press('Escape');
    expect(await label()).toMatch(/^Graph of/);
  });
});
