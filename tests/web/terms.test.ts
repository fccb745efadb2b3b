import { expect, it } from 'vitest';
import { explain } from '../../main/words/glossary.ts';
import { violations } from './support/axe.ts';
import { describeInBrowser } from './support/session.ts';

const textOf = (label: string) => explain(label)?.text ?? 'no such term';

describeInBrowser('terms', (open) => {
  it('are explained to the keyboard, until Escape', async () => {
    const { page } = await open('#/new/training');
    const tip = page.locator('.term-tip');
    await page.getByRole('button', { name: /Settings of fine-tuning/ }).click();
    const term = page.getByRole('button', { name: 'Learning rate', exact: true });
    await term.focus();
    await tip.getByText(textOf('Learning rate')).first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'detached' });
    expect(await page.locator('button:focus').innerText()).toBe('Learning rate');
  });

  it('are explained to the mouse for as long as it stays, also over the words themselves', async () => {
    const { page } = await open('#/runs/2');
    const tip = page.locator('.term-tip');
    await page.getByRole('button', { name: 'Effective MACs' }).hover();
    await tip.getByText(textOf('Effective MACs')).first().waitFor();
    const box = await tip.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + (box?.height ?? 0) / 2, { steps: 8 });
    // Longer than any delay of closing.
    await page.waitForTimeout(1000);
    expect(await tip.count()).toBe(1);
    await page.mouse.move(2, 2, { steps: 4 });
    await tip.waitFor({ state: 'detached' });
  });

  it('are explained to a touch, and a press of the mouse on a label still goes to its field', async () => {
    const { page } = await open('#/new/review', { context: { hasTouch: true } });
    await page.getByRole('button', { name: 'Seed', exact: true }).tap();
    await page.locator('.term-tip').getByText(textOf('Seed')).first().waitFor();
    await page.getByRole('button', { name: 'Seed', exact: true }).click();
    expect(await page.locator('input:focus').getAttribute('type')).toBe('number');
  });

  it('are explained by the buttons that sort by them, which are no further stops of the Tab key', async () => {
    const { page } = await open('#/runs');
    const head = page.getByRole('columnheader', { name: 'Pruned' });
    expect(await head.getByRole('button').count()).toBe(1);
    await head.getByRole('button').hover();
    await page.locator('.term-tip').getByText(textOf('Pruned')).first().waitFor();
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
  });
});
