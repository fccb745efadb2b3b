import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { EspalierError, inputError } from '../../contract/errors.ts';

export interface OnnxOptions {
  /** Threads of one operator; all cores when left out. */
  readonly threads?: number;
  /** What the user calls the file, for messages. */
  readonly file?: string;
  /** Integer products without saturation, whatever the processor: see `evaluateExactly`. */
  readonly exact?: boolean;
}

/**
 * An ONNX model in onnxruntime's CPU provider, as any other program would run it: one float32 input with the batch as its
 * first axis, and the logits as its last output.
 */
export class OnnxModel {
  readonly threads: number;
  /** Shape of one sample; null for an axis that the model leaves open. */
  readonly sampleShape: readonly (number | null)[];
  /** The batch size that the model insists on; null when it is open. */
  readonly fixedBatch: number | null;
  private readonly session: InferenceSession;
  private readonly file: string | undefined;
  private readonly input: string;
  private readonly output: string;

  private constructor(session: InferenceSession, threads: number, file: string | undefined) {
    this.session = session;
    this.threads = threads;
    this.file = file;
    const [input, ...others] = session.inputMetadata;
    const output = session.outputNames.at(-1);
    if (input === undefined || output === undefined || others.length > 0) {
      throw this.refuse(
        `It has ${session.inputNames.length} inputs and ${session.outputNames.length} outputs.`,
      );
    }
    if (!input.isTensor || input.type !== 'float32') {
      throw this.refuse(`Its input '${input.name}' is ${input.isTensor ? input.type : 'not a tensor'}.`);
    }
    if (input.shape.length < 2) throw this.refuse(`Its input '${input.name}' has no batch axis.`);
    const [batch = null, ...sample] = input.shape.map(knownSize);
    this.fixedBatch = batch;
    this.sampleShape = sample;
    this.input = input.name;
    this.output = output;
  }

  /** @throws EspalierError when onnxruntime cannot load it or it does not have the expected input and output */
  static async open(bytes: Uint8Array, options: OnnxOptions = {}): Promise<OnnxModel> {
    const threads = options.threads ?? availableParallelism();
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(bytes, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 4,
        // onnxruntime then makes signed 8-bit weights unsigned, for which its kernels add in 32 bits everywhere.
        ...(options.exact === true && { extra: { session: { x64quantprecision: '1' } } }),
      });
    } catch (error) {
      throw inputError('onnx/unreadable', `onnxruntime cannot load the model: ${firstLine(error)}`, {
        file: options.file,
        remedy: 'Check that the file is a complete ONNX model.',
      });
    }
    try {
      return new OnnxModel(session, threads, options.file);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * The logits of a batch. A model with a batch size of its own may get fewer samples: zeros fill the rest.
   * @param values `batch` samples, row-major, already normalised
   * @returns [batch, classes], row-major
   */
  async run(values: Float32Array, batch: number): Promise<{ logits: Float32Array; classes: number }> {
    const whole = this.fixedBatch ?? batch;
    const feeds = { [this.input]: this.tensor(padded(values, whole / batch), whole) };
    const output = (await this.call(feeds))[this.output];
    if (output === undefined || !(output.data instanceof Float32Array)) {
      throw this.refuse(`Its output '${this.output}' is ${output?.type ?? 'missing'}, not float32.`);
    }
    const classes = output.dims[1];
    if (output.dims.length !== 2 || output.dims[0] !== whole || classes === undefined) {
      throw this.refuse(
        `Its output '${this.output}' has shape [${output.dims.join(', ')}], not [batch, classes].`,
      );
    }
    return { logits: output.data.subarray(0, batch * classes), classes };
  }

  /**
   * A call with everything prepared, for timing: nothing but onnxruntime's own work happens in it.
   * @param values `batch` samples, row-major
   */
  prepare(values: Float32Array, batch: number): () => Promise<unknown> {
    const feeds = { [this.input]: this.tensor(values, batch) };
    const session = this.session;
    const fetches = [this.output];
    return () => session.run(feeds, fetches);
  }

  /** Frees the native session. */
  async close(): Promise<void> {
    await this.session.release();
  }

  private tensor(values: Float32Array, batch: number): Tensor {
    const known = this.sampleShape.reduce<number>((size, dim) => size * (dim ?? 1), 1);
    const open = this.sampleShape.filter((dim) => dim === null).length;
    const perSample = values.length / batch;
    if (open > 1 || (open === 0 && perSample !== known) || !Number.isInteger(perSample / known)) {
      throw this.refuse(
        `Its input has shape [${['batch', ...this.sampleShape.map((dim) => dim ?? '?')].join(', ')}]; the data has ${perSample} values a sample.`,
      );
    }
    const shape = this.sampleShape.map((dim) => dim ?? perSample / known);
    return new Tensor('float32', values, [batch, ...shape]);
  }

  private async call(feeds: Record<string, Tensor>): Promise<InferenceSession.OnnxValueMapType> {
    try {
      return await this.session.run(feeds, [this.output]);
    } catch (error) {
      throw this.refuse(`onnxruntime cannot run it: ${firstLine(error)}`);
    }
  }

  private refuse(what: string): Error {
    return inputError('onnx/unsupported', `The model does not fit. ${what}`, {
      file: this.file,
      remedy:
        'Give a model with one float32 input [batch, ...sample] and logits [batch, classes] as its last output.',
    });
  }
}

/** Whether onnxruntime can load a model, and the model takes samples of this shape and gives one row of logits for each. */
export async function takes(bytes: Uint8Array, sampleShape: readonly number[]): Promise<boolean> {
  try {
    const model = await OnnxModel.open(bytes);
    try {
      const shape = model.sampleShape;
      if (shape.length !== sampleShape.length) return false;
      await model.run(new Float32Array(sampleShape.reduce((size, dim) => size * dim, 1)), 1);
      return shape.every((dim, i) => dim === null || dim === sampleShape[i]);
    } finally {
      await model.close();
    }
  } catch (error) {
    if (error instanceof EspalierError) return false;
    throw error;
  }
}

/** Symbolic axes come as texts, unknown ones as -1. */
function knownSize(dim: number | string): number | null {
  return typeof dim === 'number' && dim > 0 ? dim : null;
}

function padded(values: Float32Array, factor: number): Float32Array {
  if (factor === 1) return values;
  const whole = new Float32Array(values.length * factor);
  whole.set(values);
  return whole;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}
