import type { Network, WeightSet } from '../../../network/graph.ts';
import { byDepth } from './by-depth.ts';
import type { Dialect } from './dialect.ts';
import { asInFile } from '../../../network/head.ts';
import type { Layer, LayerValue } from './layer.ts';
import { layerEmitters } from './layers/index.ts';
import { Names } from './names.ts';
import { LayersWriter } from './writer.ts';

/** A network as the layers of a Keras model. */
export interface WrittenLayers {
  /** The model's configuration: `model_config` of a file. */
  readonly config: Readonly<Record<string, unknown>>;
  /** In the order of Keras' own: see `byDepth`. */
  readonly layers: readonly Layer[];
}

/**
 * Writes a network as the layers that a program reads.
 * @param weights as they go into the file: pruned ones are zeros already
 * @throws EspalierError naming the layer for which there are no words
 */
export function writeLayers(whole: Network, weights: WeightSet, dialect: Dialect): WrittenLayers {
  const network = asInFile(whole);
  const writer = new LayersWriter(network, weights, dialect);
  for (const node of network.nodes) {
    const emit = layerEmitters.get(node.op);
    const [output, ...more] = node.outputs;
    if (emit === undefined || output === undefined || more.length > 0) {
      throw writer.refuse(node, `is a layer that ${dialect.label} does not know`);
    }
    writer.begin(node.name);
    writer.set(
      output,
      emit(
        writer,
        node,
        node.inputs.map((name) => writer.value(name)),
      ),
    );
  }
  const outputs = network.outputs.map((name) => writer.value(name));
  const inputs = writer.layers.filter(({ className }) => className === 'InputLayer');
  // Without layers that were only made on the way. Inputs stay, whether they are read or not.
  const layers = byDepth(outputs, inputs);
  const history = ({ layer, call }: LayerValue) => [layer.name, call, 0];
  const config = {
    class_name: dialect.modelClass,
    config: {
      name: new Names().fresh(network.name),
      trainable: true,
      layers: layers.map(({ className, name, config: own, calls }) => ({
        class_name: className,
        config: {
          name,
          ...(className === 'InputLayer' ? {} : { trainable: true }),
          dtype: 'float32',
          ...own,
        },
        name,
        inbound_nodes:
          className === 'InputLayer'
            ? []
            : calls.map((given) => given.map((value) => [...history(value), {}])),
      })),
      input_layers: inputs.map(({ name }) => [name, 0, 0]),
      output_layers: outputs.map(history),
    },
  };
  return { config, layers };
}
