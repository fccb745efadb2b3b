import type { SearchMethod } from '../../../contract/search.ts';
import { formatCount, formatPercent, formatPlural } from '../../../words/format.ts';
import { CancelledError } from '../../base/control.ts';
import type { Stage } from '../../compress/framework.ts';
import { scoresOf } from '../../compress/select.ts';
import { Evaluation } from '../../search/evaluation.ts';
import { searchers } from '../../search/index.ts';
import { NetworkSpace } from '../../search/network-space.ts';
import { better, type Measured } from '../../search/searcher.ts';
import { bestOf, Trial, type Tried } from '../../search/trial.ts';
import { record, selecting, type RunContext } from '../context.ts';
import { stepsOfEvaluation } from '../search-work.ts';
import type { WidthSearch } from '../width-search.ts';
import { stageRandom } from './live-model.ts';
import { find } from './warnings.ts';

type SearchStage = Extract<Stage, { kind: 'search' }>;

/** Evaluations between two checkpoints. */
const KEPT_EVERY = 5;

/** Lets each method search for widths from where the run's data stand, with a checkpoint every few evaluations and on cancelling. */
export async function runSearchStage(context: RunContext, stage: SearchStage): Promise<void> {
  const { data } = context;
  const { network, weights, masks } = data.model;
  const subject = selecting(context);
  const scores = await scoresOf(subject, stage.selection, weights, masks, `${stage.id}/0`);
  const space = new NetworkSpace(network, stage.selection, scores, stage.target);
  const evaluation = evaluationOf(context, stage);
  const measure = (counts: readonly number[]) => evaluation.of(space.selected(counts).masks);
  try {
    if (data.widths?.stage !== data.stage) {
      const { limit } = space.space;
      const whole = await measure(space.space.groups.map(({ units }) => units));
      data.widths = { stage: data.stage, samples: evaluation.samples, limit, whole, trials: [], best: null };
    }
    const { widths } = data;
    for (const [index, method] of stage.methods.entries()) {
      if (widths.trials[index]?.over === true) continue;
      await searched(context, stage, { widths, index, method, space, measure });
    }
    settle(context, stage, widths, space);
  } finally {
    evaluation.dispose();
  }
}

function evaluationOf(context: RunContext, stage: SearchStage): Evaluation {
  const { backend, evaluator, dataset, control, data } = context;
  return new Evaluation(data.model, stage, {
    backend,
    evaluator,
    dataset,
    random: (label) => stageRandom(context, stage.id, label),
    gate: () => control.gate(),
  });
}

interface At {
  readonly widths: WidthSearch;
  readonly index: number;
  readonly method: SearchMethod;
  readonly space: NetworkSpace;
  readonly measure: (counts: readonly number[]) => Promise<Measured>;
}

/** One method, to its end. */
async function searched(context: RunContext, stage: SearchStage, at: At): Promise<void> {
  const { backend, data, control, progress, emit } = context;
  const { widths, index, method, measure } = at;
  const { space } = at.space;
  const kept = widths.trials[index];
  const kind = searchers.get(method);
  const task = {
    space,
    evaluations: stage.evaluations,
    backend,
    random: (label: string) => stageRandom(context, stage.id, `${method}/${label}`),
  };
  const saved = kept && { json: kept.searcher, tensors: data.extras };
  const trial = new Trial(method, kind.create(task, saved), space, stage.evaluations, kept);
  const save = async () => {
    const { kept: now, tensors } = await trial.save();
    widths.trials[index] = now;
    data.extras = trial.over ? new Map<string, Float32Array>() : tensors;
  };
  // What another method measured is known.
  const others = new Map(
    widths.trials.slice(0, index).flatMap(({ tried }) => tried.map((one) => [one.counts.join(), one])),
  );
  const steps = stepsOfEvaluation(stage);
  try {
    while (!trial.over) {
      await control.gate();
      const before = trial.tried.length;
      const start = performance.now();
      await trial.step(async (counts) => others.get(counts.join()) ?? measure(counts));
      if (trial.tried.length === before) continue;
      const { best } = trial;
      if (best !== null) record(context, 0, { [`search/${method}`]: best.accuracy }, trial.tried.length);
      const done = index * stage.evaluations + trial.tried.length;
      const total = stage.methods.length * stage.evaluations;
      const seconds = (performance.now() - start) / 1000;
      progress.evaluation(seconds, widths.samples, steps, { done, total });
      progress.report(data.stage, 0, data.steps);
      if (trial.tried.length % KEPT_EVERY === 0 && !trial.over) {
        await save();
        await context.checkpoint();
      }
    }
    // Repeated widths cost nothing: evaluations that a method had no use for are over with it.
    progress.passed((stage.evaluations - trial.tried.length) * steps);
    await save();
    await context.checkpoint();
  } catch (error) {
    if (error instanceof CancelledError) {
      await save();
      await context.checkpoint();
    }
    throw error;
  } finally {
    trial.dispose();
  }
  emit({
    type: 'log',
    level: 'info',
    text: `${kind.label}: ${outcomeWords(trial.best, trial.tried.length)}.`,
  });
}

/** Takes the best widths of all methods, and says who found them. */
function settle(context: RunContext, stage: SearchStage, widths: WidthSearch, { space }: NetworkSpace): void {
  const bests = widths.trials.map(({ method, tried }) => ({
    method,
    count: tried.length,
    best: bestOf(tried),
  }));
  const winner = bests.reduce((first, one) =>
    one.best !== null && (first.best === null || better(one.best, first.best)) ? one : first,
  );
  // Where no method came within the budget, uniform widths do.
  const uniform = space.project(space.groups.map(() => space.limit));
  const counts = winner.best?.counts ?? uniform;
  widths.best = { method: winner.best === null ? 'uniform' : winner.method, counts: [...counts] };
  const others = bests.filter((one) => one !== winner);
  const { label } = searchers.get(widths.best.method);
  const beside = others.map(
    ({ method, best, count }) => `${searchers.get(method).label} ${outcomeWords(best, count)}`,
  );
  find(
    context,
    `${label} found the widths that are taken: ${outcomeWords(winner.best, winner.count)}, on ${formatCount(widths.samples)} samples${stage.fineTune === 0 ? ' before any fine-tuning' : ''}.${beside.length === 0 ? '' : ` Beside it, with as many evaluations allowed: ${beside.join('; ')}.`}`,
  );
  const [own] = stage.methods;
  if (own !== undefined && own !== widths.best.method) {
    find(context, `${searchers.get(own).label} lost: ${label} found better widths.`);
  }
}

/** '55.0 % right at best after 60 evaluations'. */
function outcomeWords(best: Tried | null, count: number): string {
  const after = `after ${formatPlural(count, 'evaluation')}`;
  return best === null
    ? `nothing within the budget ${after}`
    : `${formatPercent(best.accuracy, 1)} right at best ${after}`;
}
