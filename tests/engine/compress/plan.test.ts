import { describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { toProblem } from '../../../main/contract/errors.ts';
import type { Stage } from '../../../main/engine/compress/framework.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { fitted } from '../../../main/engine/compress/select.ts';
import type { Selection } from '../../../main/engine/compress/selection.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

const base: RecipeInput = {
  network: 'lenet-300-100',
  data: 'digits',
  dense: { epochs: 4 },
  paradigm: 'imp',
  budget: { sparsity: 0.488 },
};
const plan = (change: Partial<RecipeInput>) => planOf(recipeSchema.parse({ ...base, ...change }));
const ids = (stages: readonly Stage[]) => stages.map(({ id }) => id);
const problem = (change: Partial<RecipeInput>) => {
  try {
    plan(change);
    return undefined;
  } catch (error) {
    return toProblem(error);
  }
};
function only<K extends Stage['kind']>(stages: readonly Stage[], kind: K): Extract<Stage, { kind: K }>[] {
  return stages.filter((stage): stage is Extract<Stage, { kind: K }> => stage.kind === kind);
}

describe('plans of lottery tickets', () => {
  it('imp trains, prunes a fifth, goes back to the early weights and trains again', () => {
    const stages = plan({ prune: { rewind: 0.5 } });
    const round = (r: number) => [`prune-${r}`, `rewind-${r}`, `retrain-${r}`];
    expect(ids(stages)).toEqual([
      'dense',
      'evaluate-dense',
      ...round(1),
      ...round(2),
      ...round(3),
      'evaluate-compressed',
    ]);
    const trainings = only(stages, 'train');
    expect(trainings[0]).toMatchObject({ keepAt: 0.5 });
    for (const training of trainings.slice(1)) {
      expect(training).toMatchObject({ startEpoch: 0.5, orderOf: 'dense', spec: { epochs: 4 } });
    }
  });

  it('n rounds of a fifth leave 0.8^n', () => {
    const targets = (sparsity: number) =>
      only(plan({ budget: { sparsity } }), 'prune').flatMap((stage) => stage.targets);
    for (const rounds of [1, 3, 10]) {
      const found = targets(1 - 0.8 ** rounds);
      expect(found).toHaveLength(rounds);
      found.forEach((target, i) => expect(1 - target).toBeCloseTo(0.8 ** (i + 1), 10));
    }
  });

  it('learning-rate rewinding is imp without putting weights and optimiser back', () => {
    const rewound = plan({ prune: { rewind: 1 } });
    const found = plan({ paradigm: 'lr-rewinding', prune: { rewind: 1 } });
    const expected = rewound
      .filter(({ kind }) => kind !== 'restore')
      .map((stage, _, all) => {
        if (stage.kind !== 'train') return stage;
        const { keepAt: _at, ...training } = stage;
        return all.findLast(({ kind }) => kind === 'train') === stage
          ? training
          : { ...training, keepOptimizer: true };
      });
    expect(found).toEqual(expected);
  });

  it('the controls part from imp only after the last mask', () => {
    const imp = plan({});
    const fresh = plan({ paradigm: 'imp-fresh' });
    const [at] = [ids(imp).indexOf('rewind-3')];
    expect(fresh.slice(0, at)).toEqual(imp.slice(0, at));
    expect(fresh[at]).toMatchObject({ kind: 'restore', from: 'fresh' });
    expect(fresh.slice(at + 1)).toEqual(imp.slice(at + 1));
    expect(plan({ prune: { control: 'reinitialize' } })).toEqual(fresh);

    const shuffled = plan({ paradigm: 'random-ticket' });
    expect(only(shuffled, 'prune').map(({ shuffle }) => shuffle)).toEqual([false, false, true]);
    expect(shuffled.filter((stage) => stage.kind !== 'prune')).toEqual(
      imp.filter((stage) => stage.kind !== 'prune'),
    );
    expect(plan({ prune: { control: 'shuffle' } })).toEqual(shuffled);
  });

  it('fresh weights train the whole schedule, however far the others rewind', () => {
    const stages = only(plan({ paradigm: 'imp-fresh', prune: { rewind: 1 } }), 'train');
    expect(stages.map(({ startEpoch }) => startEpoch)).toEqual([undefined, 1, 1, 0]);
  });

  it('refuses a rewind point behind the end and a network that was never trained here', () => {
    expect(problem({ prune: { rewind: 4.5 } })?.field).toBe('prune.rewind');
    expect(problem({ prune: { rewind: 4 } })).toBeUndefined();
    expect(problem({ dense: undefined })?.field).toBe('dense');
    expect(problem({ prune: { schedule: 'cubic', epochs: 2 } })?.field).toBe('prune.schedule');
    expect(problem({ paradigm: 'imp-fresh', prune: { control: 'shuffle' } })?.field).toBe('prune.control');
  });
});

describe('plans of pruning at initialisation', () => {
  const atInit = paradigms.items.filter(({ point }) => point.maskFrom === 'init');

  it('compare with a dense training, go back, prune and train once', () => {
    expect(atInit.length).toBeGreaterThanOrEqual(9);
    for (const { id, point } of atInit) {
      const stages = ids(plan({ paradigm: id }));
      const edge = point.edgeOfChaos ? ['edge-of-chaos'] : [];
      const sparse = [...edge, 'prune', 'sparse', 'evaluate-compressed'];
      expect(stages, id).toEqual(['dense', 'evaluate-dense', 'restore', ...sparse]);
      expect(ids(plan({ paradigm: id, baseline: false })), id).toEqual(sparse);
    }
  });

  it('FORCE and iterative SNIP differ in whether weights come back, and take the exponential ladder', () => {
    const [iterative, force] = ['iterative-snip', 'force'].map(
      (paradigm) => only(plan({ paradigm, budget: { sparsity: 0.99 }, prune: { rounds: 5 } }), 'prune')[0],
    );
    expect(iterative?.selection).toEqual({ ...force?.selection, regrow: false });
    expect(force?.selection.regrow).toBe(true);
    const ladder = [0.398107, 0.158489, 0.063096, 0.025119, 0.01];
    force?.targets.forEach((target, i) => expect(1 - target).toBeCloseTo(ladder[i] as number, 6));
    const linear = only(
      plan({ paradigm: 'force', budget: { sparsity: 0.99 }, prune: { rounds: 5, schedule: 'linear' } }),
      'prune',
    );
    const steps = [0.802, 0.604, 0.406, 0.208, 0.01];
    linear[0]?.targets.forEach((target, i) => expect(1 - target).toBeCloseTo(steps[i] as number, 10));
  });

  it('refuses a way of drawing weights where none are drawn by it', () => {
    const init = 'lecun-normal';
    expect(problem({ init })).toBeUndefined();
    expect(problem({ paradigm: 'snip', init })).toBeUndefined();
    const trained = { network: 'my.onnx', dense: undefined };
    const one = { paradigm: 'magnitude-one-shot', finetune: { epochs: 1 } };
    expect(problem({ ...trained, ...one, init })).toMatchObject({ code: 'recipe/init', field: 'init' });
    expect(problem({ initScale: 0.5 })).toBeUndefined();
    expect(problem({ ...trained, ...one, initScale: 0.5 })).toMatchObject({ field: 'initScale' });
    expect(problem({ ...trained, ...one, prune: { control: 'reinitialize' }, init })).toBeUndefined();
    expect(problem({ paradigm: 'sbp', baseline: false, init })?.field).toBe('init');
    expect(problem({ paradigm: 'sbp', init })).toBeUndefined();
  });

  it('only SBP-SR draws on the edge of chaos and rescales, and refuses to draw over it', () => {
    const [prune] = only(plan({ paradigm: 'sbp' }), 'prune');
    expect(prune?.rescale).toBe(true);
    expect(only(plan({ paradigm: 'snip' }), 'prune')[0]?.rescale).toBeUndefined();
    expect(problem({ paradigm: 'sbp', prune: { control: 'reinitialize' } })?.field).toBe('prune.control');
  });

  it('controls apply to the mask', () => {
    const stages = plan({ paradigm: 'snip', baseline: false, prune: { control: 'reinitialize' } });
    expect(ids(stages)).toEqual(['prune', 'fresh', 'sparse', 'evaluate-compressed']);
    expect(only(plan({ paradigm: 'snip', prune: { control: 'invert' } }), 'prune')[0]?.selection.invert).toBe(
      true,
    );
  });
});

describe('combinations', () => {
  it('takes sparsities of layers as the scope by hand, and only as that', () => {
    const layers = { 'fc1.weight': 0.9 };
    const [prune] = only(plan({ paradigm: 'magnitude-one-shot', prune: { layers } }), 'prune');
    expect(prune?.selection).toMatchObject({ scope: 'by-hand', shares: { layers, target: 0.488 } });
    expect(problem({ prune: { layers, scope: 'erk' } })?.field).toBe('prune.layers');
    expect(problem({ prune: { scope: 'by-hand' } })?.field).toBe('prune.layers');
    expect(problem({ prune: { layers, exclude: ['fc1.weight'] } })?.field).toBe('prune.layers');
  });

  it('goes by batch-norm scales only where whole channels leave', () => {
    const structureOf = (recipe: Partial<RecipeInput>) =>
      only(plan(recipe), 'prune')[0]?.selection.structure?.kind;
    expect(structureOf({ paradigm: 'bn-scale' })).toBe('channel');
    expect(structureOf({ paradigm: 'magnitude-one-shot', prune: { criterion: 'bn-scale' } })).toBe('channel');
    expect(structureOf({ paradigm: 'bn-scale', prune: { criterion: 'taylor' } })).toBe('channel');
    expect(structureOf({ paradigm: 'bn-scale', prune: { criterion: 'lamp' } })).toBe('channel');
    expect(problem({ paradigm: 'bn-scale', prune: { structure: { kind: 'element' } } })?.field).toBe(
      'prune.structure.kind',
    );
    expect(problem({ paradigm: 'bn-scale', prune: { scope: 'erk' } })?.field).toBe('prune.scope');
    expect(problem({ paradigm: 'bn-scale', prune: { protect: false } })?.field).toBe('prune.protect');
  });

  it('goes by distances and activations only where whole channels leave, and by one side of their gates', () => {
    const fieldOf = (prune: RecipeInput['prune']) =>
      problem({ paradigm: 'magnitude-one-shot', prune })?.field;
    for (const criterion of ['fpgm', 'activation']) {
      expect(fieldOf({ criterion })).toBeUndefined();
      expect(fieldOf({ criterion, structure: { kind: 'block' } })).toBe('prune.structure.kind');
    }
    for (const criterion of ['taylor', 'fisher']) {
      expect(fieldOf({ criterion, structure: { kind: 'channel' } })).toBeUndefined();
      expect(fieldOf({ criterion, structure: { kind: 'channel', members: 'makers' } })).toBeUndefined();
      expect(fieldOf({ criterion, structure: { kind: 'channel', members: 'all' } })).toBe(
        'prune.structure.members',
      );
    }
  });

  it('of early-bird tickets goes by single weights only in networks without batch norms', () => {
    const selectionOf = (recipe: Partial<RecipeInput>) => {
      const [stage] = only(plan({ paradigm: 'early-bird', ...recipe }), 'train').filter(
        ({ dynamics }) => dynamics,
      );
      if (stage?.dynamics === undefined) throw new Error('early-bird has dynamics');
      const networks = ['resnet-20', 'lenet-300-100'].map((id) => {
        const entry = zoo.get(id);
        return fitted(
          entry.build({ input: entry.defaultInput, classes: 10 }),
          stage.dynamics?.selection as Selection,
        );
      });
      return networks.map(({ criterion, structure }) => `${criterion} of ${structure?.kind}`);
    };
    expect(selectionOf({})).toEqual(['bn-scale of channel', 'magnitude of element']);
    expect(selectionOf({ prune: { criterion: 'bn-scale' } })).toEqual([
      'bn-scale of channel',
      'bn-scale of channel',
    ]);
    expect(selectionOf({ prune: { criterion: 'magnitude' } })).toEqual([
      'magnitude of channel',
      'magnitude of channel',
    ]);
  });

  it('protects layers unless the recipe lets them collapse', () => {
    const protect = (prune: RecipeInput['prune']) =>
      only(plan({ paradigm: 'synflow', prune }), 'prune')[0]?.selection.protect;
    expect(protect({})).toBe(true);
    expect(protect({ protect: false })).toBe(false);
  });
});
