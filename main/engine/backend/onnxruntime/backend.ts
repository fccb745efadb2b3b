import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { arrayOf, ARRAYS, Graph, type HostArray, Value } from './graph.ts';
import { dense, plain, type View } from './layout.ts';
import type { Runner } from './run.ts';

/** Types whose arrays a graph can hold; strings and complex numbers live on the host only. */
export type GraphType = 'float32' | 'int32' | 'bool';

/** What is behind a tfjs data id: numbers on the host, or a view of something recorded, or both. */
interface Entry {
  dtype: tf.DataType;
  refCount: number;
  values?: tf.backend_util.BackendValues;
  view?: View;
  complexTensorInfos?: { real: tf.TensorInfo; imag: tf.TensorInfo };
}

/**
 * A tfjs backend whose kernels record (see `record.ts`). When a value is read, everything alive and not yet computed is
 * compiled into one ONNX model and run (`compile.ts`, `run.ts`). It extends tfjs's cpu backend for one reason: any kernel
 * without an ONNX form is tfjs's cpu kernel, run on this backend's own data once its inputs are on the host.
 */
export class OnnxruntimeBackend extends MathBackendCPU {
  readonly graph: Graph;
  private readonly entries: tf.DataStorage<Entry>;
  /** Entries that wait to be computed. */
  private readonly pending = new Set<Entry>();
  private readonly runner: Runner;
  private tracing = false;

  constructor(runner: Runner) {
    super();
    this.runner = runner;
    this.graph = new Graph(runner.block, runner.provider);
    this.entries = this.data;
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    // A caller may reuse its buffer after tf.tensor(); what is recorded is read later, so it needs its own copy.
    return this.adopt(ArrayBuffer.isView(values) ? values.slice() : values, shape, dtype);
  }

  /** Numbers that are all the same, inside a traced step, are one number repeated: gradients make many of them. */
  private uniform(
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): View | undefined {
    if (!this.tracing || !ArrayBuffer.isView(values) || values.length === 0) return undefined;
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') return undefined;
    const [value = 0] = values;
    if (!values.every((each) => Object.is(each, value))) return undefined;
    return { ...plain(this.graph.single(value, dtype, shape.map(() => 1))), shape }; // prettier-ignore
  }

  override makeTensorInfo(
    shape: number[],
    dtype: tf.DataType,
    values?: tf.backend_util.BackendValues | string[],
  ): tf.TensorInfo {
    const encoded =
      dtype === 'string' && values !== undefined && typeof values[0] === 'string'
        ? (values as string[]).map((text) => tf.util.encodeString(text))
        : (values as tf.backend_util.BackendValues);
    return { dataId: this.adopt(encoded, shape, dtype), shape, dtype };
  }

  /** Takes an array that nobody else will change. */
  private adopt(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.entries.set(dataId, { dtype, refCount: 1, values, view: this.uniform(values, shape, dtype) });
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    _shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.entries.set(dataId, { dtype, refCount, values });
  }

  /** A new tensor that is a view of something recorded. */
  record(view: View, dtype: tf.DataType): tf.TensorInfo {
    const dataId = {};
    const entry: Entry = { dtype, refCount: 1, view };
    this.entries.set(dataId, entry);
    if (view.value.data === undefined) this.pending.add(entry);
    return { dataId, shape: [...view.shape], dtype };
  }

  /** The view behind a tensor; host numbers become a leaf of the graph. */
  viewOf(info: tf.TensorInfo): View {
    const entry = this.entries.get(info.dataId);
    if (entry.view === undefined || !tf.util.arraysEqual([...entry.view.shape], info.shape)) {
      const type = graphType(info.dtype);
      entry.view = plain(Value.data(typedArray(this.readSync(info.dataId), type), info.shape, type));
    }
    return entry.view;
  }

  /** Whether reading this tensor would have to run a graph. */
  isPending(dataId: object): boolean {
    return this.entries.get(dataId).values === undefined && !this.isComplex(dataId);
  }

  private isComplex(dataId: object): boolean {
    return this.entries.get(dataId).complexTensorInfos !== undefined;
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const entry = this.entries.get(dataId);
    if (entry.values === undefined && entry.view !== undefined) this.compute(entry, entry.view);
    return super.readSync(dataId);
  }

  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  private compute(entry: Entry, view: View): void {
    const value = dense(this.graph, view);
    if (value.data === undefined) {
      // While a step is traced, other tensors are made of placeholders and cannot be computed along.
      const others = this.tracing ? [] : [...this.pending].flatMap((each) => each.view?.value ?? []);
      this.runner.compute(new Set([value, ...others]));
      if (!this.tracing) {
        this.pending.clear();
        this.graph.forget();
      }
    }
    entry.values = value.data as Exclude<HostArray, BigInt64Array>;
    entry.view = plain(value);
    this.pending.delete(entry);
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.entries.has(dataId) ? this.entries.get(dataId) : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && entry !== undefined) this.pending.delete(entry);
    return gone;
  }

  /**
   * Runs `build`, in which reading what depends on a placeholder throws UntraceableError.
   * Recorded nodes are not shared with anything outside.
   * @param blocked whether convolutions spell out the blocked layout; with constant filters onnxruntime does it better
   */
  trace<T>(build: () => T, blocked: boolean): T {
    const { block } = this.graph;
    this.graph.forget();
    this.tracing = true;
    if (!blocked) this.graph.block = undefined;
    try {
      return build();
    } finally {
      this.tracing = false;
      this.graph.block = block;
      this.graph.forget();
    }
  }

  override dispose(): void {
    this.pending.clear();
    this.graph.forget();
  }
}

/** The graph's type for a tensor's. */
export function graphType(dtype: tf.DataType): GraphType {
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new TypeError(`${dtype} tensors have no form in a graph`);
  }
  return dtype;
}

function typedArray(values: tf.backend_util.BackendValues, type: GraphType): HostArray {
  return values instanceof ARRAYS[type] ? values : arrayOf(type, values as unknown as ArrayLike<number>);
}
