import { formatPlural } from '../../../words/format.ts';
import type { Outcome } from '../../compress/plan/attempts.ts';
import { countedOf } from '../../compress/budgets/index.ts';
import { wholeOf } from '../../compress/budgets/terms.ts';
import { copyWeights } from '../../compress/masks.ts';
import type { Stage } from '../../compress/framework.ts';
import type { Network } from '../../network/graph.ts';
import type { RunContext, RunData, Search } from '../context.ts';
import { judged, judgementWords, lostWords } from './judge.ts';
import { find, warn } from './warnings.ts';

/**
 * Measures on the validation part what the fusions so far have lost. Where the floor holds the network is kept; where it does not, no
 * further layers are fused. The test part decides nothing.
 */
export async function runJudgeFusionStage(
  context: RunContext,
  stage: Extract<Stage, { kind: 'judge-fusion' }>,
): Promise<void> {
  const { data, recipe } = context;
  const search = searchIn(data);
  const outcome = await outcomeOf(context, search);
  search.outcomes.push(outcome);
  if (outcome.holds) hold(data, search);
  data.shallow ||= !outcome.holds || !timeForMore(context);
  context.emit({
    type: 'log',
    level: 'info',
    text: `${stage.label}: ${afterWords(data)} ${lostWords(outcome)} ${judgementWords(outcome, recipe)}.`,
  });
}

/** Goes back to the network before the fusion that broke the floor, and says what that fusion would have cost. */
export async function runSettleFusionsStage(context: RunContext): Promise<void> {
  const { data } = context;
  const { outcomes, best } = searchIn(data);
  const last = outcomes.at(-1);
  const held = outcomes[best?.attempt ?? -1];
  const cost =
    last === undefined || last.holds
      ? ''
      : ` The next step was tried: ${afterWords(data)} ${lostWords(last)}.`;
  if (last?.holds === false) goBack(context);
  if (held === undefined) {
    warn(context, `No fusion held the floor under accuracy: the network is left whole.${cost}`);
  } else {
    find(context, `${sentence(afterWords(data))} ${lostWords(held)} on validation.${cost}`);
  }
}

/** Where the fine-tuning lost more than may be lost, the network before it is taken, which held. */
export async function runConfirmFusionsStage(context: RunContext): Promise<void> {
  const { data, recipe } = context;
  const search = searchIn(data);
  const outcome = await outcomeOf(context, search);
  if (outcome.holds) {
    search.outcomes.push(outcome);
    hold(data, search);
    return;
  }
  goBack(context);
  warn(
    context,
    `After the fine-tuning ${lostWords(outcome)} ${judgementWords(outcome, recipe)}. The network before it is taken.`,
  );
}

function searchIn({ search }: RunData): Search {
  if (search === null) throw new Error('a search begins with the dense network');
  return search;
}

/** What the network as it stands has lost; its share is that of the layers which are gone. */
async function outcomeOf(context: RunContext, { reference }: Search): Promise<Outcome> {
  const share = context.data.fusions.length / layersOf(context.base);
  return { share, ...(await judged(context, reference)) };
}

/** Keeps the network as the best so far: every fusion leaves fewer layers than the one before. */
function hold(data: RunData, search: Search): void {
  const { masks, ...rest } = data.model;
  data.snapshots.set('best', { ...rest, weights: copyWeights(rest.weights) });
  const attempt = search.outcomes.length - 1;
  search.best = { attempt, removals: [], masks: new Map(masks), fused: data.fusions.length };
}

/** Puts back what held last; the whole network where no fusion did. */
function goBack({ data, evaluator }: RunContext): void {
  const { best } = searchIn(data);
  const kept = data.snapshots.get(best === null ? 'start' : 'best');
  if (kept === undefined) throw new Error('fusions begin with a network');
  if (kept.network !== data.model.network) evaluator.release(data.model.network);
  data.model = { ...kept, weights: copyWeights(kept.weights), masks: new Map(best?.masks) };
  data.fusions.length = best?.fused ?? 0;
}

/** Whether a fusion that takes as long as the last one fits into the time that the budget gives, with what comes after. */
function timeForMore({ recipe, data, stages }: RunContext): boolean {
  const { time } = recipe.budget;
  if (time === undefined) return true;
  const sum = (seconds: readonly number[]) => seconds.reduce((total, each) => total + each, 0);
  const fusion = stages[data.stage]?.fusion;
  const last = data.seconds.filter((_, i) => stages[i]?.fusion === fusion);
  return sum(data.seconds) + sum(last) <= time;
}

const layersOf = (network: Network): number => wholeOf(countedOf('layers'), network);

/** 'with 2 fusions, which leave 5 layers,' */
function afterWords({ fusions, model }: RunData): string {
  const left = formatPlural(layersOf(model.network), 'layer');
  return `with ${formatPlural(fusions.length, 'fusion')}, which leave${fusions.length === 1 ? 's' : ''} ${left},`;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
