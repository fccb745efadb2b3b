import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import { candidates, unitsOf } from '../../../main/engine/compress/select.ts';
import { standingOf } from '../../../main/engine/compress/excluded.ts';
import { refuseUnreachable } from '../../../main/engine/compress/plan/reach.ts';
import { prunableParams } from '../../../main/engine/network/graph.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { problemWith } from '../../support/problem.ts';

const resnet = zoo.get('resnet-20').build({ input: [3, 32, 32], classes: 10 });
const selection = { criterion: 'magnitude', scope: 'global', regrow: false, invert: false };
const channels = { kind: 'channel' };

/** The groups whose channels may leave when these names are excluded. */
const leaving = (...exclude: string[]) =>
  unitsOf(resnet, { ...selection, structure: channels, exclude }).groups.map(({ name }) => name);

describe('what a recipe keeps whole', () => {
  const all = leaving();

  it('is a group of channels by its name, and no other group', () => {
    expect(leaving('conv1')).toEqual(all.filter((name) => name !== 'conv1'));
    expect(leaving('conv1', 'stage1.block1.conv1')).toEqual(all.filter((name) => !/^conv1$|^stage1.block1.conv1$/.test(name))); // prettier-ignore
  });

  it('is every group that a parameter has a part of', () => {
    const reads = 'stage1.block1.conv1.weight';
    expect(leaving(reads)).toEqual(all.filter((name) => !['conv1', 'stage1.block1.conv1'].includes(name)));
  });

  it('is the weights that make the channels of a group, where single weights go', () => {
    const made = ['conv1.weight', 'stage1.block1.conv2.weight', 'stage1.block2.conv2.weight', 'stage1.block3.conv2.weight']; // prettier-ignore
    expect(candidates(resnet, ['conv1'])).toEqual(
      prunableParams(resnet).filter((name) => !made.includes(name)),
    );
    // Channels that leave whole take weights of other layers with them, and those of a kept group are told by the group.
    expect(candidates(resnet, ['conv1'], channels)).toEqual(prunableParams(resnet));
  });

  it('is refused where a name is neither', () => {
    expect(() => leaving('conv99')).toThrow(
      problemWith({ field: 'prune.exclude', code: 'prune/unknown-parameter' }),
    );
  });

  it('stands among what stays, with the choice as its reason', () => {
    const { groups, chosen, held } = standingOf(resnet, ['conv1', 'last'], {});
    expect(groups.map(({ name }) => name)).toEqual(leaving('conv1', 'last'));
    expect(chosen.map(({ name, reasons }) => [name, ...reasons.map(({ text }) => text)])).toEqual([
      ['conv1', 'You exclude this group.'],
      ['stage3.block1.conv2', "You exclude 'fc.weight'."],
    ]);
    expect(held).toEqual(standingOf(resnet, [], {}).held);
  });

  it('is named first where a budget cannot be met for it', () => {
    const recipe = recipeSchema.parse({
      network: 'resnet-20',
      data: 'digits',
      dense: { epochs: 1 },
      paradigm: 'magnitude-one-shot',
      prune: { structure: channels, exclude: ['conv1'] },
      budget: { macs: 0.01 },
    });
    expect(() => refuseUnreachable(recipe, resnet)).toThrow(
      problemWith({
        message: expect.stringContaining(
          "What cannot leave: 'conv1' (16 channels): You exclude this group.",
        ) as string,
      }),
    );
  });
});
