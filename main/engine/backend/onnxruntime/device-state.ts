import type { Tensor } from 'onnxruntime-node';
import type { HostRecord, HostTensor } from '../backend.ts';
import { type DeviceMemory, type DeviceTensor, reshaped } from './device-memory.ts';
import { OnnxState } from './state.ts';

/**
 * State whose entries move to the device when a step first asks for them and come back only to be read. An entry on the device
 * makes the array on the host (`Slot.current`) stale.
 */
export class ResidentState extends OnnxState {
  readonly memory: DeviceMemory;
  private readonly resident = new Map<string, DeviceTensor>();

  constructor(values: HostRecord, memory: DeviceMemory) {
    super(values);
    this.memory = memory;
  }

  override feed(name: string): Tensor {
    const { shape, current } = this.slot(name);
    // There is no memory without a size on a device.
    if (current.size === 0) return current;
    let entry = this.resident.get(name);
    if (entry === undefined) {
      entry = this.memory.upload(current.data as Float32Array | Int32Array);
      this.resident.set(name, entry);
    }
    return reshaped(entry.tensor, shape);
  }

  /** Makes a step's output the entry's value. */
  replace(name: string, value: DeviceTensor): void {
    this.version++;
    this.resident.get(name)?.dispose();
    this.resident.set(name, value);
  }

  /** Whether the entry's value lies on the device. */
  isResident(name: string): boolean {
    return this.resident.has(name);
  }

  override async read(names: readonly string[] = this.names()): Promise<HostRecord> {
    const host = await super.read(names.filter((name) => !this.isResident(name)));
    return Object.fromEntries(
      names.map((name): [string, HostTensor] => {
        const entry = this.resident.get(name);
        if (entry === undefined) return [name, host[name] as HostTensor];
        return [name, { shape: this.slot(name).shape, data: this.memory.download(entry) }];
      }),
    );
  }

  override write(values: HostRecord): void {
    super.write(values);
    for (const name of Object.keys(values)) this.forget(name);
  }

  override dispose(): void {
    for (const name of [...this.resident.keys()]) this.forget(name);
    super.dispose();
  }

  private forget(name: string): void {
    this.resident.get(name)?.dispose();
    this.resident.delete(name);
  }
}
