import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ProviderName } from '../../contract/messages.ts';
import { encodeModel, OnnxType } from '../protobuf/onnx.ts';
import { firstLine } from './first-line.ts';

/** Tells why an execution provider cannot be used here, in a sentence or two; null when it can. */
export type ProviderProbe = (provider: ProviderName) => Promise<string | null>;

/**
 * Tries one of onnxruntime's execution providers in this process: onnxruntime offers some whose library is not there, and only a
 * session shows it. `-1` and `2` go through Relu. A graphics driver may hang or end the process, so an engine asks its host to have
 * it tried in another one.
 */
export const tryProvider: ProviderProbe = async (provider) => {
  try {
    const session = await InferenceSession.create(reluModel(), {
      executionProviders: [provider],
      logSeverityLevel: 4,
      enableMemPattern: false,
    });
    const { y } = await session.run({ x: new Tensor('float32', [-1, 2], [2]) });
    const values = [...(y?.data as Float32Array)];
    await session.release();
    return values.join() === '0,2' ? null : `It computes ${values.join()} instead of 0,2.`;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const known = WORDS.find((each) => each.provider === provider && message.includes(each.part));
    return known?.sentence() ?? firstLine(error);
  }
};

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
