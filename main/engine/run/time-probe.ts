import { inputError } from '../../contract/errors.ts';
import { formatDuration } from '../../words/format.ts';
import { copyWeights } from '../compress/masks.ts';
import { epochsOf, type Stage } from '../compress/framework.ts';
import { batchCount, batches } from '../data/batches.ts';
import { Random } from '../base/random.ts';
import { drawDropoutMask, dropoutSites } from '../network/dropout.ts';
import { wholeModel } from '../network/model.ts';
import { TrainingModel } from '../train/training-model.ts';
import type { RunContext } from './context.ts';
import { FORWARD, wholeOf } from './search-work.ts';

/** Steps of the whole network that are timed, after those that compile and warm up. */
const STEPS = 20;
const WARM_UP = 3;
/**
 * How long a plan takes on this device, in seconds, from some steps of its first training; none of a plan that neither trains nor searches.
 * Of attempts to keep a floor under accuracy, and of fusions under one, the first is counted. Scoring and exports are not.
 */
export async function foreseenSeconds({
  stages,
  backend,
  dataset,
  data,
  recipe,
  control,
}: RunContext): Promise<number> {
  const open = recipe.budget.accuracyDrop !== undefined;
  const counted = stages.filter(({ attempt = 0, fusion = 1 }) => attempt === 0 && (!open || fusion === 1));
  const first = counted.find(works);
  if (first === undefined) return 0;
  const { network, weights } = data.model;
  const model = new TrainingModel(
    backend,
    wholeModel({ network, weights: copyWeights(weights) }),
    first.spec,
  );
  const { batchSize } = first.spec;
  const random = Random.from(recipe.seed, 'time-probe');
  const times: number[] = [];
  try {
    while (times.length < WARM_UP + STEPS) {
      for (const batch of batches(dataset.train, dataset, { batchSize, order: 'sequential' })) {
        await control.gate();
        const sites = dropoutSites(network, batch.size);
        const dropout = Object.fromEntries(sites.map((site) => [site.node, drawDropoutMask(site, random)]));
        const start = performance.now();
        await model.train(batch, dataset.sampleShape, 0, times.length + 1, dropout);
        times.push((performance.now() - start) / 1000);
        if (times.length === WARM_UP + STEPS) break;
      }
    }
  } finally {
    model.dispose();
  }
  const step = times.slice(WARM_UP).toSorted((a, b) => a - b)[STEPS / 2] ?? 0;
  return counted.reduce((sum, stage) => {
    if (stage.kind === 'evaluate') return sum + step * FORWARD * batchCount(dataset.test, batchSize);
    if (stage.kind === 'search') return sum + (step * wholeOf(stage) * stage.spec.batchSize) / batchSize;
    if (stage.kind !== 'train') return sum;
    const steps = epochsOf(stage) * batchCount(dataset.train, stage.spec.batchSize);
    const judged = Math.ceil(epochsOf(stage)) * batchCount(dataset.validation, batchSize) * FORWARD;
    return sum + step * ((steps * stage.spec.batchSize) / batchSize + judged);
  }, 0);
}

type Works = Extract<Stage, { kind: 'train' | 'search' }>;

const works = (stage: Stage): stage is Works =>
  stage.kind === 'search' || (stage.kind === 'train' && epochsOf(stage) > 0);

/**
 * Refuses a run that cannot be done in the time that its budget gives.
 * @throws EspalierError saying how long it would take
 */
export async function refuseTooLong(context: RunContext): Promise<void> {
  const { time } = context.recipe.budget;
  if (time === undefined) return;
  const seconds = await foreseenSeconds(context);
  context.emit({
    type: 'log',
    level: 'info',
    text: `By ${STEPS} steps of training, the run takes about ${formatDuration(seconds)}; the budget gives ${formatDuration(time)}.`,
  });
  if (seconds <= time) return;
  throw inputError(
    'budget/time',
    `The run would take about ${formatDuration(seconds)} on this machine, and the budget gives ${formatDuration(time)}.`,
    {
      field: 'budget.time',
      remedy: 'Train fewer epochs or on less data (`data.limit`), or give it more time.',
    },
  );
}
