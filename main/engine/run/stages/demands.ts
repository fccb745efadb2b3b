import type { Term } from '../../../contract/amount.ts';
import { formatPercent } from '../../../words/format.ts';
import { amountWords } from '../../../words/amounts.ts';
import type { Subject } from '../../compress/budgets/budget.ts';
import { meet } from '../../compress/budgets/meet.ts';
import { keyOf, limitOf, measureTerm } from '../../compress/budgets/terms.ts';
import type { Demands as Asked } from '../../compress/framework.ts';
import { applyMasks, copyWeights } from '../../compress/masks.ts';
import type { Selected } from '../../compress/select.ts';
import type { Selection } from '../../compress/selection.ts';
import { forgetting } from '../../speed/cache.ts';
import { thisMachine } from '../../speed/key.ts';
import { measuredStairs } from '../../speed/steps.ts';
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

/** Prunes as much more as a budget's further demands take: each candidate is made as it would be handed over, and measured. */
export class Demands {
  private readonly context: RunContext;
  private readonly asked: Asked;
  private readonly selection: Selection;

  constructor(context: RunContext, asked: Asked, selection: Selection) {
    this.context = context;
    this.asked = asked;
    this.selection = selection;
  }

  /**
   * What is kept, and which share is pruned, once all demands are met as far as they can be. Where the time of a call is demanded and
   * channels leave, also with widths at the edges of this machine's steps: taken where more of the network fits into that time.
   * @param select what is kept when this share is pruned by a selection, which is this one's or one that keeps multiples
   * @param target the share that the leading demand prunes
   * @param progress how much of the way to what is asked this round goes, 0..1
   */
  async met(
    select: (share: number, selection: Selection) => Selected,
    target: number,
    progress: number,
  ): Promise<{ selected: Selected; share: number }> {
    const { selection } = this;
    const own = await this.metBy((share) => select(share, selection), target, progress);
    const step = await this.step();
    if (step === 1) return own;
    const multiples = { ...selection, structure: { ...selection.structure, multiple: step } };
    const stepped = await this.metBy((share) => select(share, multiples), target, progress);
    const work = ({ selected }: typeof own) => networkCost(this.subjectOf(selected).model.network).macs;
    const better = stepped.load <= 1 && (own.load > 1 || work(stepped) >= work(own));
    this.context.emit({
      type: 'log',
      level: 'info',
      text: `Widths at multiples of ${step} leave ${better ? 'as much of the network or more' : 'less of the network'} in the same time: ${better ? 'taken' : 'others are taken'}.`,
    });
    return better ? stepped : own;
  }

  /** Channels that are computed at once where the call is timed, as measured here once for a run; 1 where that is nothing to go by. */
  private async step(): Promise<number> {
    const { terms, leaves } = this.asked;
    const { data, base, control } = this.context;
    const call = terms.find(({ kind }) => kind === 'latency')?.call;
    if (call === undefined || leaves === undefined || this.selection.structure?.multiple !== undefined)
      return 1;
    const key = `step in ${call.target}`;
    const { step } =
      data.amounts[key] === undefined
        ? await measuredStairs(call.target, base, {
            ...{ machine: thisMachine(), call, control },
            cache: forgetting,
          })
        : { step: data.amounts[key] };
    data.amounts[key] = step;
    return step;
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
      const loads: number[] = [];
      const amounts: string[] = [];
      for (const term of terms) {
        const { load, words } = await this.loadOf(term, subject, progress);
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
  ): Promise<{ load: number; words: string }> {
    const { data } = this.context;
    const key = keyOf(term);
    const found = await measureTerm(term, subject, timing, data.amounts[key]);
    const { before } = found;
    data.amounts[key] = before;
    const limit = before - (before - limitOf(term, before)) * progress;
    return { load: found.after / limit, words: amountWords(term.kind, found.after) };
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
