import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { endianness } from 'node:os';
import { type EspalierError, inputError } from '../../../contract/errors.ts';
import { type Account, readAccount } from '../../formats/sparse/c/account.ts';
import type { CFiles } from '../../formats/own-program.ts';
import { sizeOf } from '../../network/graph.ts';
import { type Feed, logitsFrom, turned } from '../feed.ts';
import type { Answers } from '../onnx-model.ts';
import { compiled } from './compiled.ts';

const MS_BYTES = 8;

/** A network that Espalier has written as C, compiled here for this processor, in a process of its own, on one thread. */
export class CModel {
  readonly threads = 1;
  readonly fixedBatch = null;
  private readonly account: Account;
  private readonly feed: Feed | undefined;
  private readonly file: string | undefined;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly chunks: Buffer[] = [];
  private waiting: { bytes: number; take: (bytes: Buffer) => void; fail: (error: Error) => void } | undefined;
  private gone = false;

  private constructor(
    account: Account,
    program: string,
    { feed, file }: { feed?: Feed | undefined; file?: string | undefined },
  ) {
    this.account = account;
    this.feed = feed;
    this.file = file;
    this.child = spawn(program, [], { stdio: 'pipe' });
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.look();
    });
    const end = () => {
      this.gone = true;
      this.waiting?.fail(this.refuse('The compiled program has ended.'));
      this.waiting = undefined;
    };
    this.child.on('error', end);
    this.child.on('exit', end);
    // A program that has ended takes nothing more; its end is told above.
    this.child.stdin.on('error', () => undefined);
  }

  /**
   * Compiles and starts it: the code of the file runs on this machine.
   * @throws EspalierError where there is no compiler, or it cannot compile this, or the network has several inputs
   */
  static async open(
    files: CFiles,
    options: { feed?: Feed | undefined; file?: string | undefined } = {},
  ): Promise<CModel> {
    const account = readAccount(files.source, options.file ?? 'model.c');
    const { inputs } = account;
    if (inputs.length !== 1) {
      throw inputError('c/unsupported', `The C cannot be run. It has ${inputs.length} inputs.`, {
        file: options.file,
        remedy: 'Give a network with one input.',
      });
    }
    return new CModel(account, await compiled(files, account, options.file), options);
  }

  async run(values: Float32Array, batch: number): Promise<{ logits: Float32Array; classes: number }> {
    const answers = await this.answers(values, batch);
    const logits = logitsFrom(answers.values, this.feed?.kind ?? 'none');
    return { logits, classes: logits.length / batch };
  }

  async answers(values: Float32Array, batch: number): Promise<Answers> {
    const { outputs } = this.account;
    const wanted = this.feed?.output ?? outputs.at(-1)?.name;
    const which = outputs.findIndex(({ name }) => name === wanted);
    const port = outputs[which];
    if (port === undefined) throw this.refuse(`It has no output '${wanted ?? ''}'.`);
    const { made } = await this.ask(this.ordered(values, batch), batch);
    const from = batch * outputs.slice(0, which).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return {
      values: made.subarray(from, from + batch * sizeOf(port.shape)),
      shape: port.shape,
      type: 'float32',
    };
  }

  /** The call says itself how long it took: the way to its process is none of the network's. */
  prepare(values: Float32Array, batch: number): () => Promise<number> {
    const given = this.ordered(values, batch);
    return async () => (await this.ask(given, batch)).ms;
  }

  close(): Promise<void> {
    this.child.kill();
    return Promise.resolve();
  }

  private async ask(values: Float32Array, batch: number): Promise<{ ms: number; made: Float32Array }> {
    if (this.gone) throw this.refuse('The compiled program has ended.');
    const all = this.account.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const bytes = MS_BYTES + batch * all * 4;
    const answer = new Promise<Buffer>((take, fail) => (this.waiting = { bytes, take, fail }));
    const head = Buffer.alloc(4);
    if (endianness() === 'LE') head.writeInt32LE(batch);
    else head.writeInt32BE(batch);
    this.child.stdin.write(head);
    this.child.stdin.write(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    const found = Uint8Array.from(await answer).buffer;
    const [ms = 0] = new Float64Array(found, 0, 1);
    return { ms, made: new Float32Array(found, MS_BYTES) };
  }

  private look(): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    if (this.chunks.reduce((sum, { length }) => sum + length, 0) < waiting.bytes) return;
    const all = Buffer.concat(this.chunks.splice(0));
    this.waiting = undefined;
    waiting.take(all.subarray(0, waiting.bytes));
  }

  private ordered(values: Float32Array, batch: number): Float32Array {
    const size = sizeOf(this.account.inputs[0]?.shape ?? []);
    if (values.length !== size * batch) {
      throw this.refuse(`A sample of it has ${size} values; the data has ${values.length / batch} a sample.`);
    }
    const { shape, perm } = this.feed ?? {};
    return shape === undefined || perm === undefined ? values : turned(values, batch, shape, perm);
  }

  private refuse(what: string): EspalierError {
    return inputError('c/unsupported', `The C does not fit. ${what}`, {
      file: this.file,
      remedy: 'Give files of a network with one input, and the kind of data that it was trained on.',
    });
  }
}
