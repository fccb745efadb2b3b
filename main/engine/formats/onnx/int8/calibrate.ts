import { InferenceSession, Tensor } from 'onnxruntime-node';
import { inputError } from '../../../../contract/errors.ts';
import type { TensorData } from '../../../network/graph.ts';
import { sizeOf } from '../../../network/graph.ts';
import type { OnnxModel, OnnxNode } from '../../../protobuf/onnx.ts';
import { encodeModel, OnnxType } from '../../../protobuf/onnx.ts';
import type { Range } from './numbers.ts';

/** Samples a call. */
const BATCH = 32;

/**
 * The smallest and the largest number that values of a float network take on given samples, found by onnxruntime.
 * @param samples [samples, ...sample], normalised
 * @throws EspalierError when one of them is not finite: then there is no range to divide
 */
export async function calibrate(
  model: OnnxModel,
  names: readonly string[],
  samples: TensorData,
): Promise<Map<string, Range>> {
  const session = await InferenceSession.create(encodeModel(withExtremes(model, names)), {
    executionProviders: ['cpu'],
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const ranges = new Map(names.map((name) => [name, { min: Infinity, max: -Infinity }]));
  try {
    const [count = 0, ...sample] = samples.shape;
    const size = sizeOf(sample);
    const input = model.graph.inputs[0]?.name ?? '';
    for (let from = 0; from < count; from += BATCH) {
      const to = Math.min(count, from + BATCH);
      const x = samples.data.subarray(from * size, to * size);
      const found = await session.run({ [input]: new Tensor('float32', x, [to - from, ...sample]) });
      names.forEach((name, i) => {
        const [min, max] = [number(found[minName(i)]), number(found[maxName(i)])];
        if (!Number.isFinite(min) || !Number.isFinite(max)) {
          throw inputError('onnx/int8-range', `'${name}' takes values that are not finite.`, {
            field: name,
            remedy: 'Export it in float32 and look for the layer where the numbers grow.',
          });
        }
        const range = ranges.get(name) ?? { min, max };
        ranges.set(name, { min: Math.min(range.min, min), max: Math.max(range.max, max) });
      });
    }
  } finally {
    await session.release();
  }
  return ranges;
}

const minName = (i: number) => `espalier/min/${i}`;
const maxName = (i: number) => `espalier/max/${i}`;

/** The model with only the extremes of some values as its outputs. */
function withExtremes(model: OnnxModel, names: readonly string[]): OnnxModel {
  const extreme = (opType: string, input: string, output: string): OnnxNode => ({
    opType,
    inputs: [input],
    outputs: [output],
    attrs: { keepdims: 0 },
  });
  const nodes = names.flatMap((name, i) => [
    extreme('ReduceMin', name, minName(i)),
    extreme('ReduceMax', name, maxName(i)),
  ]);
  const outputs = names.flatMap((_, i) => [minName(i), maxName(i)]);
  return {
    ...model,
    graph: {
      ...model.graph,
      nodes: [...model.graph.nodes, ...nodes],
      outputs: outputs.map((name) => ({ name, type: OnnxType.float32, dims: [] })),
    },
  };
}

function number(value: Tensor | undefined): number {
  return value?.data instanceof Float32Array ? (value.data[0] ?? NaN) : NaN;
}
