import type { Stage } from '../../compress/framework.ts';
import type { RunContext } from '../context.ts';

/** Measures the test part where the run stands before the stage at work, unless the stage before it has. */
export async function markBefore(context: RunContext): Promise<void> {
  await mark(context, context.data.stage - 1);
}

/** Measures the test part at the end of the stage at work, unless the next one does so. */
export async function markAfter(context: RunContext): Promise<void> {
  const { data, stages } = context;
  if (stages[data.stage + 1]?.kind !== 'evaluate') await mark(context, data.stage);
}

/** Notes what was measured: what the stage before came to, unless that is known, or the dense network. */
export function note({ data, stages }: RunContext, side: 'dense' | 'compressed', accuracy: number): void {
  const stage = side === 'dense' ? data.stage : data.stage - 1;
  if (data.course.at(-1)?.stage === stage) return;
  const before = stages[stage];
  const label = side === 'dense' || before === undefined ? side : labelOf(before);
  data.course.push({ stage, label, accuracy });
}

async function mark({ data, stages, dataset, evaluator, control }: RunContext, stage: number): Promise<void> {
  const at = stages[stage];
  if (at === undefined || data.course.at(-1)?.stage === stage) return;
  const { accuracy } = await evaluator.evaluate(data.model, dataset, dataset.test, () => control.gate());
  data.course.push({ stage, label: labelOf(at), accuracy });
}

function labelOf(stage: Stage): string {
  const taught = stage.kind === 'train' && stage.spec.distill !== undefined;
  return `${stage.label}${taught ? ', taught by the dense network' : ''}`;
}
