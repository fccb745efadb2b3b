import { formatCount, formatPercent } from '../../../words/format.ts';
import { isShallowEnough, leadsThere } from '../../compress/fusion/goal.ts';
import { isOnRoute, lengthOf } from '../../compress/fusion/within.ts';
import type { Stage } from '../../compress/framework.ts';
import { batches } from '../../data/batches.ts';
import type { Affine } from '../../network/fuse/best-affine.ts';
import { bestAffine } from '../../network/fuse/best-affine.ts';
import { fuse, fusedModel } from '../../network/fuse/fuse.ts';
import { MomentSums } from '../../network/fuse/moments.ts';
import { observe, samplingOf } from '../../network/fuse/observations.ts';
import type { Pair } from '../../network/fuse/pairs.ts';
import type { Network } from '../../network/graph.ts';
import { networkCost } from '../../network/cost.ts';
import { inferShapes } from '../../network/shape.ts';
import { sizeOf } from '../../network/graph.ts';
import type { RunContext } from '../context.ts';
import { routesToSpeed } from '../fusion-times.ts';
import { fitsOf, fusionSteps } from '../fusion-work.ts';
import { stageRandom } from './live-model.ts';

type FuseStage = Extract<Stage, { kind: 'fuse' }>;

/** The share of a fit that the samples take; the rest is solving. */
const SUMS = 0.8;
/** Samples whose values are held at once. */
const BATCH = 64;

/** A pair with the layer that would take its place. */
interface Fit {
  readonly pair: Pair;
  readonly affine: Affine;
  readonly samples: number;
  readonly observations: number;
}

/**
 * Fits every pair of neighbours on training samples as the network stands, and fuses the one that loses the least of all after
 * which the budget can still be met. Accuracy is measured on the test part before and after, for the report; it decides nothing.
 */
export async function runFuseStage(context: RunContext, stage: FuseStage): Promise<void> {
  const { data, base, emit } = context;
  const { network } = data.model;
  const { terms, exclude, label } = stage;
  const fits: Fit[] = [];
  const todo = fitsOf(network, exclude, context.dataset.train.size, networkCost(network).macs);
  const planned = fusionSteps(stage, base, context.dataset);
  const scale =
    planned /
    Math.max(
      1e-9,
      todo.reduce((sum, { steps }) => sum + steps, 0),
    );
  for (const { pair, steps } of todo) {
    const fit = await fitted(context, stage, pair, scale * steps);
    fits.push(fit);
    emit({
      type: 'log',
      level: 'info',
      text: `${label}: '${pair.first}' and '${pair.second}' in one layer would lose ${formatPercent(fit.affine.rho, 2)} of the variance (${formatCount(fit.observations)} observations).`,
    });
  }
  fits.sort((a, b) => a.affine.rho - b.affine.rho);
  const routes = routesToSpeed(context, stage);
  const leads = ({ pair }: Fit) =>
    routes?.some((route) => isOnRoute([...data.fusions, pair], route)) ??
    leadsThere(fuse(network, pair), base, terms, exclude);
  const best = fits.find(leads);
  if (best === undefined) throw new Error('a plan fuses no more than can be fused');
  await take(context, stage, best, fits);
  const { fusions } = data;
  // Where nothing else is asked for than what may be lost, that decides how far it goes.
  data.shallow =
    routes?.some((route) => lengthOf(route) === fusions.length && isOnRoute(fusions, route)) ??
    (terms.length > 0 && isShallowEnough(data.model.network, base, terms));
}

/** Puts the fused layer in place of its pair. */
async function take(
  context: RunContext,
  { label }: FuseStage,
  { pair, affine, samples, observations }: Fit,
  fits: readonly Fit[],
): Promise<void> {
  const { data, evaluator, dataset, control, emit } = context;
  const measure = async () => {
    const { accuracy, loss } = await evaluator.evaluate(data.model, dataset, dataset.test, () =>
      control.gate(),
    );
    return { accuracy, loss };
  };
  const before = await measure();
  const { network } = data.model;
  const shallower = fuse(network, pair);
  data.model = fusedModel(data.model, shallower, pair, affine);
  evaluator.release(network);
  const fused = await measure();
  const others = fits
    .filter((fit) => fit.pair !== pair)
    .map((fit) => ({ first: fit.pair.first, second: fit.pair.second, rho: fit.affine.rho }));
  const { first, second } = pair;
  const { rho } = affine;
  data.fusions.push({
    first,
    second,
    rho,
    samples,
    observations,
    others,
    before,
    fused,
    pair,
    network: shallower,
  });
  emit({
    type: 'log',
    level: 'info',
    text: `${label}: '${first}' and '${second}' became one layer; test accuracy ${formatPercent(before.accuracy)} before and ${formatPercent(fused.accuracy)} after, with nothing trained.`,
  });
}

/**
 * The best layer in place of a pair, from what training samples show of it.
 * @param steps what this is counted as, in training steps
 */
async function fitted(context: RunContext, stage: FuseStage, pair: Pair, steps: number): Promise<Fit> {
  const { data, dataset, evaluator, control, progress } = context;
  const { network } = data.model;
  const names = endsOf(network, pair);
  const [, , ...space] = inferShapes(network, 1).get(names[1]) ?? [];
  const { samples, places } = samplingOf(pair, dataset.train.size, sizeOf(space));
  const random = stageRandom(context, stage.id, `${pair.first} ${pair.second}`);
  const sums = new MomentSums(pair.inputs, pair.outputs);
  const shown = batches(dataset.train, dataset, { batchSize: BATCH, order: 'shuffled', random });
  let seen = 0;
  let [observed, done, last] = [0, 0, performance.now()];
  const worked = async (upTo: number, of: number) => {
    if (upTo > done) progress.evaluation((performance.now() - last) / 1000, of, (upTo - done) * steps);
    done = upTo;
    progress.report(data.stage, 0, data.steps);
    await control.gate();
    last = performance.now();
  };
  await evaluator.watch(data.model, names, limited(shown), dataset.sampleShape, async (values) => {
    const [x, y] = names.map((name) => values.get(name));
    if (x === undefined || y === undefined) throw new Error('every value was asked for');
    observe(sums, pair, x, y, places, random);
    const [batch = 0] = x.shape;
    observed += batch;
    await worked(SUMS * Math.min(1, observed / samples), batch);
  });
  const affine = await bestAffine(sums.moments(), () => control.gate());
  await worked(1, 0);
  return { pair, affine, samples: seen, observations: seen * places };

  function* limited(all: typeof shown) {
    for (const batch of all) {
      if (seen >= samples) return;
      seen += batch.size;
      yield batch;
    }
  }
}

/** What the first layer of a pair reads and the second one makes. */
function endsOf({ nodes }: Network, { first, second }: Pair): [string, string] {
  const of = (name: string) => nodes.find((node) => node.name === name);
  return [of(first)?.inputs[0] ?? '', of(second)?.outputs[0] ?? ''];
}
