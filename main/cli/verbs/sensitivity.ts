import { basename, extname, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { stringify } from 'yaml';
import { SENSITIVITY_SAMPLES, SENSITIVITY_SHARES, type Sensitivity } from '../../contract/sensitivity.ts';
import { CancelledError, Control } from '../../engine/base/control.ts';
import type { ShareBound } from '../../engine/ask/share-bounds.ts';
import type { SolvedRecipe } from '../../engine/ask/solved-recipe.ts';
import { formatCount, formatPercent, formatPoints, formatShare } from '../../words/format.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { fileError } from '../../files/problems.ts';
import { probeProvider } from '../../jobs/probe.ts';
import { ExitCode } from '../context.ts';
import type { CommonOptions } from '../options.ts';
import { count, withCommonOptions } from '../options.ts';
import { readRecipe } from '../recipe-file.ts';
import type { Verb } from '../verb.ts';

interface Options extends CommonOptions {
  readonly out: string;
  readonly samples: number;
  readonly shares: readonly number[];
  readonly solve?: string;
  readonly cap: ShareBound;
  readonly floor: ShareBound;
  readonly threads?: number;
}

function shares(text: string): number[] {
  const found = text.split(',').map(Number);
  if (found.every((share) => share > 0 && share < 1)) return [...new Set(found)].sort((a, b) => a - b);
  throw new InvalidArgumentError('Give shares between 0 and 1, as in 0.25,0.5,0.75.');
}

const NONE: ShareBound = { named: {} };

/** '0.8' for every layer, 'conv1=0.3' for one; given several times. */
function bound(text: string, sofar: ShareBound): ShareBound {
  const at = text.lastIndexOf('=');
  const share = Number(text.slice(at + 1));
  if (text === '' || !(share >= 0 && share <= 1)) {
    throw new InvalidArgumentError('Give a share from 0 to 1, or one of a layer, as in conv1=0.5.');
  }
  if (at < 0) return { ...sofar, every: share };
  return { ...sofar, named: { ...sofar.named, [text.slice(0, at)]: share } };
}

export const sensitivity: Verb = (program, context, finish) => {
  const command = program
    .command('sensitivity <recipe>')
    .description(
      'measure what each layer or group may lose before accuracy does; run it again to go on where it stopped',
    )
    .requiredOption('--out <file>', 'a .json file; a page with a picture is written beside it (.html)')
    .option('--samples <n>', 'validation samples that are looked at', count, SENSITIVITY_SAMPLES)
    .option('--shares <list>', 'shares to remove, between 0 and 1', shares, SENSITIVITY_SHARES)
    .option(
      '--solve <file>',
      'write the recipe with the shares a layer that meet its budget at the least predicted loss (.yaml or .json)',
    )
    .option(
      '--cap <share>',
      'with --solve: the most that may go of every layer (prune.cap if left out), or of one, as in conv1=0.5; may be given several times',
      bound,
      NONE,
    )
    .option('--floor <share>', 'with --solve: the least that must go, in the same way', bound, NONE)
    .option('--threads <n>', 'threads to compute with; all cores if left out', count);
  withCommonOptions(command).action(async (file: string, options: Options) => {
    const { recipe: read, baseFolder } = await readRecipe(file, context.cwd);
    const recipe = { ...read, seed: options.seed ?? read.seed };
    // With native parts: loaded only when something is measured.
    const { keptSensitivity } = await import('../../engine/ask/kept-sensitivity.ts');
    const { solvedRecipe } = await import('../../engine/ask/solved-recipe.ts');
    const { sensitivityPage } = await import('../../engine/report/sensitivity-page.ts');
    const write = async (path: string, text: string) => {
      await writeFileAtomic(resolve(context.cwd, path), text).catch((error: unknown) => {
        throw fileError(error, path, 'write this file');
      });
    };
    const control = new Control();
    const ignore = context.onInterrupt(() => control.cancel());
    const watched = context.stderr.isTTY === true && !options.quiet;
    const started = performance.now();
    try {
      const { sensitivity: found, network } = await keptSensitivity(
        {
          recipe,
          baseFolder,
          device: options.device ?? 'auto',
          threads: options.threads,
          probe: (provider) => probeProvider(context.startEngine, provider),
          samples: options.samples,
          shares: options.shares,
          file: resolve(context.cwd, options.out),
          shown: options.out,
          tell: (fraction) => {
            if (!watched) return;
            const left = ((performance.now() - started) / 1000) * (1 / fraction - 1);
            const text =
              fraction < 1 ? `Measuring ${formatPercent(fraction, 0)}, ${left.toFixed(0)} s left` : '';
            context.stderr.write(`\r\u001b[2K${text}`);
          },
        },
        control,
      );
      const page = options.out.slice(0, options.out.length - extname(options.out).length) + '.html';
      await write(page, sensitivityPage(found, recipe.name ?? basename(file)));
      const solved = options.solve === undefined ? undefined : solvedRecipe(recipe, network, found, options);
      if (solved !== undefined && options.solve !== undefined) {
        const json = options.solve.endsWith('.json');
        await write(
          options.solve,
          json ? `${JSON.stringify(solved.recipe, null, 2)}\n` : stringify(solved.recipe),
        );
      }
      const text = options.json
        ? JSON.stringify(
            { ...found, ...(solved && { solved: { ...solved, shares: Object.fromEntries(solved.shares) } }) },
            null,
            2,
          )
        : [...lines(found), ...(solved === undefined ? [] : solvedLines(solved)), options.out, page].join(
            '\n',
          );
      context.stdout.write(`${text}\n`);
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      finish(ExitCode.cancelled);
    } finally {
      ignore();
    }
  });
};

function lines({ groups, shares: measured, samples, whole }: Sensitivity): string[] {
  const width = Math.max(5, ...groups.map(({ name }) => name.length));
  const head = ['removed', ...measured.map(formatShare)]
    .map((text) => text.padStart(14))
    .join('')
    .slice(14);
  return [
    `${formatPercent(whole.accuracy)} of ${formatCount(samples)} samples right; points lost when of one layer alone is removed:`,
    `${'layer'.padEnd(width)}${head}`,
    ...groups.map(({ name, points }) => {
      const cells = points.map(
        ({ lost }) => `${formatPoints(-lost.mean).replace(' points', '')} ± ${(196 * lost.error).toFixed(2)}`,
      );
      return `${name.padEnd(width)}${cells.map((text) => text.padStart(14)).join('')}`;
    }),
  ];
}

function solvedLines({ shares: solved, loss, bound }: SolvedRecipe): string[] {
  return [
    `Shares that meet the budget, predicted rise of the loss ${loss.toFixed(4)} (none can do with less than ${bound.toFixed(4)}):`,
    ...[...solved].map(([name, share]) => `  ${name}  ${formatShare(share)}`),
  ];
}
