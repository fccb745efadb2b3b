import { expect, it } from 'vitest';
import { violations } from './support/axe.ts';
import { describeInBrowser } from './support/session.ts';
import { gate } from './support/gate.ts';

describeInBrowser('the graph of a network', (open) => {
  it('is drawn by a worker, followed by arrows, and keeps a layer whole', async () => {
    const { page } = await open('#/new/network');
    await page.getByRole('button', { name: 'Graph', exact: true }).click();
    const graph = page.getByRole('application', { name: /^Graph of/ });
    const facts = page.getByRole('region', { name: 'Facts of the chosen layer' });
    await graph.focus();
    await page.keyboard.press('ArrowDown');
    await facts.getByText('Input', { exact: true }).waitFor();
    await page.locator('h1').focus();
    await page.keyboard.press('f');
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Find a layer in the graph');
    await page.keyboard.type('fc2');
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

  it('stays where it was looked at, with what was chosen, when it comes again with its data', async () => {
    const data = gate();
    const { page } = await open('#/new/layers', {
      before: ({ studio: { handlers } }) => {
        const inspect = handlers['data.inspect'];
        handlers['data.inspect'] = async (args) => {
          await data.opened;
          return inspect(args);
        };
      },
    });
    const answers: string[] = [];
    page.on('response', (response) => answers.push(new URL(response.url()).pathname));
    const asked = (name: string) => answers.filter((path) => path.endsWith(name)).length;
    await page.getByRole('button', { name: 'Graph', exact: true }).click();
    const graph = page.getByRole('application', { name: /^Graph of/ });
    const facts = page.getByRole('region', { name: 'Facts of the chosen layer' });
    const picture = () =>
      graph.locator('canvas').evaluate((canvas: { toDataURL(): string }) => canvas.toDataURL());
    await graph.focus();
    const beginning = await picture();
    await page.keyboard.press('End');
    for (let n = 0; n < 4; n++) await page.keyboard.press('+');
    await page.keyboard.press('ArrowUp');
    await facts.getByRole('heading', { name: 'fc3' }).waitFor();
    await facts.getByText("'fc3' is what the network answers.").first().waitFor();
    await page.waitForTimeout(300);
    const before = await picture();
    expect(before).not.toEqual(beginning);

    expect(asked('networks.graph')).toBe(1);
    data.open();
    await expect.poll(() => asked('networks.graph'), { timeout: 20_000 }).toBe(2);
    await expect.poll(() => asked('networks.groups'), { timeout: 20_000 }).toBe(2);
    await expect.poll(picture, { timeout: 10_000 }).toEqual(before);
    await page.waitForTimeout(500);
    expect(await picture()).toEqual(before);
    expect(await facts.getByRole('heading', { name: 'fc3' }).count()).toBe(1);
  });
});
