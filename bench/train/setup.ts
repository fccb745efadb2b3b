import { trainSpecSchema, type TrainSpec } from '../../main/contract/recipe.ts';
import type { HostRecord, StepFunction } from '../../main/engine/backend/backend.ts';
import { initialize } from '../../main/engine/network/initialize.ts';
import { sizeOf, trainableParams } from '../../main/engine/network/graph.ts';
import { Random } from '../../main/engine/base/random.ts';
import { evaluationStep, stateName, trainStep } from '../../main/engine/train/step.ts';
import { optimizers } from '../../main/engine/train/optimizers/index.ts';
import { zoo } from '../../main/engine/zoo/index.ts';

/** A network of the zoo with everything that a step needs: what the tests compare and the benchmark times. */
export interface Setup {
  readonly train: StepFunction;
  readonly evaluate: StepFunction;
  /** Weights and momentum. */
  readonly state: HostRecord;
  /** One batch of noise with labels, and the learning rate. */
  readonly inputs: HostRecord;
}

export interface SetupOptions {
  readonly batch: number;
  /** Shape of a sample; the network's own when left out. */
  readonly input?: readonly number[];
  readonly classes?: number;
  readonly seed?: number;
  readonly lr?: number;
  readonly spec?: Partial<TrainSpec>;
}

/** SGD with momentum 0.9 on the network `id`, as both peers of the benchmark run it. */
export function setup(
  id: string,
  { batch, input, classes = 10, seed = 1, lr = 0.01, spec = {} }: SetupOptions,
): Setup {
  const entry = zoo.get(id);
  const network = entry.build({ input: input ?? entry.defaultInput, classes });
  const options = trainSpecSchema.parse({ epochs: 1, weightDecay: 0, ...spec });
  const state: Record<string, HostRecord[string]> = {};
  for (const [name, tensor] of initialize(network, Random.from(seed, 'weights'))) {
    state[stateName.param(name)] = tensor;
  }
  for (const name of trainableParams(network)) {
    const shape = network.params[name]?.shape ?? [];
    for (const slot of optimizers[options.optimizer].slots) {
      state[stateName.slot(slot, name)] = { shape, data: new Float32Array(sizeOf(shape)) };
    }
  }
  return {
    train: trainStep(network, options, new Set()),
    evaluate: evaluationStep(network),
    state,
    inputs: batchOf(network.inputs[0]?.shape ?? [], batch, classes, seed, lr),
  };
}

function batchOf(
  sample: readonly number[],
  batch: number,
  classes: number,
  seed: number,
  lr: number,
): HostRecord {
  const random = Random.from(seed, 'batch');
  const x = Float32Array.from({ length: batch * sizeOf(sample) }, () => random.normal());
  const scalar = (value: number): HostRecord[string] => ({ shape: [], data: Float32Array.of(value) });
  return {
    x: { shape: [batch, ...sample], data: x },
    y: { shape: [batch], data: Int32Array.from({ length: batch }, (_, i) => i % classes) },
    lr: scalar(lr),
    correction1: scalar(1),
    correction2: scalar(1),
  };
}
