import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { networkGroupsSchema, type NetworkGroups } from '../../main/contract/groups.ts';
import { writeOnnx } from '../../main/engine/formats/onnx/write.ts';
import { attention } from '../engine/network/coupling/networks.ts';
import { randomWeights } from '../engine/network/run.ts';
import { temporaryFolder } from '../support/folder.ts';
import { cli } from './harness.ts';

const folder = temporaryFolder();

async function groupsOf(...argv: string[]): Promise<NetworkGroups> {
  const { stdout } = await cli(['inspect', ...argv, '--json'], { cwd: folder });
  return networkGroupsSchema.parse(JSON.parse(stdout));
}

describe('inspect --groups', () => {
  it('tells what leaves with one channel of each group', async () => {
    const { parameters, macs, groups, held } = await groupsOf('lenet-300-100', '--groups');
    expect([parameters, macs]).toEqual([266_610, 266_200]);
    expect(groups).toEqual([
      {
        name: 'fc1',
        unit: 'unit',
        width: 300,
        makers: ['fc1'],
        readers: ['fc2'],
        // 784 weights and a bias before, 100 weights behind.
        parameters: 784 + 1 + 100,
        macs: 784 + 100,
        slices: [
          { param: 'fc1.weight', axis: 0, indices: 1, side: 'makes' },
          { param: 'fc1.bias', axis: 0, indices: 1, side: 'makes' },
          { param: 'fc2.weight', axis: 1, indices: 1, side: 'reads' },
        ],
      },
      expect.objectContaining({ name: 'fc2', width: 100, parameters: 300 + 1 + 10, macs: 300 + 10 }),
    ]);
    expect(held.map(({ name, width, reasons }) => [name, width, reasons[0]?.text])).toEqual([
      ['input of fc1', 784, "'input' is what the network is given."],
      ['fc3', 10, "'fc3' is what the network answers."],
    ]);
  });

  it('says so in words', async () => {
    const { code, stdout } = await cli(['inspect', 'resnet-20', '--groups']);
    expect(code).toBe(0);
    expect(stdout).toContain('448 channels in 12 groups may leave');
    expect(stdout).toMatch(/conv1 +│ 16 channels │ conv1 and 3 more +│ stage1.block1.conv1 and 4 more/);
    expect(stdout).toContain("  fc (10 units): 'fc' is what the network answers.");
  });

  it('takes files, and heads or their width', async () => {
    const network = attention();
    await writeFile(join(folder, 'attention.onnx'), writeOnnx(network, randomWeights(network)));
    const heads = await groupsOf('attention.onnx', '--groups');
    const width = await groupsOf('attention.onnx', '--attention', 'width');
    expect(heads.groups[0]).toMatchObject({ unit: 'head', width: 2 });
    // 4 rows of 8 weights and a bias for queries, keys and values, and 8 x 4 weights that read them.
    expect(heads.groups[0]?.parameters).toBe(3 * 4 * 9 + 32);
    expect(width.groups.slice(0, 2)).toEqual([
      expect.objectContaining({ unit: 'head index', width: 4, parameters: 2 * 2 * 9 }),
      expect.objectContaining({ unit: 'head index', width: 4, parameters: 2 * 9 + 16 }),
    ]);
  });

  it('has what a recipe excludes among what stays', async () => {
    const recipe = { network: 'resnet-20', data: 'digits', dense: { epochs: 1 }, paradigm: 'bn-scale', budget: { sparsity: 0.5 }, prune: { exclude: ['conv1'] } }; // prettier-ignore
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
    const { groups, held } = await groupsOf('resnet-20', '--recipe', 'recipe.json');
    expect(groups).toHaveLength(11);
    expect(held[0]).toMatchObject({
      name: 'conv1',
      width: 16,
      reasons: [{ text: 'You exclude this group.' }],
    });
  });

  it('refuses other choices by name', async () => {
    const { code, stderr } = await cli(['inspect', 'resnet-20', '--attention', 'all']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('heads, width');
  });
});
