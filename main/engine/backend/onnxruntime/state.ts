import type { Tensor } from 'onnxruntime-node';
import type { DeviceState, HostRecord, HostTensor } from '../backend.ts';
import { emptyTensor, tensorOf } from './session.ts';

type StateType = 'float32' | 'int32';

interface Slot {
  readonly shape: readonly number[];
  readonly type: StateType;
  current: Tensor;
  /** Where the next step writes this entry; made when a step first does. */
  spare: Tensor | undefined;
}

/** State as onnxruntime tensors over arrays of our own, in pairs: a step reads one and writes the other, then they swap. */
export class OnnxState implements DeviceState {
  private readonly slots = new Map<string, Slot>();
  /** Names, types and shapes: states with the same signature can run the same compiled step. */
  readonly signature: string;
  /** Counts the changes of any entry. */
  version = 0;

  constructor(values: HostRecord) {
    for (const [name, { shape, data }] of Object.entries(values)) {
      const type = typeOf(data);
      this.slots.set(name, {
        shape: [...shape],
        type,
        current: tensorOf(type, data.slice(), shape),
        spare: undefined,
      });
    }
    this.signature = signatureOf(values);
  }

  names(): string[] {
    return [...this.slots.keys()];
  }

  slot(name: string): Slot {
    const slot = this.slots.get(name);
    if (slot === undefined) throw new Error(`The state has no entry '${name}'.`);
    return slot;
  }

  /** What to feed for an entry. */
  feed(name: string): Tensor {
    return this.slot(name).current;
  }

  /** A tensor to write the entry's next value into. */
  spare(name: string): Tensor {
    const slot = this.slot(name);
    slot.spare ??= emptyTensor(slot.type, slot.shape);
    return slot.spare;
  }

  /** Makes what was written into `spare` the entry's value. */
  swap(name: string): void {
    this.version++;
    const slot = this.slot(name);
    [slot.current, slot.spare] = [slot.spare ?? slot.current, slot.current];
  }

  async read(names: readonly string[] = this.names()): Promise<HostRecord> {
    return Object.fromEntries(
      names.map((name): [string, HostTensor] => {
        const { shape, current } = this.slot(name);
        return [name, { shape, data: (current.data as Float32Array | Int32Array).slice() }];
      }),
    );
  }

  write(values: HostRecord): void {
    for (const [name, { shape, data }] of Object.entries(values)) {
      const slot = this.slot(name);
      const target = slot.current.data as Float32Array;
      if (shape.join() !== slot.shape.join() || data.length !== target.length || typeOf(data) !== slot.type) {
        throw new Error(
          `State '${name}' is ${slot.type} [${slot.shape.join()}], not ${typeOf(data)} [${shape.join()}].`,
        );
      }
      target.set(data);
      this.version++;
    }
  }

  dispose(): void {
    this.slots.clear();
  }
}

export function typeOf(data: HostTensor['data']): StateType {
  return data instanceof Int32Array ? 'int32' : 'float32';
}

/** Names, types and shapes of host tensors, as a text. */
export function signatureOf(values: HostRecord): string {
  let text = '';
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) text += `${name}:${typeOf(value.data)}[${value.shape.join()}];`;
  }
  return text;
}
