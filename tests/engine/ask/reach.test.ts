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
  const [taylor, obd, scales] = outOfReach([recipe('taylor'), recipe('obd'), recipe('bn-scale')], network);
  expect([taylor, obd]).toEqual([null, null]);
  expect(scales).toMatchObject({
    code: 'budget/unreachable',
    field: 'budget.parameters',
    message: expect.stringContaining('half-normed keeps at least') as unknown,
  });
});

it('tells each recipe what its own budget and choices come to, in whichever order they stand', () => {
  const few = recipe('taylor', { prune: { structure: { kind: 'channel' }, cap: 0.2 } });
  const half = recipe('taylor', { budget: { parameters: 0.9 } });
  const found = outOfReach([few, recipe('taylor'), half, few], network);
  expect(found.map((problem) => problem?.code ?? null)).toEqual([
    'budget/unreachable',
    null,
    null,
    'budget/unreachable',
  ]);
});

it('says nothing of recipes that do not go together, whatever they are, nor of single weights', () => {
  const loose = recipe('taylor', { budget: { parameters: 'most' } });
  const single = recipe('magnitude-one-shot', { budget: { sparsity: 0.999 }, prune: {} });
  expect(outOfReach([loose, '- no: recipe', single], network)).toEqual([null, null, null]);
});
