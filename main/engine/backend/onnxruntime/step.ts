import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from 'onnxruntime-node';
import type { CompiledStep, DeviceState, HostRecord, StepFunction, TensorRecord } from '../backend.ts';
import { releaseResults, takeResults } from '../results.ts';
import type { OnnxruntimeBackend } from './backend.ts';
import { encode, Names } from './compile.ts';
import { DeviceSession, keepsTensors } from './device-memory.ts';
import { ResidentState } from './device-state.ts';
import { cpuNodes } from './faults.ts';
import { type HostArray, type OutputSpec, Value } from './graph.ts';
import { lower } from './lowered.ts';
import { dense, plain } from './layout.ts';
import { emptyTensor, Session, type SessionOptions, tensorOf } from './session.ts';
import { OnnxState, signatureOf, typeOf } from './state.ts';
import { UntraceableError } from './untraceable.ts';

/**
 * Compiled steps: the function is called once for each signature (names, types, shapes), with tensors that stand for the
 * inputs and the state. What it records is one ONNX model; from then on a step only feeds, runs and swaps buffers.
 */

/** How many signatures of one step are kept: a full batch, a last smaller one, and some room. */
const MAX_PLANS = 8;

/** Numbers in a step's results from which stopping onnxruntime-node costs less than its copies. */
const STOP_FROM = 16_384;

/** Runs on unchanged state after which it is worth compiling the state's numbers into the graph. */
const FREEZE_AFTER = 16;

interface Feed {
  readonly name: string;
  readonly from: 'input' | 'state';
  readonly key: string;
}

interface Fetch extends OutputSpec {
  readonly name: string;
  readonly key: string;
}

/** A traced step, ready to be replayed. */
interface Plan {
  readonly session: Session;
  readonly feeds: readonly Feed[];
  readonly outputs: readonly Fetch[];
  readonly updates: readonly Fetch[];
  /** Whether the results are many enough to have onnxruntime-node stopped before it copies them (`Session.run`). */
  readonly stop: boolean;
  readonly freezing: Freezing;
}

/** How often a plan has run on the same numbers, and its form with those numbers as constants. */
interface Freezing {
  state?: OnnxState;
  version?: number;
  runs: number;
  plan?: Plan;
}

export class OnnxStep implements CompiledStep {
  private readonly step: StepFunction;
  private readonly backend: OnnxruntimeBackend;
  private readonly options: SessionOptions;
  private readonly plans = new Map<string, Plan | 'eager'>();

  constructor(step: StepFunction, backend: OnnxruntimeBackend, options: SessionOptions) {
    this.step = step;
    this.backend = backend;
    this.options = options;
  }

  /** Whether every signature met so far could be recorded as one graph. */
  get traced(): boolean {
    return [...this.plans.values()].every((plan) => plan !== 'eager');
  }

  /** Signatures that are kept compiled. */
  get compiled(): number {
    return this.plans.size;
  }

  async run(state: DeviceState, inputs: HostRecord): Promise<HostRecord> {
    if (!(state instanceof OnnxState)) throw new TypeError('The state belongs to another backend.');
    const plan = this.planFor(state, inputs);
    if (plan === 'eager') return this.runEagerly(state, inputs);
    if (state instanceof ResidentState && plan.session instanceof DeviceSession) {
      return replayOnDevice(plan, plan.session, state, inputs);
    }
    return replay(plan.updates.length === 0 ? this.frozen(plan, state, inputs) : plan, state, inputs);
  }

  /** A step that changes nothing, called again and again on the same state, gets the state's numbers as constants. */
  private frozen(plan: Plan, state: OnnxState, inputs: HostRecord): Plan {
    const { freezing } = plan;
    if (freezing.state !== state || freezing.version !== state.version) {
      freezing.plan?.session.dispose();
      Object.assign(freezing, { state, version: state.version, runs: 0, plan: undefined });
    }
    // By count and not by time: when a step is frozen may show in the last bit of its results.
    if (++freezing.runs === FREEZE_AFTER) {
      freezing.plan = trace(this.step, this.backend, this.options, state, inputs, true);
    }
    return freezing.plan ?? plan;
  }

