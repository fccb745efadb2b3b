import { inputError } from '../../contract/errors.ts';
import type { Model } from '../formats/sparse/wasm/runtime.ts';
import { openModel } from '../formats/sparse/wasm/runtime.ts';
import { sizeOf } from '../network/graph.ts';
import { type Feed, logitsFrom, turned } from './feed.ts';
import type { Answers } from './onnx-model.ts';

const MAGIC = Uint8Array.of(0, 0x61, 0x73, 0x6d);

/** Whether some bytes begin as a WebAssembly module does. */
export function isWasm(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** A network in one of our WebAssembly modules, on one thread. */
export class WasmModel {
  readonly threads = 1;
  readonly fixedBatch = null;
  private readonly model: Model;
  private readonly feed: Feed | undefined;
  private readonly file: string | undefined;

  private constructor(model: Model, feed: Feed | undefined, file: string | undefined) {
    this.model = model;
    this.feed = feed;
    this.file = file;
  }

  /** @throws EspalierError for bytes that are no module of ours, or a network of several inputs */
  static async open(
    bytes: Uint8Array,
    { feed, file }: { feed?: Feed; file?: string } = {},
  ): Promise<WasmModel> {
    let model: Model;
    try {
      model = await openModel(bytes);
    } catch (error) {
      throw inputError(
        'wasm/unreadable',
        `The module cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
        {
          file,
          remedy: 'Give a model.wasm that Espalier has written, whole.',
        },
      );
    }
    const found = new WasmModel(model, feed, file);
    if (model.info.inputs.length !== 1) throw found.refuse(`It has ${model.info.inputs.length} inputs.`);
    return found;
  }

  async run(values: Float32Array, batch: number): Promise<{ logits: Float32Array; classes: number }> {
    const answers = await this.answers(values, batch);
    const logits = logitsFrom(answers.values, this.feed?.kind ?? 'none');
    return { logits, classes: logits.length / batch };
  }

  async answers(values: Float32Array, batch: number): Promise<Answers> {
    const { outputs } = this.model.info;
    const wanted = this.feed?.output ?? outputs.at(-1)?.name;
    const port = outputs.find(({ name }) => name === wanted);
    if (port === undefined) throw this.refuse(`It has no output '${wanted ?? ''}'.`);
    const made = this.model.run(this.ordered(values, batch));
    const answers = made instanceof Float32Array ? made : (made[port.name] ?? new Float32Array());
    return { values: answers, shape: port.shape, type: 'float32' };
  }

  prepare(values: Float32Array, batch: number): () => Promise<undefined> {
    const given = this.ordered(values, batch);
    return async () => {
      this.model.run(given);
      return undefined;
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private ordered(values: Float32Array, batch: number): Float32Array {
    const size = sizeOf(this.model.info.inputs[0]?.shape ?? []);
    if (values.length !== size * batch) {
      throw this.refuse(`A sample of it has ${size} values; the data has ${values.length / batch} a sample.`);
    }
    const { shape, perm } = this.feed ?? {};
    return shape === undefined || perm === undefined ? values : turned(values, batch, shape, perm);
  }

  private refuse(what: string): Error {
    return inputError('wasm/unsupported', `The module does not fit. ${what}`, {
      file: this.file,
      remedy: 'Give a module of a network with one input, and the kind of data that it was trained on.',
    });
  }
}
