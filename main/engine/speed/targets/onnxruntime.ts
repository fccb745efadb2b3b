import { versions } from '../../base/versions.ts';
import { layerTimes } from '../../evaluate/layer-times.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import type { Target } from '../target.ts';

/** onnxruntime on the processor; it computes zeros like all other numbers. */
export const onnxruntime: Target = {
  id: 'onnxruntime',
  version: () => Promise.resolve(versions()['onnxruntime'] ?? ''),
  written: ({ network, weights }) => Promise.resolve({ model: writeOnnx(network, weights) }),
  layers: (models, call) =>
    layerTimes(
      models.map(({ network, weights }) => ({ network, file: writeOnnx(network, weights) })),
      call,
    ),
};
