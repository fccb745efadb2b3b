import { describe, expect, it } from 'vitest';
import { recipeSchema, type PruneSpec } from '../../../../main/contract/recipe.ts';
import { planOf } from '../../../../main/engine/compress/plan/plan.ts';
import { paradigms } from '../../../../main/engine/compress/paradigms/index.ts';

const plan = (paradigm: string, prune: PruneSpec) =>
  planOf(
    recipeSchema.parse({
      network: 'lenet-300-100',
      data: { kind: 'digits' },
      dense: { epochs: 2 },
      finetune: { epochs: 1 },
      paradigm,
      budget: { sparsity: 0.9 },
      prune,
    }),
  );

describe('a recipe whose dynamics would ignore something', () => {
  it.each<[string, PruneSpec, RegExp]>([
    ['gibbs', { dynamics: { every: 5 } }, /gibbs has no setting 'every'/],
    ['magnitude-one-shot', { dynamics: { fraction: 0.5 } }, /magnitude-one-shot has no setting 'fraction'/],
    ['greg-1', { schedule: 'cubic' }, /schedule of its own/],
    ['greg-2', { epochs: 0 }, /needs epochs/],
    ['edge-popup', { criterion: 'random' }, /asks no criterion/],
    ['supermask', { control: 'invert' }, /no scores to invert/],
    ['gibbs', { control: 'shuffle' }, /[Ss]huffling/],
  ])('is refused: %s with %o', (paradigm, prune, message) => {
    expect(() => plan(paradigm, prune)).toThrow(message);
  });

  it('is accepted where the dynamics know the setting', () => {
    const stages = plan('rigl', { dynamics: { every: 5, fraction: 0.5 } });
    const trains = stages.find((stage) => stage.kind === 'train' && stage.dynamics !== undefined);
    expect(trains?.kind === 'train' && trains.dynamics?.options).toEqual({ every: 5, fraction: 0.5 });
  });

  it('trains fresh weights under a learned mask where the control asks for them', () => {
    const stages = plan('edge-popup', { control: 'reinitialize' });
    const learned = stages.findIndex((stage) => stage.kind === 'train' && stage.dynamics !== undefined);
    expect(stages.slice(learned + 1, learned + 3)).toEqual([
      expect.objectContaining({ kind: 'restore', from: 'fresh' }),
      expect.objectContaining({ kind: 'train', spec: expect.objectContaining({ epochs: 1 }) as unknown }),
    ]);
  });

  it('is none of the presets', () => {
    for (const { id, point } of paradigms.items) {
      const prune = point.maskFrom === 'trained' ? { epochs: 1 } : {};
      if (point.dynamics !== undefined) expect(() => plan(id, prune)).not.toThrow();
    }
  });
});
