import type {
  Backend,
  CompiledStep,
  DeviceState,
  HostRecord,
  HostTensor,
  StepFunction,
} from '../../backend/backend.ts';
import type { SlotSet } from '../../network/model.ts';

/** Networks that learn, on the device: their tensors and the steps that read and move them. */
export class Agent<S extends string> {
  private readonly state: DeviceState;
  private readonly steps: Readonly<Record<S, CompiledStep>>;
  private readonly fresh: HostRecord;

  /**
   * @param fresh tensors before anything was learned
   * @param saved those that stand in their place
   */
  constructor(backend: Backend, fresh: HostRecord, steps: Readonly<Record<S, StepFunction>>, saved: SlotSet) {
    this.fresh = fresh;
    this.state = backend.createState(
      Object.fromEntries(
        Object.entries(fresh).map(([name, { shape, data }]) => [
          name,
          { shape, data: saved.get(name) ?? data },
        ]),
      ),
    );
    this.steps = Object.fromEntries(
      Object.entries<StepFunction>(steps).map(([name, step]) => [name, backend.compile(step)]),
    ) as Record<S, CompiledStep>;
  }

  run(step: S, inputs: HostRecord): Promise<HostRecord> {
    return this.steps[step].run(this.state, inputs);
  }

  async tensors(): Promise<SlotSet> {
    const names = Object.keys(this.fresh);
    const values = await this.state.read(names);
    return new Map(names.map((name) => [name, values[name]?.data as Float32Array]));
  }

  dispose(): void {
    for (const step of Object.values<CompiledStep>(this.steps)) step.dispose();
    this.state.dispose();
  }
}

/** Rows of numbers as a step takes them. */
export const matrix = (rows: readonly (readonly number[])[]): HostTensor => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
});
