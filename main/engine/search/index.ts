import { Registry } from '../base/registry.ts';
import type { SearcherKind } from './searcher.ts';
import { amc } from './searchers/amc.ts';
import { constrainedRl } from './searchers/constrained-rl.ts';
import { evolution } from './searchers/evolution.ts';
import { random } from './searchers/random.ts';
import { solver } from './searchers/solver.ts';
import { uniform } from './searchers/uniform.ts';

export const searchers = new Registry<SearcherKind>('search method', [
  constrainedRl,
  amc,
  evolution,
  random,
  solver,
  uniform,
]);
