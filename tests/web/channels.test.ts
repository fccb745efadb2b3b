import { expect, it } from 'vitest';
import { readableRows } from '../../main/contract/run-list.ts';
import { showAllMethods } from './support/methods.ts';
import { describeInBrowser } from './support/session.ts';

describeInBrowser(
  'channels in the wizard',
  (open) => {
    it('tells which go together and why others stay, and lets groups and layers be kept whole', async () => {
      const { page } = await open('#/new/network', { runs: [] });
      await page.getByRole('radio', { name: /^ResNet-20/ }).click();
      await page.getByRole('link', { name: /Layers/ }).click();
      expect(await page.getByRole('region', { name: 'Channels that may leave' }).count()).toBe(0);
      await page.getByRole('button', { name: /Channels that can leave/ }).click();
      await page.getByText('448 channels in 12 groups may leave.').waitFor();
      const free = page.getByRole('region', { name: 'Channels that may leave' });
      const held = page.getByRole('region', { name: 'Channels that stay' });
      await free.getByRole('row', { name: /^conv1 .*16 channels conv1 and 3 more/ }).waitFor();
      await held.getByRole('row', { name: /^fc 'fc' is what the network answers. 10 units/ }).waitFor();

      const search = page.getByLabel('Find a group');
      await search.fill('stage3.block3');
      await free.getByRole('row', { name: /^conv1 / }).waitFor({ state: 'detached' });
      await search.fill('');

      await free.getByLabel('Keep conv1 whole').check();
      await free.getByText('You exclude this group.').waitFor();
      await page.getByText('432 channels in 11 groups may leave, 1 more stays by your choice.').waitFor();
      const layers = page.getByRole('region', { name: 'What is taken of each layer' });
      await layers.getByLabel('Find a layer').fill('fc');
      await layers.getByLabel('Keep fc whole').check();
      await free.getByText("You exclude 'fc.weight'.").waitFor();

      // What stays whole is said of the network, whichever paradigm prunes the rest.
      await page.getByRole('link', { name: /Method/ }).click();
      await showAllMethods(page);
      await page.getByRole('radio', { name: /^One-shot magnitude/ }).click();
      await page.getByRole('link', { name: /Review/ }).click();
      const recipe = page.getByLabel('The recipe as YAML');
      const text = await recipe.inputValue();
      expect(text).toMatch(/exclude:\s+- conv1\s+- fc\.weight/);
      // The recipe has a word for the layers at the ends, which means them in the tables too.
      await recipe.fill(text.replace('fc.weight', 'last'));

      await page.getByRole('link', { name: /Layers/ }).click();
      await page.getByRole('button', { name: /Channels that can leave/ }).click();
      await page.getByRole('button', { name: 'No longer keep The last layer whole' }).waitFor();
      await layers.getByLabel('Keep fc whole').uncheck();
      await free.getByText("You exclude 'fc.weight'.").waitFor({ state: 'detached' });
      // Names are those of one network.
      await page
        .getByRole('link', { name: /Network/ })
        .first()
        .click();
      await page.getByRole('radio', { name: /^LeNet-5-Caffe/ }).click();
      await page.getByRole('link', { name: /Layers All of them/ }).click();
      expect(await page.getByRole('list', { name: 'Kept whole' }).count()).toBe(0);
    });

    it('are what a sparsity counts wherever whole ones leave, and are called so', async () => {
      const { page } = await open('#/new/network', { runs: [] });
      await page.getByRole('radio', { name: /^ResNet-20/ }).click();
      await page.getByRole('link', { name: /Method/ }).click();
      await showAllMethods(page);
      await page.getByRole('radio', { name: /^Early-bird ticket/ }).click();
      const steps = page.getByRole('navigation', { name: 'Steps of the new run' });
      await steps.getByText('90 % of the channels pruned').waitFor();
      await page.getByRole('link', { name: /Goal/ }).click();
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
      await page.getByRole('link', { name: /Method/ }).click();
      await showAllMethods(page);
      await page.getByRole('radio', { name: /^One-shot magnitude/ }).click();
      await page.getByText('Change how it prunes').click();
      await page.getByLabel('Criterion').selectOption({ label: 'Geometric median (FPGM)' });
      await steps.getByText('90 % of the channels pruned').waitFor();
    });

    it('have widths worth having on this machine, once these are measured, and a click keeps one', async () => {
      const { page } = await open('#/new/review', { runs: [] });
      const recipe = page.getByLabel('The recipe as YAML');
      await recipe.fill(`network: lenet-300-100
data: { kind: digits, train: 100, validation: 0, test: 10 }
paradigm: magnitude-one-shot
prune: { structure: { kind: channel } }
budget: { sparsity: 0.5 }
finetune: { epochs: 1 }
`);
      await page.getByRole('link', { name: /Layers/ }).click();
      await page.getByRole('button', { name: /Channels that can leave/ }).click();
      await page.getByRole('button', { name: 'Measure widths worth having' }).click();
      const free = page.getByRole('region', { name: 'Channels that may leave' });
      const third = free.getByRole('button', { name: 'Keep 100 of fc1: 33 % of the time' });
      await third.click();
      await free.getByRole('button', { name: 'Keep 100 of fc1: 33 % of the time', pressed: true }).waitFor();
      const own = free.getByLabel('Share to prune of fc1, in percent');
      expect(Number(await own.inputValue())).toBeCloseTo(200 / 3, 3);
      await free.getByRole('button', { name: 'Keep 300 of fc1: 100 % of the time' }).click();
      await third.waitFor();
      expect(await own.inputValue()).toBe('');
    });

    it('have free baselines of their own, the same small network from scratch among them', async () => {
      const { page, server } = await open('#/new/goal', { runs: [] });
      await page.getByRole('radio', { name: /^Multiply-accumulates/ }).click();
      await page.getByRole('link', { name: /Review/ }).click();
      await page.getByLabel('Name of the run').fill('Mine');
      expect(await page.getByLabel(/^Dense, narrower/).count()).toBe(0);
      for (const name of [/^Random channels/, /^Uniform L1/, /^Same small network from scratch/])
        await page.getByLabel(name).check();
      await page.getByRole('button', { name: 'Start run' }).click();
      await page.getByRole('heading', { level: 1, name: 'Mine' }).waitFor();
      const runs = readableRows(
        await server.studio.handlers['runs.query']({ sort: { key: 'created', down: false } }),
      );
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
