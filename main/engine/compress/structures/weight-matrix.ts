import { sizeOf, type Network } from '../../network/graph.ts';
import { countAttr } from '../../network/node-reading.ts';
import { opOf } from '../../network/ops/index.ts';

/**
 * A weight as the matrix that its layer multiplies with: a row for every output, and in each row, input after input, one place
 * for every position of the kernel.
 */
export interface WeightMatrix {
  readonly rows: number;
  readonly inputs: number;
  /** Inputs that follow one another in one row: of a grouped transposed convolution those of a group. */
  readonly run: number;
  /** Positions of the kernel. */
  readonly area: number;
  /** Index of a place in the parameter. */
  readonly at: (row: number, input: number, position: number) => number;
}

/** The matrix of a weight, by how the layer that uses it keeps it: [out, in, ...kernel], or [in, out, ...kernel]. */
export function matrixOf(network: Network, name: string): WeightMatrix {
  const [first = 1, second = 1, ...kernel] = network.params[name]?.shape ?? [];
  const area = sizeOf(kernel);
  const node = network.nodes.find(({ params }) => params['weight'] === name);
  const plain = node === undefined || opOf(node).makesChannels === true;
  return plain
    ? {
        rows: first,
        inputs: second,
        run: second,
        area,
        at: (row, input, position) => (row * second + input) * area + position,
      }
    : {
        rows: second,
        inputs: first,
        run: first / countAttr(node, 'group', 1),
        area,
        at: (row, input, position) => (input * second + row) * area + position,
      };
}
