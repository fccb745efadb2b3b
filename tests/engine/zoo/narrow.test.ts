import { describe, expect, it } from 'vitest';
import { networkCost } from '../../../main/engine/network/cost.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { narrowed } from '../../../main/engine/zoo/narrow.ts';

describe('a narrower network', () => {
  it.each(zoo.items.map((entry) => [entry.id, entry] as const))(
    'of %s has as many parameters as pruning leaves, as nearly as whole units allow',
    (_id, entry) => {
      const options = { input: entry.defaultInput, classes: 10 };
      const full = networkCost(entry.build(options)).parameters;
      for (const sparsity of [0.5, 0.8, 0.9]) {
        const { network, parameters, wanted, width } = narrowed(entry, options, sparsity);
        expect(networkCost(network).parameters).toBe(parameters);
        expect(network.nodes.map((node) => node.op)).toEqual(
          entry.build(options).nodes.map((node) => node.op),
        );
        expect(wanted / full).toBeGreaterThan(1 - sparsity - 1e-3);
        expect(Math.abs(parameters / wanted - 1), `${sparsity}: ${parameters} for ${wanted}`).toBeLessThan(
          0.15,
        );
        expect(width).toBeLessThan(1);
      }
      expect(networkCost(entry.build({ ...options, width: 1 })).parameters).toBe(full);
    },
  );
});
