import type { Recipe } from '../../../../contract/recipe.ts';
import type { Stage } from '../../framework.ts';
import { refuseUnusedSettings } from '../../settings.ts';
import type { Intent } from '../intent.ts';
import { refuseUnfitBudget } from './budget.ts';
import { refuseUnfitCap } from './cap.ts';
import { refuseUnfitControl } from './control.ts';
import { refuseUnfitCriterion } from './criterion.ts';
import { refuseUnusedDistillation } from './distillation.ts';
import { refuseUnfitDynamics } from './dynamics.ts';
import { refuseUnusedInit } from './initial.ts';
import { refuseUnfitRewinding } from './rewinding.ts';
import { refuseUnfitSchedule } from './schedule.ts';
import { refuseUnfitScope } from './scope.ts';
import { refuseUnusedSlimming } from './slimming.ts';
import { refuseUnfitSearch } from './search.ts';
import { refuseUnfitStructure } from './structure.ts';

/** What is wrong with an intent before stages are made of it; the first that applies is told. */
const unfit: readonly ((intent: Intent) => void)[] = [
  ({ recipe, point }) => refuseUnfitDynamics(recipe, point),
  refuseUnfitSchedule,
  refuseUnfitCriterion,
  refuseUnfitScope,
  refuseUnfitControl,
  refuseUnfitRewinding,
  refuseUnfitSearch,
  ({ recipe, point }) => refuseUnusedSettings(recipe, point),
  refuseUnfitBudget,
  refuseUnfitCap,
  refuseUnfitStructure,
];

/** What of a recipe its stages have no use for. */
const unused: readonly ((recipe: Recipe, stages: readonly Stage[]) => void)[] = [
  refuseUnusedDistillation,
  refuseUnusedSlimming,
  refuseUnusedInit,
];

/** Refuses combinations that mean nothing. @throws EspalierError naming the field and the reason */
export function refuseUnfit(intent: Intent): void {
  for (const check of unfit) check(intent);
}

/** Refuses what would be ignored. @throws EspalierError naming the field and the reason */
export function refuseUnused(recipe: Recipe, stages: readonly Stage[]): void {
  for (const check of unused) check(recipe, stages);
}
