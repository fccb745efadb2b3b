import { availableParallelism } from 'node:os';
import type { Tensor } from 'onnxruntime-node';
import { InferenceSession } from 'onnxruntime-node';
import { EspalierError, inputError } from '../../contract/errors.ts';
import { canFeed, floatsOf, takesFractions, tensorOf } from './element-types.ts';
import { type Feed, logitsFrom, turned } from './feed.ts';

export interface OnnxOptions {
  /** Threads of one operator; all cores when left out. */
  readonly threads?: number;
  /** What the user calls the file, for messages. */
  readonly file?: string;
  /** Integer products without saturation, whatever the processor: see `evaluateExactly`. */
  readonly exact?: boolean;
}

/** A model as onnxruntime gets it. */
export interface OnnxRunnable {
  /** An ONNX file's bytes, or its full path: then its external data are found beside it. */
  readonly model: Uint8Array | string;
  /** How the data and the answers are those of the file; when left out, samples go in as they are and logits come out last. */
  readonly feed?: Feed | undefined;
}

/** What a model gives for a batch. */
export interface Answers {
  /** [batch, ...shape], row-major. */
  readonly values: Float32Array;
  /** Of one sample's answer. */
  readonly shape: readonly number[];
  /** Type of the output in the file. */
  readonly type: string;
}

/**
 * An ONNX model in onnxruntime's CPU provider, as any other program would run it: one input with the batch as its first
 * axis, and logits, or answers that these can be told from.
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
  private readonly type: string;
  private readonly output: string;
  private readonly feed: Feed | undefined;

  private constructor(
    session: InferenceSession,
    threads: number,
    file: string | undefined,
    feed: Feed | undefined,
  ) {
    this.session = session;
    this.threads = threads;
    this.file = file;
    this.feed = feed;
    const [input, ...others] = session.inputMetadata;
    const output = feed?.output ?? session.outputNames.at(-1);
    if (input === undefined || output === undefined || others.length > 0) {
      throw this.refuse(
        `It has ${session.inputNames.length} inputs and ${session.outputNames.length} outputs.`,
      );
    }
    if (!session.outputNames.includes(output)) throw this.refuse(`It has no output '${output}'.`);
    if (!input.isTensor || !canFeed(input.type)) {
      throw this.refuse(`Its input '${input.name}' is ${input.isTensor ? input.type : 'not a tensor'}.`);
    }
    const dims = feed === undefined ? input.shape : [input.shape[0] ?? -1, ...feed.shape];
    if (dims.length < 2) throw this.refuse(`Its input '${input.name}' has no batch axis.`);
    const [batch = null, ...sample] = dims.map(knownSize);
    this.fixedBatch = batch;
    this.sampleShape = sample;
    this.input = input.name;
    this.type = input.type;
    this.output = output;
  }

  /** @throws EspalierError when onnxruntime cannot load it or it does not have the expected input and output */
  static async open(source: Uint8Array | OnnxRunnable, options: OnnxOptions = {}): Promise<OnnxModel> {
    const { model, feed }: OnnxRunnable = source instanceof Uint8Array ? { model: source } : source;
    const threads = options.threads ?? availableParallelism();
    let session: InferenceSession;
    try {
      session = await created(model, {
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
      return new OnnxModel(session, threads, options.file, feed);
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
    const { values: answers } = await this.answers(values, batch);
    const logits = logitsFrom(answers, this.feed?.kind ?? 'none');
    return { logits, classes: logits.length / batch };
  }

  /**
   * The answers of a batch as the file gives them.
   * @param values `batch` samples, row-major, already normalised
   */
  async answers(values: Float32Array, batch: number): Promise<Answers> {
    const whole = this.fixedBatch ?? batch;
    const feeds = { [this.input]: this.tensor(padded(values, whole / batch), whole) };
    const output = (await this.call(feeds))[this.output];
    const answers = output && floatsOf(output);
    if (answers === undefined || output === undefined) {
      throw this.refuse(`Its output '${this.output}' is ${output?.type ?? 'missing'}, not float32.`);
    }
    const row = answers.length / whole;
    const flat = output.dims.slice(1).filter((dim) => dim !== 1).length < 2;
    const fits = this.feed === undefined ? output.dims.length === 2 : flat;
    if (!fits || output.dims[0] !== whole || !Number.isInteger(row)) {
      throw this.refuse(
        `Its output '${this.output}' has shape [${output.dims.join(', ')}], not [batch, classes].`,
      );
    }
    const { type, dims } = output;
    return { values: answers.subarray(0, batch * row), shape: dims.slice(1), type };
  }

  /**
   * A call with everything prepared, for timing: nothing but onnxruntime's own work happens in it. A model with a batch size of
   * its own gets that many samples; one that takes whole numbers gets such.
   * @param values `batch` samples, row-major
   */
  prepare(values: Float32Array, batch: number): () => Promise<undefined> {
    const whole = this.fixedBatch ?? batch;
    const taken = takesFractions(this.type) ? values : values.map((value) => Math.floor(Math.abs(value)));
    const feeds = { [this.input]: this.tensor(padded(taken, whole / batch), whole) };
    const session = this.session;
    const fetches = [this.output];
    return async () => {
      await session.run(feeds, fetches);
      return undefined;
    };
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
    const ordered = this.feed?.perm === undefined ? values : turned(values, batch, shape, this.feed.perm);
    const tensor = tensorOf(this.type, ordered, [batch, ...shape]);
    if (tensor !== undefined) return tensor;
    throw inputError(
      'onnx/whole',
      `The model takes whole numbers (${this.type}), and the data have others.`,
      {
        file: this.file,
        field: this.input,
        remedy: 'Write `normalize: none` under data, so that it gets the values as they are.',
      },
    );
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
        'Give a model with one input [batch, ...sample] and one row of scores [batch, classes] as its output.',
    });
  }
}

/**
 * Whether onnxruntime can load and run a model and gets a row of as many logits as there are classes out of it.
 * @param sampleShape of the data
 */
export async function runs(
  source: OnnxRunnable,
  { sampleShape, classes }: { readonly sampleShape: readonly number[]; readonly classes: readonly string[] },
): Promise<boolean> {
  try {
    const model = await OnnxModel.open(source, { threads: 1 });
    try {
      const zeros = new Float32Array(sampleShape.reduce((size, dim) => size * dim, 1));
      return (await model.run(zeros, 1)).classes === classes.length;
    } finally {
      await model.close();
    }
  } catch (error) {
    if (error instanceof EspalierError) return false;
    throw error;
  }
}

/** onnxruntime's binding takes a path or bytes, by two signatures. */
function created(
  model: Uint8Array | string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return typeof model === 'string'
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
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
