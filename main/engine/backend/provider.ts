import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { encodeModel, OnnxType } from '../protobuf/onnx.ts';
import { firstLine } from './first-line.ts';

/** A driver that has not answered by then is taken for one that does not work. */
const LIMIT_MS = 30_000;

/** onnxruntime's execution providers besides the CPU. */
export type ProviderName = 'cuda' | 'dml' | 'coreml' | 'webgpu';

/**
 * Runs in a process of its own, because a graphics driver may hang or end its process. `-1` and `2` through Relu; the answer
 * is what went wrong, or nothing.
 */
const SCRIPT = `
const [library, model, provider] = process.argv.slice(1);
const { InferenceSession, Tensor } = require(library);
(async () => {
  const options = { executionProviders: [provider], logSeverityLevel: 4, enableMemPattern: false };
  const session = await InferenceSession.create(Buffer.from(model, 'base64'), options);
  const { y } = await session.run({ x: new Tensor('float32', [-1, 2], [2]) });
  if (y.data.join() !== '0,2') throw new Error('it computes ' + y.data.join() + ' instead of 0,2');
})().then(() => '', (error) => error.message).then((answer) => {
  process.stdout.write(JSON.stringify({ answer }), () => process.exit(0));
});
`;

/**
 * Tries one of onnxruntime's execution providers in a child process: onnxruntime offers some whose library is not there, and
 * only a session shows it.
 * @param environment the variables by which the Vulkan loader finds drivers, among others
 * @returns why it cannot be used, in a sentence or two; undefined when it can
 */
export function providerProblem(
  provider: ProviderName,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const library = createRequire(import.meta.url).resolve('onnxruntime-node');
  const model = Buffer.from(reluModel()).toString('base64');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['-e', SCRIPT, library, model, provider],
      // In the desktop app the executable is Electron's.
      { env: { ...environment, ELECTRON_RUN_AS_NODE: '1' }, timeout: LIMIT_MS, killSignal: 'SIGKILL' },
      (error, stdout) => {
        resolve(verdict(provider, stdout, error?.killed === true, error?.signal ?? error?.code));
      },
    );
  });
}

function verdict(provider: ProviderName, stdout: string, late: boolean, end: unknown): string | undefined {
  if (late) return `The graphics driver did not answer in ${LIMIT_MS / 1000} s.`;
  const answer = /\{"answer":.*\}$/.exec(stdout)?.[0];
  if (answer === undefined) return `The graphics driver ended the process that tried it (${String(end)}).`;
  const message = (JSON.parse(answer) as { answer: string }).answer;
  if (message === '') return undefined;
  const known = WORDS.find((each) => each.provider === provider && message.includes(each.part));
  return known?.sentence() ?? firstLine(new Error(message));
}

/** What onnxruntime says, in plain words. */
const WORDS: readonly { provider: ProviderName; part: string; sentence: () => string }[] = [
  {
    provider: 'webgpu',
    part: 'No supported adapters',
    sentence: () => `There is no graphics driver here that WebGPU can use (${driver()}).`,
  },
  {
    provider: 'cuda',
    part: 'Failed to load shared library',
    sentence: () =>
      "onnxruntime's CUDA library does not load here. It is no part of the npm package: " +
      "onnxruntime-node's install script downloads it, and it needs an NVIDIA driver, CUDA 12 and cuDNN 9.",
  },
];

function driver(): string {
  if (process.platform === 'win32') return 'Direct3D 12 is needed';
  if (process.platform === 'darwin') return 'Metal is needed';
  return "Vulkan's loader, libvulkan.so.1, and a driver are needed";
}

function reluModel(): Uint8Array {
  const tensor = (name: string) => ({ name, type: OnnxType.float32, dims: [2] });
  return encodeModel({
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    producer: { name: 'espalier', version: '1' },
    graph: {
      name: 'probe',
      nodes: [{ opType: 'Relu', inputs: ['x'], outputs: ['y'], attrs: {} }],
      initializers: [],
      inputs: [tensor('x')],
      outputs: [tensor('y')],
    },
  });
}
