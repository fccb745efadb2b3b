import { expect, it } from 'vitest';
import { describeRealStudio, runMs } from '../support/real-studio.ts';
import type { RealStudio } from '../support/real-studio.ts';
import * as wizard from '../support/wizard.ts';

/** One method of every family, by the name on its card, with what of it is made short. */
const families = [
  { family: 'after training', method: 'One-shot magnitude pruning', id: 'magnitude-one-shot' },
  { family: 'lottery ticket', method: 'Lottery tickets (iterative magnitude, rewinding)', id: 'imp' },
  { family: 'at initialisation', method: 'SNIP', id: 'snip' },
  { family: 'dynamic sparse training', method: 'RigL', id: 'rigl' },
  { family: 'sparse selection', method: 'Edge-popup (hidden network)', id: 'edge-popup' },
  { family: 'regularisation', method: 'GReg-1 (growing regularisation)', id: 'greg-1' },
  { family: 'shallower network', method: 'Layer fusion (FuseInit)', id: 'layer-fusion' },
  { family: 'search', method: 'Evolutionary search', id: 'evolutionary-search' },
] as const;

/** Two epochs of everything that the step of training offers. */
async function shorten({ page }: RealStudio): Promise<void> {
  await page.getByRole('region', { name: 'Training', exact: true }).waitFor();
  for (const field of await page.getByRole('spinbutton', { name: /, epochs$/ }).all()) await field.fill('2');
  await page.getByRole('button', { name: 'Continue to review' }).click();
}

describeRealStudio('with a method of every family', (studio) => {
  const started = new Map<string, number>();

  it('starts a run of each by clicks', async () => {
    const { page } = studio;
    await wizard.beginNew(studio);
    await wizard.chooseNetwork(page, /^LeNet-300-100/);
    await wizard.chooseDigits(page, 300);
    await page.getByRole('button', { name: /^50 %$/ }).click();
    await page.getByRole('button', { name: 'Continue to method' }).click();
    const [first] = families;
    for (const { family, method, id } of families) {
      if (id !== first.id) {
        await wizard.clone(studio, started.get(first.id) ?? 0);
        await page.getByRole('link', { name: /^Method/ }).click();
      }
      await wizard.showMethod(page, method);
      if (id === 'evolutionary-search') {
        await page.getByRole('button', { name: /^Change how it prunes/ }).click();
        await page.getByLabel('Evaluations').fill('8');
      }
      await page.getByRole('button', { name: 'Continue to layers' }).click();
      await page.getByRole('button', { name: 'Continue to training' }).click();
      await shorten(studio);
      started.set(id, (await wizard.startRun(studio, family)).id);
    }
  });

  it.each(families)('$family: $method comes to what was asked', async ({ family, id }) => {
    const run = started.get(id) ?? 0;
    await studio.show(`#/runs/${run}`);
    await studio.page.getByRole('heading', { level: 1, name: family }).waitFor();
    await studio.page.getByRole('region', { name: 'Verdict' }).waitFor({ timeout: runMs });
    const report = await studio.ask('runs.report', { id: run });
    expect(report?.recipe.paradigm).toBe(id);
    expect(report?.checks.revivedWeights).toBe(0);
    expect(report?.promises.length).toBeGreaterThan(0);
    for (const { kind, asked, after } of report?.promises ?? [])
      expect(after, kind).toBeLessThanOrEqual(asked * 1.02);
    if (id === 'layer-fusion') expect(report?.fusions.length).toBeGreaterThan(0);
    if (id === 'evolutionary-search') expect(report?.search?.measure).toBeDefined();
  });
});
