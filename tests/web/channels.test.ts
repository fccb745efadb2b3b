import { expect, it } from 'vitest';
import { readableRows } from '../../main/contract/run-list.ts';
import { describeInBrowser } from './support/session.ts';

describeInBrowser(
  'channels in the wizard',
  (open) => {
    it('tells which go together and why others stay, and lets groups and layers be kept whole', async () => {
      const { page } = await open('#/new/network', { runs: [] });
      await page.getByRole('radio', { name: /^ResNet-20/ }).click();
      expect(await page.getByRole('region', { name: 'Channels that may leave' }).count()).toBe(0);
      await page.getByRole('button', { name: /Channels that can leave/ }).click();
      await page.getByText('448 channels in 12 groups may leave.').waitFor();
      const free = page.getByRole('region', { name: 'Channels that may leave' });
      const held = page.getByRole('region', { name: 'Channels that stay' });
      await free.getByRole('row', { name: /^conv1 .*16 channels conv1 and 3 more/ }).waitFor();
      await held.getByRole('row', { name: /^fc 'fc' is what the network answers. 10 units/ }).waitFor();

      await page.getByLabel('Find a layer').fill('stage3.block3');
      await free.getByRole('row', { name: /^conv1 / }).waitFor({ state: 'detached' });
      await page.getByLabel('Find a layer').fill('');

      await free.getByLabel('Keep conv1 whole').check();
      await free.getByText('You exclude this group.').waitFor();
      await page.getByText('432 channels in 11 groups may leave, 1 more stays by your choice.').waitFor();
      await page.getByLabel('Keep a layer whole').selectOption('The last layer');
      await free.getByText("You exclude 'fc.weight'.").waitFor();

      // What stays whole is said of the network, whichever paradigm prunes the rest.
      await page.getByRole('link', { name: /Paradigm/ }).click();
      await page.getByRole('radio', { name: /^One-shot magnitude/ }).click();
      await page.getByRole('link', { name: /Review/ }).click();
      await page.getByText(/exclude:\s+- conv1\s+- last/).waitFor();

      await page
        .getByRole('link', { name: /Network/ })
        .first()
        .click();
      await page.getByRole('button', { name: /Channels that can leave/ }).click();
      await page.getByRole('button', { name: 'No longer keep The last layer whole' }).click();
      await free.getByText("You exclude 'fc.weight'.").waitFor({ state: 'detached' });
      // Names are those of one network.
      await page.getByRole('radio', { name: /^LeNet-5-Caffe/ }).click();
      await page.getByRole('list', { name: 'Kept whole' }).waitFor({ state: 'detached' });
    });

    it('are what a sparsity counts wherever whole ones leave, and are called so', async () => {
      const { page } = await open('#/new/network', { runs: [] });
      await page.getByRole('radio', { name: /^ResNet-20/ }).click();
      await page.getByRole('link', { name: /Paradigm/ }).click();
      await page.getByRole('radio', { name: /^Early-bird ticket/ }).click();
      const steps = page.getByRole('navigation', { name: 'Steps of the new run' });
      await steps.getByText('90 % of the channels pruned').waitFor();
      await page.getByRole('link', { name: /Budget/ }).click();
      await page.getByLabel('Channels to prune, in percent').waitFor();
      await page.getByText('Each leaf stands for a hundredth of the channels.').waitFor();
      await page.getByText('The share is of the channels that may leave').waitFor();
      // Without batch norms it prunes single weights.
      await page
        .getByRole('link', { name: /Network/ })
        .first()
        .click();
      await page.getByRole('radio', { name: /^LeNet-300-100/ }).click();
      await steps.getByText('90 % of the weights pruned').waitFor();
      // A criterion of channels means them.
      await page.getByRole('link', { name: /Paradigm/ }).click();
      await page.getByRole('radio', { name: /^One-shot magnitude/ }).click();
      await page.getByText('Change how it prunes').click();
      await page.getByLabel('Criterion').selectOption({ label: 'Geometric median (FPGM)' });
      await steps.getByText('90 % of the channels pruned').waitFor();
    });

    it('have free baselines of their own, the same small network from scratch among them', async () => {
      const { page, server } = await open('#/new/budget', { runs: [] });
      await page.getByRole('radio', { name: /^Multiply-accumulates/ }).click();
      await page.getByRole('link', { name: /Review/ }).click();
      await page.getByLabel('Name of the run').fill('Mine');
      expect(await page.getByLabel(/^Dense, narrower/).count()).toBe(0);
      for (const name of [/^Random channels/, /^Uniform L1/, /^Same small network from scratch/])
        await page.getByLabel(name).check();
      await page.getByRole('button', { name: 'Start run' }).click();
      await page.getByRole('heading', { level: 1, name: 'Mine' }).waitFor();
      const runs = readableRows(await server.studio.handlers['runs.query']({}));
      expect(runs.map(({ name }) => name)).toEqual([
        'Mine',
        'Mine: Baseline: random channels',
        'Mine: Baseline: uniform L1',
        'Mine: Baseline: magnitude-gradual, from scratch',
      ]);
      expect(runs.at(-1)?.recipe.prune).toMatchObject({ control: 'scratch', structure: { kind: 'channel' } });
    });
  },
  ['browser'],
);
