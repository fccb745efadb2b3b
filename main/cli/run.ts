import { driveEngine, type Outcome, type Start } from '../jobs/engine-run.ts';
import type { CliContext } from './context.ts';
import type { ProgressView } from './progress.ts';

/**
 * Runs an engine in a process of its own until it is done. The first interrupt cancels at the next step, where the engine
 * keeps a checkpoint; the second kills the process.
 * @throws EspalierError when the run failed, or its process died
 */
export async function runEngine(context: CliContext, start: Start, view: ProgressView): Promise<Outcome> {
  const host = context.startEngine();
  let interrupts = 0;
  host.onMalformed((reason) =>
    view.say(`Warning: the engine sent something that is not understood: ${reason}`),
  );
  const run = driveEngine(host, start, (message) => view.show(message));
  const ignore = context.onInterrupt(() => {
    interrupts++;
    if (interrupts > 1) return run.kill();
    view.say('Cancelling at the next step; the checkpoint is kept. Ctrl-C again ends it at once.');
    run.cancel();
  });
  try {
    return await run.outcome;
  } finally {
    ignore();
    view.close();
  }
}