  private planFor(state: OnnxState, inputs: HostRecord): Plan | 'eager' {
    const signature = `${signatureOf(inputs)}|${state.signature}`;
    let plan = this.plans.get(signature);
    if (plan === undefined) plan = this.traceOrGiveUp(state, inputs);
    else this.plans.delete(signature);
    this.plans.set(signature, plan);
    const [oldest] = this.plans;
    if (this.plans.size > MAX_PLANS && oldest !== undefined) {
      release(oldest[1]);
      this.plans.delete(oldest[0]);
    }
    return plan;
  }

  private traceOrGiveUp(state: OnnxState, inputs: HostRecord): Plan | 'eager' {
    try {
      return trace(this.step, this.backend, this.options, state, inputs);
    } catch (error) {
      // Somewhere in the step is a kernel that only tfjs's cpu backend has: it runs kernel by kernel instead.
      if (error instanceof UntraceableError) return 'eager';
      throw error;
    }
  }

  private async runEagerly(state: OnnxState, inputs: HostRecord): Promise<HostRecord> {
    const current = await state.read();
    const { outputs, updates } = tf.tidy(() => {
      const [fed, held] = [tensorsOf(inputs), tensorsOf(current)];
      return takeResults(this.step(fed, held), fed, held);
    });
    try {
      state.write(readAll(updates));
      return readAll(outputs);
    } finally {
      tf.dispose([outputs, updates]);
    }
  }

  dispose(): void {
    for (const plan of this.plans.values()) release(plan);
    this.plans.clear();
  }
}

function release(plan: Plan | 'eager'): void {
  if (plan === 'eager') return;
  plan.session.dispose();
  plan.freezing.plan?.session.dispose();
}

function trace(
  step: StepFunction,
  backend: OnnxruntimeBackend,
  options: SessionOptions,
  state: OnnxState,
  inputs: HostRecord,
  frozen = false,
): Plan {
  const build = (): Plan => {
    const sources = new Map<Value, Omit<Feed, 'name'>>();
    const stand = (
      from: Feed['from'],
      key: string,
      shape: readonly number[],
      type: 'float32' | 'int32',
    ): tf.Tensor => {
      const value =
        frozen && from === 'state'
          ? Value.data(state.slot(key).current.data as HostArray, [...shape], type)
          : Value.placeholder(`${from} ${key}`, [...shape], type);
      sources.set(value, { from, key });
      return tf.engine().makeTensorFromTensorInfo(backend.record(plain(value), type), backend);
    };
    tf.engine().startScope('trace');
    try {
      const inputTensors = mapValues(inputs, (value, key) =>
        stand('input', key, value.shape, typeOf(value.data)),
      );
      const stateTensors = Object.fromEntries(
        state.names().map((key) => [key, stand('state', key, state.slot(key).shape, state.slot(key).type)]),
      );
      const result = step(inputTensors, stateTensors);
      // An entry that comes back as it was needs no copying.
      const updates = Object.entries(result.state).filter(([key, tensor]) => tensor !== stateTensors[key]);
      checkUpdates(updates, state);
      const plan = compile(backend, options, sources, Object.entries(result.outputs), updates);
      releaseResults(result, inputTensors, stateTensors);
      return plan;
    } finally {
      tf.engine().endScope();
    }
  };
  return backend.trace(build, !frozen);
}

