import type { Forecast } from '../contract/forecast.ts';
import { carriesWeights, type Recipe } from '../contract/recipe.ts';
import { stageInfos } from '../engine/compress/framework.ts';
import { fusesLayers } from '../engine/compress/fusion/fuses.ts';
import { paradigms } from '../engine/compress/paradigms/index.ts';
import { planOf } from '../engine/compress/plan/plan.ts';
import { weightsThrownAway } from '../engine/compress/plan/trained.ts';
import { countedBy } from '../engine/compress/structures/meant.ts';
import { askedWords } from '../words/amounts.ts';
import { formatCount } from '../words/format.ts';
import { readLines } from '../words/data-read.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './context.ts';
import { foretellWatched } from './foretell.ts';
import type { CommonOptions } from './options.ts';
import { speedLines } from './speed-table.ts';

/** What a budget would leave, in lines for people. */
export function forecastLines({ words }: Forecast, recipe: Recipe): string[] {
  return [
    `Forecast, with ${askedWords(recipe.budget, countedBy(recipe))}:`,
    ...words.map(({ level, text }) => `  ${level === 'warning' ? 'Warning: ' : ''}${text}`),
  ];
}

/** Prints what a run of the recipe would do, stage by stage, and what its budget would leave; trains nothing. */
export async function dryRun(
  context: CliContext,
  { recipe, baseFolder, device }: { recipe: Recipe; baseFolder: string; device: string },
  options: CommonOptions,
): Promise<ExitCode> {
  const plan = planOf(recipe);
  // Every attempt to keep a floor under accuracy has the same stages.
  const stages = stageInfos(plan.filter(({ attempt = 0 }) => attempt === 0));
  const attempts = 1 + Math.max(0, ...plan.map(({ attempt = 0 }) => attempt));
  const thrown = carriesWeights(recipe)
    ? weightsThrownAway(paradigms.get(recipe.paradigm, 'paradigm').point)
    : null;
  const run = { recipe, baseFolder, device };
  // Without C, whose compiler takes its time.
  const how = { targets: ['onnxruntime', 'wasm'], cost: true } as const;
  const found = await foretellWatched(context, run, how, options);
  if (found === null) return ExitCode.cancelled;
  const { forecast, speed } = found;
  const text = options.json
    ? JSON.stringify(
        { recipe, stages, ...(thrown !== null && { warning: thrown }), forecast, speed },
        null,
        2,
      )
    : [
        ...(thrown === null ? [] : [`Warning: ${thrown}`]),
        ...stages.map(
          ({ label, epochs }, i) =>
            `${i + 1}. ${label}${epochs === 0 ? '' : `, ${formatCount(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}`}`,
        ),
        ...(fusesLayers(recipe)
          ? [
              `Fusing and the training behind it are repeated until the budget is met${recipe.budget.accuracyDrop === undefined ? '' : ' or the floor under accuracy breaks'}.`,
            ]
          : []),
        ...(attempts === 1 ? [] : [`Up to ${attempts} attempts, each judged on the validation part.`]),
        ...(forecast.data === undefined ? [] : readLines(forecast.data)),
        ...forecastLines(forecast, recipe),
        ...forecast.layers.map(
          ({ name, total, kept }) => `  ${name}  ${formatCount(kept)} of ${formatCount(total)}`,
        ),
        ...speedLines(speed),
      ].join('\n');
  context.stdout.write(`${text}\n`);
  return ExitCode.done;
}
