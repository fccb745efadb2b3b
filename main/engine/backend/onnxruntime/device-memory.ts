import { Tensor } from 'onnxruntime-node';
import { encodeModel, OnnxType } from '../../protobuf/onnx.ts';
import { type Placement, Session, type SessionOptions } from './session.ts';

/**
 * Tensors that stay on the device. onnxruntime-node 1.30 leaves outputs there and takes them back as inputs for WebGPU
 * alone ('gpu-buffer'): with CUDA, DirectML and Core ML it can only hand over arrays on the host.
 */
export function keepsTensors(provider: string): boolean {
  return provider === 'webgpu';
}

type HeldType = 'float32' | 'int32';

/** Numbers in the device's memory. They must be let go: the garbage collector does not know how large they are. */
export class DeviceTensor {
  readonly tensor: Tensor;
  private readonly session: DeviceSession;
  private held = true;

  constructor(tensor: Tensor, session: DeviceSession) {
    this.tensor = tensor;
    this.session = session;
  }

  dispose(): void {
    if (!this.held) return;
    this.held = false;
    this.tensor.dispose();
    this.session.release();
  }
}

/** A run's outputs by name: those on the host, and those on the device, each of which may be taken once. */
export interface DeviceResults {
  readonly host: (name: string) => Tensor;
  readonly device: (name: string) => DeviceTensor;
}

/** A session that leaves outputs on the device. Its memory is theirs, so its end waits until the last of them is let go. */
export class DeviceSession extends Session {
  private living = 0;
  private closing = false;

  /** @param placement says where each output is left */
  constructor(model: Uint8Array, options: SessionOptions, placement: Required<Placement>) {
    super(model, options, placement);
  }

  runOnDevice(feeds: Record<string, Tensor>, names: readonly string[]): DeviceResults {
    const results = this.native.run(feeds, Object.fromEntries(names.map((name) => [name, null])), {});
    return {
      host: (name) => results[name] as Tensor,
      device: (name) => {
        this.living++;
        return new DeviceTensor(results[name] as Tensor, this);
      },
    };
  }

  /** One of its outputs has been let go. */
  release(): void {
    this.living--;
    if (this.closing && this.living === 0) super.dispose();
  }

  override dispose(): void {
    if (this.closing) return;
    this.closing = true;
    if (this.living === 0) super.dispose();
  }
}

/** Moves numbers between the host and the device, and keeps the device open as long as something may lie on it. */
export class DeviceMemory {
  private readonly options: SessionOptions;
  private readonly copies = new Map<string, DeviceSession>();
  /** How many tensors were moved in either direction so far. */
  uploads = 0;
  downloads = 0;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  upload(data: Float32Array | Int32Array): DeviceTensor {
    this.uploads++;
    const type = data instanceof Int32Array ? 'int32' : 'float32';
    const source = new Tensor(type as 'float32', data as Float32Array, [data.length]);
    return this.copy(type, 'gpu-buffer').runOnDevice({ x: source }, ['y']).device('y');
  }

  /** @returns the caller's own array. */
  download({ tensor }: DeviceTensor): Float32Array | Int32Array {
    this.downloads++;
    const flat = reshaped(tensor, [tensor.size]);
    const { host } = this.copy(tensor.type as HeldType, 'cpu').runOnDevice({ x: flat }, ['y']);
    return host('y').data as Float32Array | Int32Array;
  }

  private copy(type: HeldType, to: 'cpu' | 'gpu-buffer'): DeviceSession {
    const key = `${type} ${to}`;
    const session =
      this.copies.get(key) ??
      new DeviceSession(copyModel(type), this.options, { cpuNodes: [], outputs: { y: to } });
    this.copies.set(key, session);
    return session;
  }

  dispose(): void {
    for (const session of this.copies.values()) session.dispose();
    this.copies.clear();
  }
}

/** The same numbers in the device's memory under another shape, as something to feed. */
export function reshaped({ gpuBuffer, type }: Tensor, shape: readonly number[]): Tensor {
  return Tensor.fromGpuBuffer(gpuBuffer, { dataType: type as HeldType, dims: shape });
}

/** y = x, for tensors of any length. */
function copyModel(type: HeldType): Uint8Array {
  const value = (name: string) => ({ name, type: OnnxType[type], dims: ['length'] });
  return encodeModel({
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    producer: { name: 'espalier', version: '1' },
    graph: {
      name: 'copy',
      nodes: [{ opType: 'Identity', inputs: ['x'], outputs: ['y'], attrs: {} }],
      initializers: [],
      inputs: [value('x')],
      outputs: [value('y')],
    },
  });
}
