import type { Term } from '../../contract/amount.ts';
import { inputError } from '../../contract/errors.ts';
import { amountWords, measuredWords } from '../../words/amounts.ts';
import { formatPlural, formatShare } from '../../words/format.ts';
import { keyOf, limitOf, measureTerm } from '../compress/budgets/terms.ts';
import type { Stage } from '../compress/framework.ts';
import { isShallowEnough } from '../compress/fusion/goal.ts';
import { alongRoute, routesOf, type Route } from '../compress/fusion/routes.ts';
import { lengthOf } from '../compress/fusion/within.ts';
import { networkCost } from '../network/cost.ts';
import type { RunContext } from './context.ts';
import { timing } from './results/timing.ts';
import { drawn } from './stages/demands.ts';

type FuseStage = Extract<Stage, { kind: 'fuse' }>;

const latencyIn = ({ terms }: FuseStage): Term | undefined => terms.find(({ kind }) => kind === 'latency');

/** By what the time of a network with so many fusions is remembered. */
const timeKey = (count: number): string => `latency after ${count} fusions`;

/**
 * Where a budget is of latency: times for every number of fusions the network with the fewest multiply-accumulates, once for a run
 * and before anything is trained, since fused kernels may take longer than what they replace. The run goes to one of those that hold.
 * @throws EspalierError where none of them holds, with the fastest
 */
export async function timeFusions(context: RunContext): Promise<void> {
  const { base, recipe, data, stages, control } = context;
  const stage = stages.find((one) => one.kind === 'fuse');
  const term = stage?.kind === 'fuse' ? latencyIn(stage) : undefined;
  if (stage?.kind !== 'fuse' || term === undefined) return;
  const whole = drawn(base, recipe.seed);
  const times: { readonly count: number; readonly before: number; readonly after: number }[] = [];
  for (const route of routesIn(context, stage)) {
    await control.gate();
    const count = lengthOf(route);
    const model = { ...drawn(alongRoute(base, route), recipe.seed), masks: new Map() };
    const { before, after } = await measureTerm(term, { whole, model }, timing);
    times.push({ count, before, after });
    // Timed in turns: what a share is of is the network as it was at the same moment.
    data.amounts[timeKey(count)] = after / before;
    data.amounts[keyOf(term)] ??= before;
  }
  if (routesThatHold(context, stage).length > 0) return;
  const best = times.toSorted((a, b) => a.after / a.before - b.after / b.before)[0];
  const least = best === undefined ? 1 : best.after / best.before;
  const of = measuredWords(term);
  throw inputError(
    'budget/unreachable',
    best === undefined
      ? `No fusions of ${base.name} meet what else the budget asks for.`
      : `Fused layers of ${base.name} take ${formatShare(least)} of its time at the least (${amountWords('latency', best.after)}, ${of}, after ${formatPlural(best.count, 'fusion')}), and the budget asks for ${term.share ? formatShare(term.value) : amountWords('latency', term.value)}.`,
    {
      field: 'budget.latency',
      remedy:
        least < 1 ? `Ask for more than ${formatShare(least)}.` : 'Choose a paradigm whose channels leave.',
    },
  );
}

/** Routes that a budget of latency may lead along: what can be counted of it holds at their ends. */
function routesIn({ base }: RunContext, { terms, exclude }: FuseStage): Route[] {
  return routesOf(base, (network) => networkCost(network).macs, exclude).filter(
    (route) => lengthOf(route) > 0 && isShallowEnough(alongRoute(base, route), base, terms),
  );
}

/** Those at whose ends the network was timed to be fast enough; undefined where the budget is not of latency. */
export function routesToSpeed(context: RunContext, stage: FuseStage): Route[] | undefined {
  return latencyIn(stage) === undefined ? undefined : routesThatHold(context, stage);
}

function routesThatHold(context: RunContext, stage: FuseStage): Route[] {
  const term = latencyIn(stage);
  if (term === undefined) return [];
  const { amounts } = context.data;
  const before = amounts[keyOf(term)] ?? 0;
  const limit = limitOf(term, before);
  return routesIn(context, stage).filter(
    (route) => (amounts[timeKey(lengthOf(route))] ?? Infinity) * before <= limit,
  );
}
