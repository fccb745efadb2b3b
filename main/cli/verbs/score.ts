import { resolve } from 'node:path';
import { countKept } from '../../engine/compress/masks.ts';
import { Control, CancelledError } from '../../engine/base/control.ts';
import { formatBytes, formatCount, formatPercent } from '../../words/format.ts';
import type { ScoringOptions } from '../../engine/ask/scoring.ts';
import type { Emit } from '../../engine/run/context.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { fileError } from '../../files/problems.ts';
import { probeProvider } from '../../jobs/probe.ts';
import { ExitCode } from '../context.ts';
import { forecastLines } from '../forecast.ts';
import type { CommonOptions } from '../options.ts';
import { count, withCommonOptions } from '../options.ts';
import { readRecipe } from '../recipe-file.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly out: string;
  readonly criterion?: string;
  readonly threads?: number;
  readonly pruning?: number;
}

export const score: Verb = (program, context, finish) => {
  const command = program
    .command('score <recipe>')
    .description(
      "write the scores and masks of a recipe's first pruning (or another), with all that it takes to compute them anew",
    )
    .requiredOption('--out <file>', 'a .safetensors file')
    .option('--criterion <name>', "what decides which weights matter, instead of the recipe's")
    .option(
      '--pruning <n>',
      'which pruning, where the method trains between several; the first if left out',
      count,
    )
    .option('--threads <n>', 'threads to compute with; all cores if left out', count);
  withCommonOptions(command).action(async (file: string, options: Options) => {
    const { recipe: read, baseFolder } = await readRecipe(file, context.cwd);
    const criterion = options.criterion ?? read.prune.criterion;
    const recipe = {
      ...read,
      seed: options.seed ?? read.seed,
      prune: { ...read.prune, ...(criterion === undefined ? {} : { criterion }) },
    };
    // With native parts: loaded only when something is scored.
    const { scoreRecipe } = await import('../../engine/ask/score.ts');
    const { scoreFile } = await import('../../engine/ask/score-file/write.ts');
    const control = new Control();
    const ignore = context.onInterrupt(() => control.cancel());
    try {
      const run: ScoringOptions = {
        recipe,
        baseFolder,
        device: options.device ?? 'auto',
        threads: options.threads,
        probe: (provider) => probeProvider(context.startEngine, provider),
      };
      const emit: Emit = (message) => {
        if (message.type === 'log' && !options.quiet) context.stderr.write(`${message.text}\n`);
      };
      const scored = await scoreRecipe(run, control, emit, options.pruning);
      const { bytes, missing } = scoreFile(scored, recipe);
      const written = await writeFileAtomic(resolve(context.cwd, options.out), bytes).catch(
        (error: unknown) => {
          throw fileError(error, options.out, 'write this file');
        },
      );
      if (missing > 0 && !options.quiet) {
        context.stderr.write(
          `The samples' values (${formatBytes(missing)}) are too many for the file: it says which rows of the data they are.\n`,
        );
      }
      const layers = [...scored.masks].map(([name, mask]) => ({
        name,
        total: mask.length,
        kept: countKept(mask),
      }));
      const { selection } = scored;
      const last = scored.rounds.at(-1);
      const summary = {
        criterion: selection.criterion,
        scope: selection.scope,
        sparsity: last?.target ?? 0,
        rounds: scored.rounds.length,
        samples: last?.pass?.samples.length ?? 0,
      };
      const text = options.json
        ? JSON.stringify({ ...summary, layers, forecast: scored.forecast, ...written }, null, 2)
        : [
            `${selection.criterion}, ${selection.scope}: ${formatPercent(summary.sparsity)} in ${formatCount(summary.rounds)} round(s), ${formatCount(summary.samples)} samples`,
            ...layers.map(
              ({ name, kept, total }) => `  ${name}  ${formatCount(kept)} of ${formatCount(total)}`,
            ),
            ...forecastLines(scored.forecast, recipe),
            options.out,
          ].join('\n');
      context.stdout.write(`${text}\n`);
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      finish(ExitCode.cancelled);
    } finally {
      ignore();
    }
  });
};
