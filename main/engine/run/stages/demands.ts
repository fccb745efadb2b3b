import type { Term } from '../../../contract/amount.ts';
import type { MeasuredWidths } from '../../../contract/speed.ts';
import { targetFacts } from '../../../contract/targets.ts';
import { formatLarge, formatPercent } from '../../../words/format.ts';
import { amountWords } from '../../../words/amounts.ts';
import type { Subject } from '../../compress/budgets/budget.ts';
import { meet } from '../../compress/budgets/meet.ts';
import { keyOf, limitOf, measureTerm } from '../../compress/budgets/terms.ts';
import type { Demands as Asked } from '../../compress/framework.ts';
import { applyMasks, copyWeights } from '../../compress/masks.ts';
import type { ScoreSet } from '../../compress/scores.ts';
import type { Selected } from '../../compress/select.ts';
import type { Selection } from '../../compress/selection.ts';
import { forgetting, type Kept } from '../../speed/cache.ts';
import { thisMachine } from '../../speed/key.ts';
import { measuredWidths } from '../../speed/widths.ts';
import { networkCost } from '../../network/cost.ts';
import type { CouplingOptions } from '../../../contract/groups.ts';
import { applyCut, cutBy } from '../../network/cut-by-masks.ts';
import { cutModel } from '../../network/cut.ts';
import type { MaskSet, Network } from '../../network/graph.ts';
import { initialize } from '../../network/initialize.ts';
import { wholeModel, type Model, type Weighed } from '../../network/model.ts';
import { Random } from '../../base/random.ts';
import { timing } from '../results/timing.ts';
import type { RunContext } from '../context.ts';
import { byTime, commonStep } from './timed-widths.ts';

/** Prunes as much more as a budget's further demands take: each candidate is made as it would be handed over, and measured. */
export class Demands {
  private readonly context: RunContext;
  private readonly cache: Kept;
  private readonly asked: Asked;
  private readonly selection: Selection;

  /** @param cache where times of layers are kept */
  constructor(context: RunContext, asked: Asked, selection: Selection, cache: Kept = forgetting) {
    this.context = context;
    this.cache = cache;
    this.asked = asked;
    this.selection = selection;
  }

  /**
   * What is kept, and which share is pruned, once all demands are met as far as they can be. Where the time of a call is demanded and
   * channels leave, also with widths at the edges of this machine's steps, shared out among the layers by the scope and, where all
   * of them compete, by what their steps save: taken is what leaves most of the network in that time.
   * @param select what is kept when this share is pruned by a selection, which is this one's or one that keeps multiples
   * @param target the share that the leading demand prunes
   * @param progress how much of the way to what is asked this round goes, 0..1
   * @param scores of the weights, by which it selects
   */
  async met(
    select: (share: number, selection: Selection) => Selected,
    target: number,
    progress: number,
    scores: ScoreSet,
  ): Promise<{ selected: Selected; share: number }> {
    const { selection } = this;
    const own = await this.metBy((share) => select(share, selection), target, progress);
    const measured = this.asked.scoped === true ? null : await this.widthTimes();
    if (measured === null) return own;
    const found = [{ ...own, words: 'widths of any number' }];
    const step = commonStep(measured);
    const { network } = this.context.data.model;
    // Where an amount that is counted leads, the scope shares that out.
    const timed = this.asked.free
      ? byTime(measured, network, selection, scores, select(0, selection))
      : undefined;
    if (timed !== undefined) {
      const met = await this.metBy(timed, 0, progress);
      found.push({ ...met, words: 'widths chosen by what each step saves' });
    } else if (step !== null) {
      const multiples = { ...selection, structure: { ...selection.structure, multiple: step } };
      const met = await this.metBy((share) => select(share, multiples), target, progress);
      found.push({ ...met, words: `widths at multiples of ${step}` });
    }
    const worksOf = found.map(({ selected }) => networkCost(this.subjectOf(selected).model.network).macs);
    const best = found.reduce((one, other, i) => {
      const at = found.indexOf(one);
      const [work, more] = [worksOf[at] ?? 0, worksOf[i] ?? 0];
      return other.load <= 1 && (one.load > 1 || more >= work) ? other : one;
    });
    this.context.emit({
      type: 'log',
      level: 'info',
      text: `Multiply-accumulates left in the same time: ${found.map(({ words, load }, i) => `${formatLarge(worksOf[i] ?? 0)} with ${words}${load > 1 ? ', which miss it' : ''}`).join('; ')}. Taken: ${best.words}.`,
    });
    return best;
  }

