import { medianError } from '../../../words/noise.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import type { MeasuredKind } from './budget.ts';

/**
 * The median time of a call in onnxruntime on the CPU of this machine. The network is timed in turns with the one before pruning, so
 * that a slow moment of the machine hits both.
 */
export const latency: MeasuredKind = {
  id: 'latency',
  label: 'Latency',
  summary: 'Time of a call in onnxruntime on this machine, as a median.',
  zeros: () => 'onnxruntime computes zeros like all other numbers.',
  async measure({ whole, model }, { call = { batch: 1, threads: 1 } }, { time }) {
    const files = [whole, model].map(({ network, weights }) => writeOnnx(network, weights));
    const [before, after] = await time(files, call);
    if (before === undefined || after === undefined) throw new Error('every file is timed');
    const error = 3 * medianError(after);
    return {
      before: before.median,
      after: after.median,
      spread: [Math.max(0, after.median - error), after.median + error],
    };
  },
};