function compile(
  backend: OnnxruntimeBackend,
  options: SessionOptions,
  sources: ReadonlyMap<Value, Omit<Feed, 'name'>>,
  outputs: readonly [string, tf.Tensor][],
  updates: readonly [string, tf.Tensor][],
): Plan {
  const values = [...outputs, ...updates].map(([, tensor]) => dense(backend.graph, backend.viewOf(tensor)));
  const graph = lower(values, true);
  const names = new Names(graph);
  const feeds = graph.feeds.map((value, i): Feed => {
    const source = sources.get(value);
    if (source === undefined) throw new Error('The step uses a tensor from outside that was never computed.');
    return { ...source, name: names.feeds[i] ?? '' };
  });
  const fetch = ([key]: readonly [string, tf.Tensor], at: number): Fetch => {
    const { shape = [], type = 'float32' } = values[at] ?? {};
    return { key, name: names.outputs[at] ?? '', shape, type };
  };
  const { provider } = backend.graph;
  const placement = { cpuNodes: cpuNodes(graph, provider) };
  const plan = {
    feeds,
    outputs: outputs.map(fetch),
    updates: updates.map((update, i) => fetch(update, outputs.length + i)),
    stop: values.reduce((sum, { size }) => sum + size, 0) >= STOP_FROM,
    freezing: { runs: 0 },
  };
  if (!keepsTensors(provider)) {
    return { ...plan, session: new Session(encode(graph, names, plan.stop), options, placement) };
  }
  const places = Object.fromEntries([
    ...plan.outputs.map(({ name }) => [name, 'cpu'] as const),
    ...plan.updates.map(({ name, shape }) => [name, shape.includes(0) ? 'cpu' : 'gpu-buffer'] as const),
  ]);
  const model = encode(graph, names, false);
  return { ...plan, session: new DeviceSession(model, options, { ...placement, outputs: places }) };
}

function checkUpdates(updates: readonly [string, tf.Tensor][], state: OnnxState): void {
  for (const [key, tensor] of updates) {
    const { shape, type } = state.slot(key);
    if (tensor.dtype !== type || tensor.shape.join() !== shape.join()) {
      throw new Error(
        `The step returns ${tensor.dtype} [${tensor.shape.join()}] for state '${key}', which is ${type} [${shape.join()}].`,
      );
    }
  }
}

function feedsOf(wanted: readonly Feed[], state: OnnxState, inputs: HostRecord): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, from, key } of wanted) {
    if (from === 'state') feeds[name] = state.feed(key);
    else {
      const input = inputs[key];
      if (input !== undefined) feeds[name] = tensorOf(typeOf(input.data), input.data, input.shape);
    }
  }
  return feeds;
}

function replay(plan: Plan, state: OnnxState, inputs: HostRecord): HostRecord {
  const feeds = feedsOf(plan.feeds, state, inputs);
  const fetches: Record<string, Tensor> = {};
  const outputs: HostRecord = {};
  for (const { name, key, type, shape } of plan.outputs) {
    const tensor = emptyTensor(type, shape);
    fetches[name] = tensor;
    outputs[key] = { shape, data: tensor.data as Float32Array | Int32Array };
  }
  for (const { name, key } of plan.updates) fetches[name] = state.spare(key);
  plan.session.run(feeds, fetches, plan.stop);
  for (const { key } of plan.updates) state.swap(key);
  return outputs;
}

/** Only inputs and outputs travel. Nothing is frozen: there is no layout to arrange once, and compiling takes seconds. */
function replayOnDevice(
  { feeds, outputs, updates }: Plan,
  session: DeviceSession,
  state: ResidentState,
  inputs: HostRecord,
): HostRecord {
  const names = [...outputs, ...updates].map(({ name }) => name);
  const results = session.runOnDevice(feedsOf(feeds, state, inputs), names);
  for (const { key, name, shape } of updates) {
    if (!shape.includes(0)) state.replace(key, results.device(name));
  }
  return Object.fromEntries(
    outputs.map(({ name, key, shape }) => {
      return [key, { shape, data: results.host(name).data as Float32Array | Int32Array }];
    }),
  );
}

function tensorsOf(values: HostRecord): TensorRecord {
  return mapValues(values, ({ shape, data }) => tf.tensor(data, [...shape], typeOf(data)));
}

function readAll(tensors: TensorRecord): HostRecord {
  return mapValues(tensors, (tensor) => ({
    shape: tensor.shape,
    data: tensor.dataSync<'float32'>().slice(),
  }));
}

function mapValues<A, B>(record: Record<string, A>, fn: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fn(value, key)]));
}
