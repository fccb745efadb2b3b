import type { Tools } from '../../compress/budgets/budget.ts';
import { measureLatency } from '../../evaluate/latency.ts';
import type { Dataset } from '../../data/dataset.ts';

const RUNS = 100;
/** For all models that are timed in turns. */
const SECONDS = 1.5;

/** How amounts of a run are timed. */
export function timing({ dataset }: { readonly dataset: Pick<Dataset, 'sampleShape'> }): Tools {
  const { sampleShape } = dataset;
  return {
    time: (models, { batch, threads }) =>
      measureLatency(models, { sampleShape, batch, threads, runs: RUNS, seconds: SECONDS }),
  };
}
