/** What is used of onnxruntime-web, which is loaded by its name: where it is not installed, its column stays empty. */
interface WebRuntime {
  readonly env: { readonly wasm: { numThreads: number } };
  readonly InferenceSession: { create(model: Uint8Array): Promise<WebSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
}

interface WebSession {
  readonly inputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<unknown>;
  release(): Promise<void>;
}

/** A network in onnxruntime-web, on one thread. */
interface Web {
  run(x: Float32Array, shape: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

const RUNTIME = 'onnxruntime-web/wasm';

/** Undefined where onnxruntime-web is not installed. */
export async function openWeb(onnx: Uint8Array): Promise<Web | undefined> {
  const web = (await import(RUNTIME).catch(() => undefined)) as WebRuntime | undefined;
  if (web === undefined) return undefined;
  web.env.wasm.numThreads = 1;
  const session = await web.InferenceSession.create(onnx);
  const [name = ''] = session.inputNames;
  return {
    async run(x, shape) {
      await session.run({ [name]: new web.Tensor('float32', x, shape) });
    },
    close: () => session.release(),
  };
}
