import { describe, expect, it } from 'vitest';
import { coupling } from '../../../main/engine/network/coupling/index.ts';
import { networkCost } from '../../../main/engine/network/cost.ts';
import type { Network } from '../../../main/engine/network/graph.ts';
import { shrink } from '../../../main/engine/network/shrink.ts';
import { verifyNetwork } from '../../../main/engine/network/verify.ts';
import { partsOf } from '../../../main/engine/speed/parts.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

const built = (id: string): Network => {
  const entry = zoo.get(id);
  return entry.build({ input: entry.defaultInput, classes: 10 });
};
const macsOf = (network: Network) => networkCost(network).layers.map(({ macs }) => macs);

describe.each(['resnet-20', 'vgg-like', 'mobilenet-like', 'lenet-5-caffe'])('parts of %s', (id) => {
  const network = built(id);
  const coupled = coupling(network);

  it('have every layer that makes or reads a group once, with the work that it has in the network', () => {
    const macs = new Map(networkCost(network).layers.map((layer) => [layer.name, layer.macs]));
    for (const group of coupled.groups) {
      const parts = partsOf(network, coupled, group);
      const layers = parts.flatMap((part) => part.layers);
      expect(new Set(layers).size).toBe(layers.length);
      expect(new Set(layers)).toEqual(new Set([...layers, ...group.makers, ...group.readers]));
      for (const part of parts) {
        const own = part.at(group.components.length);
        verifyNetwork(own);
        const work = macsOf(own).filter((each) => each > 0);
        expect(work).toEqual(part.layers.map((layer) => macs.get(layer) ?? 0).filter((each) => each > 0));
      }
    }
  });

  it('are as narrow as the network is once channels left it', () => {
    for (const group of coupled.groups) {
      const width = Math.max(1, Math.floor(group.components.length / 2));
      const smaller = shrink(network, coupled, group.components.slice(width)).network;
      const left = new Map(networkCost(smaller).layers.map((layer) => [layer.name, layer.macs]));
      for (const part of partsOf(network, coupled, group)) {
        const work = macsOf(part.at(width)).reduce((sum, each) => sum + each, 0);
        expect(work).toBe(part.layers.reduce((sum, layer) => sum + (left.get(layer) ?? 0), 0));
      }
    }
  });
});

it('a maker goes with the reader behind it, through what stands between', () => {
  const network = built('vgg-like');
  const coupled = coupling(network);
  const group = coupled.groups.find(({ name }) => name === 'conv1_2');
  if (group === undefined) throw new Error('there is such a group');
  const [part] = partsOf(network, coupled, group);
  expect(part?.layers).toEqual(['conv1_2', 'conv2_1']);
  expect(part?.at(3).nodes.map(({ op }) => op)).toEqual(['Conv2D', 'BatchNorm', 'Relu', 'MaxPool', 'Conv2D']);
});
