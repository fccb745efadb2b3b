import { expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { layerTimes } from '../../../main/engine/evaluate/layer-times.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { Network } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';

/** As exporters have it: a value is called otherwise than the layer that makes it. */
function renamed(network: Network): Network {
  const outside = new Set([...network.inputs.map(({ name }) => name), ...network.outputs]);
  const name = (value: string) => (outside.has(value) ? value : `/block/${value}_output_0`);
  const nodes = network.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(name),
    outputs: node.outputs.map(name),
  }));
  return { ...network, nodes };
}

it('every layer that multiplies has its own time, whatever its values are called', async () => {
  const built = new NetworkBuilder('net', [3, 16, 16])
    .conv('first', 16, { bias: false })
    .batchNorm('norm')
    .relu()
    .conv('second', 32)
    .relu()
    .globalAvgPool()
    .flatten()
    .dense('last', 5)
    .build();
  for (const network of [built, renamed(built)]) {
    const file = writeOnnx(network, initialize(network, Random.from(1, 'weights')), {});
    const [times] = await layerTimes([{ network, file }], { batch: 1, threads: 1 });
    const layers = [...(times?.keys() ?? [])];
    expect(layers).toEqual(expect.arrayContaining(['first', 'second', 'last']));
    expect(layers).not.toContain('Conv');
  }
});
