import { join } from 'node:path';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { copyWeights } from '../../compress/masks.ts';
import type { Stage } from '../../compress/framework.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import type { RunContext } from '../context.ts';

/** The network before pruning, in the run's folder: the report times the compressed one against it. */
export const DENSE_FILE = 'dense.onnx';

/** Measures the weights as they stand on the test part and keeps the result as one side of the report. */
export async function runEvaluateStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'evaluate' }>,
): Promise<void> {
  const { data, dataset, evaluator, control } = context;
  const state = evaluator.stateOf(data.weights);
  try {
    data[stage.side] = await evaluator.evaluate(state, dataset, dataset.test, () => control.gate());
  } finally {
    state.dispose();
  }
  if (stage.side === 'dense') {
    const teaches = context.stages.some(
      (later) => later.kind === 'train' && later.spec.distill !== undefined,
    );
    if (teaches) data.snapshots.set('dense', copyWeights(data.weights));
    await writeFileAtomic(join(context.folder, DENSE_FILE), writeOnnx(context.network, data.weights));
  }
}
