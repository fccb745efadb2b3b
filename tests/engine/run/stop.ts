import { Control } from '../../../main/engine/base/control.ts';

/** Counts the moments at which a run can be stopped, and stops it at one of them. */
export class Stop extends Control {
  gates = 0;
  private readonly at: number;

  constructor(at = Infinity) {
    super();
    this.at = at;
  }

  override async gate(): Promise<void> {
    if (++this.gates === this.at) this.cancel();
    return super.gate();
  }
}
