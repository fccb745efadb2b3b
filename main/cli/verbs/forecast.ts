import { InvalidArgumentError } from 'commander';
import { targetSchema, type TargetId } from '../../contract/targets.ts';
import { ExitCode } from '../context.ts';
import { forecastLines } from '../forecast.ts';
import { foretellWatched } from '../foretell.ts';
import type { CommonOptions } from '../options.ts';
import { count, withCommonOptions } from '../options.ts';
import { readRecipe } from '../recipe-file.ts';
import { layerLines, speedLines, widthLines } from '../speed-table.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly targets: readonly TargetId[];
  readonly batch?: number;
  readonly callThreads?: number;
  readonly threads?: number;
  readonly again: boolean;
}

function targets(text: string): TargetId[] {
  const found = targetSchema.array().safeParse(text.split(','));
  if (found.success) return [...new Set(found.data)];
  throw new InvalidArgumentError(`Targets are ${targetSchema.options.join(', ')}, as in onnxruntime,wasm.`);
}

export const forecast: Verb = (program, context, finish) => {
  const command = program
    .command('forecast <recipe>')
    .description(
      'how fast the network will be here, what its budget leaves and what the run will need; twins are built and timed, nothing is trained but some steps',
    )
    .option('--targets <list>', 'where it is to run', targets, targetSchema.options)
    .option('--batch <n>', "samples of a call; as the budget's latency has it, or 1, if left out", count)
    .option(
      '--call-threads <n>',
      "threads of a call in onnxruntime; as the budget's latency has it, or all cores, if left out",
      count,
    )
    .option('--threads <n>', 'threads to compute with; all cores if left out', count)
    .option('--again', 'measure anew what was measured before on this machine', false);
  withCommonOptions(command).action(async (file: string, options: Options) => {
    const { recipe: read, baseFolder } = await readRecipe(file, context.cwd);
    const recipe = { ...read, seed: options.seed ?? read.seed };
    const { batch, callThreads } = options;
    const call = { ...(batch && { batch }), ...(callThreads && { threads: callThreads }) };
    const asked = { recipe, baseFolder, device: options.device ?? 'auto' };
    const { targets: wanted, again, threads } = options;
    const how = { targets: wanted, again, threads, call, gains: true, cost: true };
    const found = await foretellWatched(context, asked, how, options);
    if (found === null) return finish(ExitCode.cancelled);
    const { forecast: left, speed } = found;
    const text = options.json
      ? JSON.stringify({ recipe, forecast: left, speed }, null, 2)
      : [
          ...speedLines(speed),
          ...layerLines(speed),
          ...widthLines(speed),
          ...forecastLines(left, recipe),
        ].join('\n');
    context.stdout.write(`${text}\n`);
  });
};
