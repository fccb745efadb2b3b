import { vanishedIn } from '../../compress/vanished.ts';
import type { MaskSet } from '../../network/graph.ts';
import { epochsDone, type RunContext } from '../context.ts';

/** Tells the person who watches, and the report, what the method found. */
export function find({ data, emit }: Pick<RunContext, 'data' | 'emit'>, text: string): void {
  data.findings.push(text);
  emit({ type: 'log', level: 'info', text });
}

/** The same of what is not as it should be. */
export function warn({ data, emit }: Pick<RunContext, 'data' | 'emit'>, text: string): void {
  data.warnings.push(text);
  emit({ type: 'log', level: 'warning', text });
}

/**
 * Warns of layers and classes of which new masks leave nothing, or a single weight; of each once in a run.
 * @param within epochs of the stage at work that are done.
 */
export function warnOfLoss(context: RunContext, masks: MaskSet, within: number): void {
  const { data, dataset, stages } = context;
  const { empty, single, classes } = vanishedIn(data.model.network, masks);
  const label = stages[data.stage]?.label ?? 'Pruning';
  const epoch = epochsDone(context, within);
  const when = `${label}${epoch > 0 ? `, after ${Number(epoch.toFixed(1))} epochs` : ''}`;
  const tell = (kind: string, names: readonly string[], what: string) => {
    const fresh = names.filter((name) => !data.warned.includes(`${kind} ${name}`));
    if (fresh.length === 0) return;
    data.warned.push(...fresh.map((name) => `${kind} ${name}`));
    warn(context, `${when}: ${what}: ${fresh.join(', ')}.`);
  };
  tell('empty', empty, 'the masks empty these layers, so that no signal passes them');
  tell('single', single, 'only one weight is left in these layers');
  tell(
    'class',
    classes.map((index) => dataset.classes[index] ?? String(index)),
    'nothing comes in any more at these classes, which the network can no longer recognise',
  );
}
