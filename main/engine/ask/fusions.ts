import type { Forecast } from '../../contract/forecast.ts';
import { termsOf } from '../../contract/amount.ts';
import { formatCount, formatLarge, formatPlural, formatShare, pointsInWords } from '../../words/format.ts';
import type { Stage } from '../compress/framework.ts';
import type { Subject } from '../compress/budgets/budget.ts';
import { countedOf } from '../compress/budgets/index.ts';
import { wholeOf } from '../compress/budgets/terms.ts';
import { isShallowEnough, mostFusions } from '../compress/fusion/goal.ts';
import { alongRoute, routesOf } from '../compress/fusion/routes.ts';
import { planOf } from '../compress/plan/plan.ts';
import { networkCost } from '../network/cost.ts';
import { fuse } from '../network/fuse/fuse.ts';
import { pairsOf, type Pair } from '../network/fuse/pairs.ts';
import type { Network } from '../network/graph.ts';
import type { Control } from '../base/control.ts';
import type { RunContext } from '../run/context.ts';
import { drawn } from '../run/stages/demands.ts';
import type { ForecastOptions } from './foresee.ts';
import { openScoring } from './scoring.ts';

/** What fusions of a recipe's layers may lead to, before anything is trained. */
export interface FusionsForeseen {
  readonly context: RunContext;
  readonly stages: readonly Stage[];
  readonly forecast: Forecast;
  /** The dearest of the networks that they may lead to, with weights of no meaning. */
  readonly twin: Subject['model'];
}

/**
 * Which layers may be fused, and what that does to parameters and multiply-accumulates: which are fused in the end, statistics of the
 * training tell.
 * @param use is given that while the data and the device are open
 * @throws EspalierError when the recipe is at fault, or no fusions meet its budget
 */
export async function foreseeFusions<T>(
  options: ForecastOptions,
  control: Control,
  use: (foreseen: FusionsForeseen) => Promise<T>,
): Promise<T> {
  const { recipe, progress = () => undefined } = options;
  const device = options.trains === true ? options.device : 'cpu';
  const scoring = await openScoring({ ...options, device }, () => [], control);
  try {
    const { context } = scoring;
    const { base, dataset } = context;
    const stages = planOf(recipe, base);
    const [first] = stages.filter((stage) => stage.kind === 'fuse');
    const { exclude = [] } = first ?? {};
    const { accuracyDrop } = recipe.budget;
    const open = accuracyDrop !== undefined && termsOf(recipe.budget).length === 0;
    const needed = open ? mostFusions(base, exclude) : fusionsNeeded(base, context, exclude);
    const least = routesOf(base, macsOf, exclude)[needed];
    const most = routesOf(base, (network) => -macsOf(network), exclude)[needed];
    if (least === undefined || most === undefined) throw new Error('as many fusions were counted');
    const ends = [least, most].map((route) => alongRoute(base, route)) as [Network, Network];
    const read = dataset.read;
    const forecast: Forecast = {
      criterion: 'best affine fit',
      scope: 'neighbouring layers',
      sparsity: 0,
      basis: 'fused',
      protect: true,
      ...{ layers: [], empty: [], few: [], classes: [] },
      words: wordsOf(base, exclude, takenWords(needed, accuracyDrop, open), ends),
      ...(read && { data: read }),
    };
    const byMacs = termsOf(recipe.budget).some(({ kind }) => kind !== 'layers');
    const twin = { ...drawn(ends[byMacs ? 0 : 1], recipe.seed), masks: new Map() };
    progress(1);
    return await use({ context, stages, forecast, twin });
  } finally {
    await scoring.close();
  }
}

/** The fewest fusions after which the budget can hold. */
function fusionsNeeded(base: Network, { recipe }: RunContext, exclude: readonly string[]): number {
  const terms = termsOf(recipe.budget);
  const routes = routesOf(base, macsOf, exclude);
  const found = routes.findIndex((route) => isShallowEnough(alongRoute(base, route), base, terms));
  return found > 0 ? found : Math.min(1, routes.length - 1);
}

/** 'the budget takes 2', or what a floor under accuracy makes of that. */
function takenWords(needed: number, accuracyDrop: number | undefined, open: boolean): string {
  if (accuracyDrop === undefined) return `the budget takes ${formatCount(needed)}`;
  const floor = `the last before more than ${pointsInWords(accuracyDrop / 100)} would be lost`;
  return open
    ? `they go on to ${floor}; what all of them would come to follows`
    : `the budget takes ${formatCount(needed)}, and they end with ${floor}`;
}

const macsOf = (network: Network): number => networkCost(network).macs;

function wordsOf(
  base: Network,
  exclude: readonly string[],
  taken: string,
  [least, most]: readonly [Network, Network],
): Forecast['words'] {
  const { pairs } = pairsOf(base, exclude);
  const before = networkCost(base);
  const ends = [least, most].map((network) => networkCost(network));
  const layers = wholeOf(countedOf('layers'), base);
  const dearer = ends.some(({ macs, parameters }) => macs > before.macs || parameters > before.parameters);
  const between = (name: 'macs' | 'parameters') => {
    const amounts = ends.map((cost) => cost[name]).toSorted((a, b) => a - b);
    const shares = amounts.map((amount) => formatShare(amount / before[name]));
    return amounts[0] === amounts[1]
      ? `${formatLarge(amounts[0] ?? 0)} (${shares[0] ?? ''} of now)`
      : `${amounts.map(formatLarge).join(' to ')} (${shares.join(' to ')} of now)`;
  };
  const info = (text: string) => ({ level: 'info' as const, text });
  return [
    info(
      `${formatCount(layers)} layers, of which ${formatPlural(mostFusions(base, exclude), 'fusion')} can take one each; ${taken}.`,
    ),
    {
      level: dearer ? 'warning' : 'info',
      text: `Then there are ${between('macs')} multiply-accumulates and ${between('parameters')} parameters, as pairs are chosen.${dearer ? ' Fused kernels are larger and can cost more than the layers that they replace: a budget of MACs or latency keeps that in bounds.' : ''}`,
    },
    ...pairs.map((pair) => info(pairWords(base, pair))),
    info('Which pairs go, their error on training samples decides once the network is trained.'),
  ];
}

/** ''a' and 'b': one 5×5 convolution of 200 inputs, 12 % more MACs, 3 % fewer parameters.' */
function pairWords(base: Network, pair: Pair): string {
  const { first, second, reach, inputs, refused } = pair;
  if (refused !== null) return `'${first}' and '${second}' are not fused: ${refused}.`;
  const [before, after] = [networkCost(base), networkCost(fuse(base, pair))];
  const change = (name: 'macs' | 'parameters', things: string) => {
    const share = after[name] / before[name] - 1;
    return share === 0
      ? `as many ${things}`
      : `${formatShare(Math.abs(share))} ${share > 0 ? 'more' : 'fewer'} ${things}`;
  };
  const what = reach === null ? 'a dense layer' : `a ${reach.kernel.join('×')} convolution`;
  return `'${first}' and '${second}': ${what} of ${formatCount(inputs)} inputs, ${change('macs', 'MACs')} and ${change('parameters', 'parameters')} in the whole network.`;
}
