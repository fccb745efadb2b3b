import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import type { ExportedFile } from '../../../main/engine/formats/export-format.ts';
import type { TensorData } from '../../../main/engine/network/graph.ts';

// Without this, tfjs prints an advertisement for its native packages.
tf.enableProdMode();

const asNumbers = (tensor: tf.Tensor): TensorData => ({
  shape: tensor.shape,
  data: tensor.dataSync<'float32'>(),
});

/** Images with their channels last, as TensorFlow.js has them; other values as they are. */
function channelsLast({ shape, data }: TensorData): tf.Tensor {
  const tensor = tf.tensor(data, [...shape]);
  return shape.length === 4 ? tf.transpose(tensor, [0, 2, 3, 1]) : tensor;
}

function channelsFirst(tensor: tf.Tensor): TensorData {
  return asNumbers(tensor.shape.length === 4 ? tf.transpose(tensor, [0, 3, 1, 2]) : tensor);
}

/** What TensorFlow.js' own loaders make of exported files: the last output for these inputs, in our order of axes. */
export async function runTensorFlowJs(
  files: readonly ExportedFile[],
  inputs: readonly TensorData[],
): Promise<{ kind: string; output: TensorData }> {
  const [main, ...shards] = files;
  const json = JSON.parse(new TextDecoder().decode(main?.bytes)) as tf.io.ModelJSON;
  const weights = Buffer.concat(shards.map(({ bytes }) => bytes));
  const artifacts = tf.io.getModelArtifactsForJSONSync(
    json,
    json.weightsManifest.flatMap((group) => group.weights),
    weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length),
  );
  const given = inputs.map(channelsLast);
  const load = json.format === 'layers-model' ? loadLayersModel : loadGraphModel;
  const model = await load(tf.io.fromMemory(artifacts));
  const made = model.predict(given) as tf.Tensor | tf.Tensor[];
  const output = channelsFirst(Array.isArray(made) ? (made.at(-1) as tf.Tensor) : made);
  model.dispose();
  return { kind: json.format ?? '', output };
}
