import { z } from 'zod';
import { inputError } from '../../../contract/errors.ts';
import type { PruneSpec } from '../../../contract/recipe.ts';
import { structureOf, type ForeignFormat, type ForeignPlan } from './foreign.ts';
import type { ForeignPage, Place } from './page.ts';

/** SparseML's recipes: lists of modifiers, as its documentation of recipes and the modifiers' own describe them. */

const epoch = z.number().default(-1);
const params = z.union([z.string(), z.array(z.string())]).default('__ALL_PRUNABLE__');
const gradual = z.object({
  init_sparsity: z.union([z.number(), z.string()]).optional(),
  final_sparsity: z.number().min(0).lt(1),
  start_epoch: epoch,
  end_epoch: epoch,
  update_frequency: z.number().default(-1),
  params,
  leave_enabled: z.boolean().default(true),
  inter_func: z.string().default('cubic'),
  mask_type: z.union([z.string(), z.array(z.number().int())]).default('unstructured'),
  log_types: z.unknown().optional(),
});
const structured = gradual.extend({ mask_type: z.string().default('filter') });
const constant = z.object({ start_epoch: epoch, end_epoch: epoch, update_frequency: epoch, params });
const range = z.object({ start_epoch: epoch, end_epoch: epoch });
const setRate = z.object({ start_epoch: epoch, end_epoch: epoch, learning_rate: z.number().positive(), constant_logging: z.unknown().optional() }); // prettier-ignore
const setDecay = z.object({ start_epoch: epoch, weight_decay: z.number().min(0) });

interface Modifier {
  readonly name: string;
  readonly place: Place;
}

export const sparseMl: ForeignFormat = {
  label: 'SparseML recipe',
  is: (page) => modifiersOf(page).length > 0,
  read(page) {
    const draft = new Draft(page);
    for (const modifier of modifiersOf(page)) draft.take(modifier);
    return draft.plan();
  },
};

/** All modifiers: tagged maps in lists whose name ends in 'modifiers', or maps by their names, also within stages. */
function modifiersOf(page: ForeignPage, outer: Place = []): Modifier[] {
  if (!page.isMap(outer)) return [];
  return Object.keys(page.value(outer) as object).flatMap((key): Modifier[] => {
    const place = [...outer, key];
    if (key.endsWith('_stage')) return modifiersOf(page, place);
    if (!key.endsWith('modifiers')) return [];
    if (page.isMap(place))
      return Object.keys(page.value(place) as object).map((name) => ({ name, place: [...place, name] }));
    if (!page.isList(place)) return [];
    return (page.value(place) as readonly unknown[]).flatMap((_, i) => {
      const name = page.tag([...place, i])?.replace(/^!/, '');
      return name === undefined ? [] : [{ name, place: [...place, i] }];
    });
  });
}

/** What the modifiers come to, one after the other. */
class Draft {
  private readonly page: ForeignPage;
  private pruning: z.output<typeof gradual> | undefined;
  private prune: PruneSpec = {};
  private holds = false;
  private end = -1;
  private lr: number | undefined;
  private weightDecay: number | undefined;

  constructor(page: ForeignPage) {
    this.page = page;
  }

  take({ name, place }: Modifier): void {
    switch (name) {
      case 'EpochRangeModifier':
        this.end = Math.max(this.end, this.read(range, place).end_epoch);
        return;
      case 'GMPruningModifier':
      case 'MagnitudePruningModifier':
        return this.gradual(this.read(gradual, place), place, 'layerwise');
      case 'GlobalMagnitudePruningModifier':
        return this.gradual(this.read(gradual, place), place, 'global');
      case 'StructuredPruningModifier':
        return this.gradual(this.read(structured, place), place, 'layerwise');
      case 'ConstantPruningModifier':
        this.holds = true;
        this.everything(this.read(constant, place).params, place);
        return;
      case 'SetLearningRateModifier':
        return this.rate(this.read(setRate, place), place);
      case 'SetWeightDecayModifier':
        this.weightDecay ??= this.read(setDecay, place).weight_decay;
        return;
      default:
        this.page.lose(place, `there is no counterpart of ${name}`);
    }
  }

