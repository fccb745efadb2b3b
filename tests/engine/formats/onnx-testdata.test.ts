import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { EspalierError } from '../../../main/contract/errors.ts';
import { constantOf } from '../../../main/engine/formats/onnx/read/constant.ts';
import { decodeModel } from '../../../main/engine/formats/onnx/read/decode.ts';
import type { ReadModel, ReadTensor } from '../../../main/engine/formats/onnx/read/model.ts';
import { importModel } from '../../../main/engine/formats/onnx/read/read.ts';
import type { TensorData } from '../../../main/engine/network/graph.ts';
import { difference, runTf } from '../network/run.ts';

/** ONNX's own cases, one folder each, with inputs and outputs: Debian's package libonnx-testdata. */
const ROOT = '/usr/share/libonnx-testdata/data';
const missing = existsSync(ROOT) ? '' : `, skipped: ${ROOT} is missing (apt install libonnx-testdata)`;

/** A TensorProto file, read as the only initializer of a graph around it. */
function readTensor(file: string): ReadTensor {
  const bytes = readFileSync(file);
  const wrap = (field: number, body: Uint8Array) => {
    const header = [(field << 3) | 2];
    for (let length = body.length; ; length >>>= 7) {
      header.push(length < 128 ? length : (length & 127) | 128);
      if (length < 128) break;
    }
    return Uint8Array.from([...header, ...body]);
  };
  const [tensor] = decodeModel(wrap(7, wrap(5, bytes))).initializers;
  if (tensor === undefined) throw new Error(`${file} holds no tensor`);
  return tensor;
}

function floats(tensor: ReadTensor): TensorData | undefined {
  const { kind, shape, data } = constantOf(tensor);
  return kind === 'float' ? { shape, data } : undefined;
}

/** Runs a case with some inputs from outside and the others as numbers of the file. */
function tryCase(model: ReadModel, tensors: ReadTensor[], fed: number, expected: TensorData): number {
  const inputs = model.inputs.filter((input) => !model.initializers.some((t) => t.name === input.name));
  const stored = tensors.slice(fed).map((tensor, i) => ({ ...tensor, name: inputs[fed + i]?.name ?? '' }));
  const { network, weights } = importModel({ ...model, initializers: [...model.initializers, ...stored] });
  const given: Record<string, TensorData> = {};
  network.inputs.forEach(({ name }, i) => {
    const values = floats(tensors[i] as ReadTensor);
    if (values !== undefined) given[name] = values;
  });
  const wanted = model.outputs[0]?.name ?? '';
  return difference(runTf({ ...network, outputs: [wanted] }, weights, given), expected);
}

it.skipIf(missing !== '')(`agrees with ONNX's own cases wherever it supports them${missing}`, async () => {
  await tf.setBackend('cpu');
  const folders = readdirSync(ROOT).flatMap((part) =>
    readdirSync(join(ROOT, part)).map((name) => join(ROOT, part, name)),
  );
  const passed: string[] = [];
  const wrong: string[] = [];
  const refused = new Map<string, number>();
  const refuse = (why: string) => void refused.set(why, (refused.get(why) ?? 0) + 1);
  for (const folder of folders) {
    const file = join(folder, 'model.onnx');
    const data = join(folder, 'test_data_set_0');
    if (!existsSync(file) || !existsSync(join(data, 'output_0.pb'))) {
      refuse('no data');
      continue;
    }
    try {
      const model = decodeModel(readFileSync(file), file);
      const expected = floats(readTensor(join(data, 'output_0.pb')));
      const names = readdirSync(data).filter((name) => name.startsWith('input_'));
      const tensors = names.map((_, i) => readTensor(join(data, `input_${i}.pb`)));
      if (expected === undefined || model.outputs.length !== 1) {
        refuse('not one float output');
        continue;
      }
      if (!expected.data.every((value) => Number.isFinite(value))) {
        refuse('its numbers are not finite in float32');
        continue;
      }
      // With all inputs from outside, or with all but the first as weights: what can be read must be right.
      const results: number[] = [];
      let refusal: unknown;
      for (const fed of new Set([tensors.length, 1])) {
        try {
          results.push(tryCase(model, tensors, fed, expected));
        } catch (error) {
          refusal = error;
        }
      }
      if (results.length === 0) throw refusal;
      // Half precision is computed in single precision here.
      const tolerance = folder.includes('FLOAT16') ? 1e-3 : 1e-4;
      if (results.every((result) => result < tolerance)) passed.push(basename(folder));
      else wrong.push(`${basename(folder)}: off by ${Math.max(...results)}`);
    } catch (error) {
      if (error instanceof EspalierError)
        refuse(`${error.problem.code}: ${error.message.replace(/.*\((\w+), .*/, '$1')}`);
      else wrong.push(`${basename(folder)}: ${String(error)}`);
    }
  }
  const skipped = [...refused.values()].reduce((sum, count) => sum + count, 0);
  const reasons = [...refused].sort((a, b) => b[1] - a[1]).slice(0, 12);
  console.log(
    `ONNX's own cases: ${passed.length} passed, ${wrong.length} wrong, ${skipped} refused, most of all for:\n` +
      reasons.map(([why, count]) => `  ${count} x ${why}`).join('\n'),
  );
  if (process.env['SHOW'])
    console.log(
      [...refused].sort((a, b) => b[1] - a[1]),
      passed.join(' '),
    );
  expect(wrong).toEqual([]);
  expect(passed.length).toBeGreaterThan(350);
});
