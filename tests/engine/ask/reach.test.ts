import { expect, it } from 'vitest';
import { outOfReach } from '../../../main/engine/ask/reach.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';

/** Only the first convolution has a batch norm. */
const network = new NetworkBuilder('half-normed', [1, 12, 12])
  .conv('conv1', 32)
  .batchNorm('bn1')
  .relu()
  .conv('conv2', 64)
  .relu()
  .flatten()
  .dense('fc', 10)
  .build();
const recipe = (paradigm: string, change: object = {}) => ({
  network: 'network.onnx',
  data: { kind: 'digits' },
  paradigm,
  budget: { parameters: 0.2 },
  prune: { structure: { kind: 'channel' } },
  ...change,
});

it('tells of a budget that one method comes to and another, which scores fewer of the channels, does not', () => {
  expect(outOfReach(recipe('taylor'), network)).toBeNull();
  expect(outOfReach(recipe('bn-scale'), network)).toMatchObject({
    code: 'budget/unreachable',
    field: 'budget.parameters',
    message: expect.stringContaining('half-normed keeps at least') as unknown,
  });
});

it('says nothing of recipes that do not go together, whatever they are, nor of single weights', () => {
  expect(outOfReach(recipe('taylor', { budget: { parameters: 'most' } }), network)).toBeNull();
  expect(outOfReach('- no: recipe', network)).toBeNull();
  expect(
    outOfReach(recipe('magnitude-one-shot', { budget: { sparsity: 0.999 }, prune: {} }), network),
  ).toBeNull();
});