  /** How time hangs on widths where the call is timed, measured here once for a run; null where that is nothing to go by. */
  private async widthTimes(): Promise<MeasuredWidths | null> {
    const { terms, leaves } = this.asked;
    const { data, base, control } = this.context;
    const call = terms.find(({ kind }) => kind === 'latency')?.call;
    if (call === undefined || leaves === undefined || this.selection.structure?.multiple !== undefined)
      return null;
    if (data.widthTimes !== null) return data.widthTimes;
    this.context.emit({
      type: 'log',
      level: 'info',
      text: `Measuring at which widths layers take a step longer in ${targetFacts[call.target].label}.`,
    });
    const timing = { machine: thisMachine(), call, control, cache: this.cache };
    data.widthTimes = await measuredWidths(call.target, base, leaves, timing);
    return data.widthTimes;
  }

  private async metBy(
    select: (share: number) => Selected,
    target: number,
    progress: number,
  ): Promise<{ selected: Selected; share: number; load: number }> {
    const { terms, free } = this.asked;
    const said = new Map<Selected, string[]>();
    const loadOf = async (selected: Selected): Promise<number> => {
      await this.context.control.gate();
      const subject = this.subjectOf(selected);
      // A clock may say otherwise of two equal networks.
      const whole = this.isWhole(selected);
      const loads: number[] = [];
      const amounts: string[] = [];
      for (const term of terms) {
        const { load, words } = await this.loadOf(term, subject, progress, whole);
        loads.push(load);
        amounts.push(words);
      }
      said.set(selected, amounts);
      return Math.max(...loads);
    };
    const { selected, share, load } = await meet(select, loadOf, free ? 0 : target);
    const short = load > 1 ? ', which is as near as pruning comes' : '';
    this.context.emit({
      type: 'log',
      level: load > 1 ? 'warning' : 'info',
      text: `Pruned ${formatPercent(share, 1)} for the budget's demands: ${(said.get(selected) ?? []).join(', ')}${short}.`,
    });
    return { selected, share, load };
  }

  /** How much of what a term allows at this point of the way is used. */
  private async loadOf(
    term: Term,
    subject: Subject,
    progress: number,
    whole: boolean,
  ): Promise<{ load: number; words: string }> {
    const { data } = this.context;
    const key = keyOf(term);
    const found = await measureTerm(term, subject, timing, data.amounts[key]);
    const { before } = found;
    const after = whole ? before : found.after;
    data.amounts[key] = before;
    const limit = before - (before - limitOf(term, before)) * progress;
    return { load: after / limit, words: amountWords(term.kind, after) };
  }

  /** Whether nothing of the network as it came is pruned. */
  private isWhole({ masks }: Selected): boolean {
    const { data, base } = this.context;
    return data.model.network === base && [...masks.values()].every((mask) => !mask.includes(0));
  }

  private subjectOf({ masks }: Selected): Subject {
    const { data, base, recipe } = this.context;
    const { network, weights } = data.model;
    const untouched = network === base && data.model.masks.size === 0;
    const whole = untouched ? { network, weights } : drawn(base, recipe.seed);
    return { whole, model: prunedBy(masks, data.model, this.asked.leaves) };
  }
}

/** The network as it came with weights of no meaning: what is timed or weighed whole does not hang on them. */
export function drawn(base: Network, seed: number): Subject['whole'] {
  return { network: base, weights: initialize(base, Random.from(seed, 'amounts')) };
}

/**
 * What a network is once masks are carried out: pruned weights are zero, and channels of which nothing is left have left.
 * @param leaves by which couplings they leave; nothing leaves without it
 */
export function prunedBy(
  masks: MaskSet,
  { network, weights }: Weighed,
  leaves: CouplingOptions | undefined,
): Subject['model'] {
  const model: Model = { ...wholeModel({ network, weights: copyWeights(weights) }), masks };
  applyMasks(model.weights, masks);
  return leaves === undefined ? model : cutModel(model, applyCut(network, cutBy(masks, network, leaves)));
}
