import { targetFacts } from '../../../contract/targets.ts';
import { medianError } from '../../../words/noise.ts';
import type { MeasuredKind } from './budget.ts';

const USUAL = { batch: 1, threads: 1, target: 'onnxruntime' } as const;

/**
 * The median time of a call on this machine. The network is timed in turns with the one before pruning, in the same target, so that a
 * slow moment of the machine hits both.
 */
export const latency: MeasuredKind = {
  id: 'latency',
  label: 'Latency',
  summary: 'Time of a call on this machine, as a median: in onnxruntime, in WebAssembly or in C.',
  zeros: ({ call = USUAL }) => targetFacts[call.target].zeros,
  async measure({ whole, model }, { call = USUAL }, { time }) {
    const [before, after] = await time([{ ...whole, masks: new Map() }, model], call);
    if (before === undefined || after === undefined) throw new Error('every network is timed');
    const error = 3 * medianError(after);
    return {
      before: before.median,
      after: after.median,
      spread: [Math.max(0, after.median - error), after.median + error],
    };
  },
};
