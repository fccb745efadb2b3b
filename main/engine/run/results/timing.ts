import type { Tools } from '../../compress/budgets/budget.ts';
import { latencyOf, timeInTurns } from '../../evaluate/latency.ts';
import { openIn, type Opened } from '../../speed/open.ts';
import { targetOf } from '../../speed/targets/index.ts';

const RUNS = 100;
/** For all networks that are timed in turns. */
const SECONDS = 1.5;

/** How amounts of a run are timed. */
export const timing: Tools = {
  async time(models, call) {
    const target = targetOf(call.target);
    const opened: Opened[] = [];
    try {
      for (const model of models) opened.push(await openIn(target, model, call));
      const calls = opened.map((one) => () => one.time());
      const times = await timeInTurns(calls, { runs: RUNS, seconds: SECONDS });
      return times.map((samples) => latencyOf(samples, { batch: call.batch, threads: call.threads }));
    } finally {
      for (const one of opened) await one.close();
    }
  },
};
