import { termsOf, type AmountKind, type Term } from '../../../contract/amount.ts';
import type { Recipe } from '../../../contract/recipe.ts';
import type { Network } from '../../network/graph.ts';
import { reductionOf } from '../budgets/reduction.ts';
import { leadingTerm } from '../budgets/terms.ts';
import { criteria } from '../criteria/index.ts';
import { excludedIn } from '../excluded.ts';
import { fusionsFor } from '../fusion/goal.ts';
import { dynamicsKinds } from '../dynamics/index.ts';
import type { Point } from '../framework.ts';
import { paradigms } from '../paradigms/index.ts';
import { schedules } from '../schedules/index.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { scopes } from '../scopes/index.ts';
import { scopeMeant } from '../scopes/meant.ts';
import type { Selection } from '../selection.ts';
import { structures } from '../structures/index.ts';
import type { Structure } from '../structures/structure.ts';
import { structureMeant } from '../structures/meant.ts';

/** What a recipe and its paradigm come to, before stages are made of it. */
export interface Intent {
  readonly recipe: Recipe;
  readonly point: Point;
  readonly schedule: Schedule;
  readonly selection: Selection;
  readonly control: NonNullable<Recipe['prune']['control']>;
  /** Epochs of training while pruning goes on. */
  readonly pruneEpochs: number;
  /** The share that goes in the end of what the budget's leading term is of. */
  readonly target: number;
  /** The same as the budget has it, where an attempt prunes less. */
  readonly asked: number;
  /** What else the budget demands: more is pruned where that takes more. */
  readonly besides: readonly Term[];
  /** Nothing leads: no more is pruned than what else the budget demands takes. */
  readonly free: boolean;
  /** What is pruned leaves the network. */
  readonly shrinks: boolean;
  /** Where layers are fused: how many fusions it takes at the most, and the parameters whose layers stay. */
  readonly fusing: { readonly rounds: number; readonly exclude: readonly string[] } | null;
  /** Masks are made while a trained network trains on, by a schedule or by the paradigm's own dynamics. */
  readonly within: boolean;
  /** Epochs into the dense training to which kept weights go back. */
  readonly rewind: number;
}

/**
 * What a recipe means: its own words, and the paradigm's presets where it says nothing.
 * @param base the network as it came, of which a budget's number is a share
 * @throws EspalierError when the recipe names something unknown
 */
export function intentOf(recipe: Recipe, base?: Network): Intent {
  const { prune } = recipe;
  const { point, defaults } = paradigms.get(recipe.paradigm, 'paradigm');
  const schedule = schedules.get(prune.schedule ?? point.schedule, 'prune.schedule');
  const target = reductionOf(recipe.budget, base);
  const leading = leadingTerm(recipe.budget);
  const structure = structures.get(structureMeant(prune, point), 'prune.structure.kind');
  const shrinks = structure.leaves === true;
  const measure = leading?.kind ?? (shrinks ? 'macs' : 'sparsity');
  const selection = selectionOf(recipe, point, target, structure, measure);
  return {
    recipe,
    point,
    schedule,
    selection,
    shrinks,
    fusing: point.fuses === true ? fusingOf(recipe, base) : null,
    besides: termsOf(recipe.budget).filter(({ kind }) => kind !== leading?.kind),
    free: leading === undefined,
    control: prune.control ?? point.control ?? 'none',
    pruneEpochs: prune.epochs ?? defaults.pruneEpochs ?? 0,
    target,
    asked: target,
    within: schedule.when === 'within' || point.dynamics !== undefined,
    rewind: prune.rewind ?? 0,
  };
}

/** Without a network the number of fusions is not known, and one stands for them. */
function fusingOf({ budget, prune: { exclude = [] } }: Recipe, base: Network | undefined): Intent['fusing'] {
  if (base === undefined) return { rounds: 1, exclude };
  const { params } = excludedIn(base, exclude, {});
  return { rounds: fusionsFor(termsOf(budget), base, [...params]), exclude: [...params] };
}

function selectionOf(
  { prune }: Recipe,
  point: Point,
  target: number,
  structure: Structure,
  measure: AmountKind,
): Selection {
  const criterion = criteria.get(prune.criterion ?? point.criterion, 'prune.criterion');
  const preset = criterion.id === point.criterion ? point.batchNorm : undefined;
  const batchNorm = prune.batchNorm ?? preset ?? criterion.batchNorm;
  const own = criterion.id === point.criterion && point.dynamics !== undefined;
  const pooling = own && structure.leaves === true ? dynamicsKinds.get(point.dynamics).pooling : undefined;
  return {
    criterion: criterion.id,
    structure: { ...pooling, ...prune.structure, kind: structure.id },
    scope: scopes.get(scopeMeant(prune, point), 'prune.scope').id,
    exclude: prune.exclude ?? [],
    regrow: point.regrow ?? false,
    invert: prune.control === 'invert',
    protect: prune.protect ?? true,
    ...(prune.cap !== undefined && { cap: prune.cap }),
    ...(batchNorm && { batchNorm }),
    ...(measure === 'sparsity' ? {} : { measure }),
    end: target,
    ...sharesOf(prune, target),
    ...withoutNorms(prune, point),
  };
}

/** What a paradigm that goes by batch norms does where there are none; nothing where the recipe says otherwise. */
function withoutNorms(
  { criterion, structure }: Recipe['prune'],
  point: Point,
): Pick<Selection, 'withoutNorms'> {
  const own = criterion === undefined && structure?.kind === undefined;
  return own && point.withoutNorms !== undefined ? { withoutNorms: point.withoutNorms } : {};
}

function sharesOf({ layers, epsilon }: Recipe['prune'], target: number): Pick<Selection, 'shares'> {
  if (layers === undefined && epsilon === undefined) return {};
  return { shares: { ...(layers && { layers }), ...(epsilon && { epsilon }), target } };
}