  plan(): ForeignPlan {
    const { pruning } = this;
    if (pruning === undefined && !this.holds) {
      throw inputError('foreign/nothing', 'Nothing in this recipe prunes.', {
        file: this.page.file,
        remedy: 'It needs a modifier that prunes by magnitude or structure, or holds what is pruned.',
      });
    }
    const rest = {
      ...(this.lr !== undefined && { lr: this.lr }),
      ...(this.weightDecay !== undefined && { weightDecay: this.weightDecay }),
    };
    const stage = (epochs: number) => ({ epochs: Math.max(0, Math.round(epochs)), ...rest });
    if (pruning === undefined) {
      // The zeros that came are the smallest weights: as many go as there are.
      const prune = { scope: 'global' };
      return {
        paradigm: 'magnitude-one-shot',
        sparsity: null,
        prune,
        finetune: stage(Math.max(this.end, 1)),
      };
    }
    const [start, end] = [Math.max(0, pruning.start_epoch), Math.max(0, pruning.end_epoch)];
    return {
      paradigm: 'magnitude-gradual',
      sparsity: pruning.final_sparsity,
      prune: this.prune,
      ...(start > 0 && { dense: stage(start) }),
      finetune: stage(Math.max(0, this.end - end)),
    };
  }

  private gradual(read: z.output<typeof gradual>, place: Place, scope: string): void {
    const { page } = this;
    if (this.pruning !== undefined) {
      if (read.final_sparsity !== this.pruning.final_sparsity)
        page.lose(place, 'a recipe has one share for all: give single layers theirs by prune.scope by-hand');
      return;
    }
    this.pruning = read;
    const at = (key: keyof typeof read): Place => [...place, key];
    if (read.init_sparsity !== undefined && read.init_sparsity !== 0)
      page.lose(at('init_sparsity'), 'pruning begins with no zeros');
    if (!read.leave_enabled) page.lose(at('leave_enabled'), 'what is pruned stays so');
    for (const key of ['start_epoch', 'end_epoch'] as const)
      if (!Number.isInteger(read[key])) page.lose(at(key), 'epochs are whole: it is rounded');
    this.everything(read.params, place);
    const schedule = read.inter_func === 'linear' ? 'linear' : 'cubic';
    if (!['linear', 'cubic'].includes(read.inter_func))
      page.lose(at('inter_func'), `there is no schedule '${read.inter_func}': 'cubic' is taken`);
    const often = read.update_frequency > 0 ? 1 / read.update_frequency : 1;
    if (!Number.isInteger(Number(often.toFixed(6))))
      page.lose(at('update_frequency'), 'updates of an epoch are whole: it is rounded');
    const structure = this.structure(read.mask_type, at('mask_type'));
    const epochs = Math.max(1, Math.round(read.end_epoch) - Math.max(0, Math.round(read.start_epoch)));
    const linear = schedule === 'linear';
    if (linear && often > 1) page.lose(at('update_frequency'), 'a linear schedule prunes once an epoch');
    this.prune = {
      schedule,
      scope,
      ...(linear
        ? { rounds: epochs, epochs: 1 }
        : { epochs, updatesPerEpoch: Math.max(1, Math.round(often)) }),
      ...(structure !== undefined && { structure }),
    };
  }

  private structure(mask: string | readonly number[], place: Place): PruneSpec['structure'] {
    if (mask === 'unstructured') return undefined;
    if (mask === 'filter') return { kind: 'channel', members: 'makers' };
    if (mask === 'channel') return { kind: 'channel', members: 'readers' };
    if (mask === 'block') return { kind: 'block', rows: 1, columns: 4 };
    const found = structureOf(typeof mask === 'string' ? mask : mask.join('x'));
    if (found === undefined) this.page.lose(place, `the mask type '${String(mask)}' has no counterpart`);
    return found;
  }

  private everything(of: string | readonly string[], place: Place): void {
    const all = ['__ALL__', '__ALL_PRUNABLE__', 're:.*weight', 're:.*'];
    const names = typeof of === 'string' ? [of] : of;
    if (!names.some((name) => all.includes(name)))
      this.page.lose(
        [...place, 'params'],
        'all convolutions and dense layers are pruned: name others in prune.exclude',
      );
  }

  private rate({ learning_rate: rate, start_epoch: start }: z.output<typeof setRate>, place: Place): void {
    if (this.lr === undefined && start <= 0) this.lr = rate;
    else this.page.lose(place, 'a stage has one learning rate and its schedule');
  }

  /** A modifier's values, with the recipe's own variables in place of eval(NAME). */
  private read<T extends z.ZodObject>(schema: T, place: Place): z.output<T> {
    const entries = Object.entries(this.page.value(place) ?? {}).map(([key, value]: [string, unknown]) => {
      const [, name] = typeof value === 'string' ? (/^eval\((\w+)\)$/.exec(value) ?? []) : [];
      return [key, name === undefined ? value : this.page.value([name])];
    });
    return this.page.read(schema, place, Object.fromEntries(entries));
  }
}
