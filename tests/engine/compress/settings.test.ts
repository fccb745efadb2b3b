import { describe, expect, it } from 'vitest';
import { pruneSpecSchema, recipeSchema, type Recipe } from '../../../main/contract/recipe.ts';
import { EspalierError } from '../../../main/contract/errors.ts';
import { dynamicsOptionsSchema } from '../../../main/contract/recipe.ts';
import { searchSpecSchema } from '../../../main/contract/search.ts';
import { structureSpecSchema, type StructureSpec } from '../../../main/contract/structure.ts';
import { paradigms } from '../../../main/engine/compress/paradigms/index.ts';
import { planOf } from '../../../main/engine/compress/plan/plan.ts';
import { structures } from '../../../main/engine/compress/structures/index.ts';
import { settingsOf } from '../../../main/engine/compress/settings.ts';
import { usualBudget } from '../../support/usual-budget.ts';

/** Two values of every setting that cannot mean the same. */
const values: Readonly<Record<string, readonly [unknown, unknown]>> = {
  criterion: ['lamp', 'random'],
  'structure.kind': ['block', 'element'],
  'structure.n': [1, 2],
  'structure.m': [4, 8],
  'structure.rows': [2, 3],
  'structure.columns': [2, 3],
  'structure.power': [1, 2],
  'structure.slice': ['sum', 'mean'],
  'structure.members': ['all', 'makers'],
  'structure.pool': ['sum', 'max'],
  'structure.normalise': ['lamp', 'none'],
  'structure.attention': ['heads', 'width'],
  'structure.grouped': ['relative', 'whole'],
  'structure.multiple': [4, 8],
  scope: ['global', 'layerwise'],
  layers: [{ 'fc1.weight': 0.95 }, { 'fc1.weight': 0.93 }],
  epsilon: [20, 13],
  cap: [0.95, 0.92],
  protect: [false, true],
  schedule: ['iterative', 'one-shot'],
  rounds: [2, 3],
  epochs: [3, 4],
  updatesPerEpoch: [2, 3],
  rewind: [1, 2],
  restart: ['constant', 'signed-constant'],
  control: ['reinitialize', 'none'],
  slimming: [0.01, 0.02],
  recalibrate: [true, false],
  batchNorm: ['training', 'evaluation'],
  exclude: [['fc1.weight'], []],
  'dynamics.every': [5, 6],
  'dynamics.fraction': [0.2, 0.4],
  'dynamics.deviation': [0.1, 0.2],
  'dynamics.normalize': [true, false],
  'dynamics.hamiltonian': ['kernel', 'filter'],
  'dynamics.weights': ['initial', 'signed-constant'],
  'search.evaluations': [10, 20],
  'search.samples': [50, 60],
  'search.fineTune': [1, 2],
  'search.rivals': [['solver'], ['uniform']],
};
const parts = { dynamics: dynamicsOptionsSchema, structure: structureSpecSchema, search: searchSpecSchema };
const fields = [
  ...Object.keys(pruneSpecSchema.shape).filter((field) => !(field in parts)),
  ...Object.entries(parts).flatMap(([part, { shape }]) =>
    Object.keys(shape).map((name) => `${part}.${name}`),
  ),
];

function recipeWith(paradigm: string, settings: Readonly<Record<string, unknown>>): Recipe {
  const prune: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(settings)) {
    const [part = '', name] = field.split('.');
    prune[part] = name === undefined ? value : { ...(prune[part] as object | undefined), [name]: value };
  }
  const { n = 2, m = 4, kind } = (prune['structure'] ?? {}) as StructureSpec;
  return recipeSchema.parse({
    network: 'lenet-300-100',
    data: 'digits',
    dense: { epochs: 4 },
    finetune: { epochs: 1 },
    baseline: false,
    paradigm,
    budget: usualBudget(paradigm, kind === 'n:m' ? 1 - n / m : 0.9),
    prune,
  });
}

const every: Readonly<Record<string, readonly string[]>> = {
  control: ['none', 'shuffle', 'reinitialize', 'invert', 'scratch'],
  'structure.kind': structures.items.map(({ id }) => id),
};

describe.each(paradigms.items.map(({ id, point }) => ({ id, point })))('$id', ({ id, point }) => {
  const settings = settingsOf(point);
  /** With these every structure goes that the paradigm takes. */
  const withEvery = {
    scope: 'global',
    ...(settings.some(({ field }) => field === 'criterion') && { criterion: 'magnitude' }),
  };

  it('does something else for another value of each setting that it has', () => {
    for (const { field, values: allowed, schedules, scopes, criteria, structures: kinds } of settings) {
      const [a, b] = values[field] ?? [];
      // Channels have no share by the shape of a weight.
      if (field === 'epsilon' && point.structure === 'channel') continue;
      if (allowed !== undefined && (!allowed.includes(String(a)) || !allowed.includes(String(b)))) continue;
      for (const schedule of schedules ?? [undefined]) {
        const around = {
          ...(schedule !== undefined && { schedule }),
          ...(schedule !== undefined && schedule !== 'cubic' && field === 'epochs' && { rounds: 2 }),
          ...(criteria !== undefined && { criterion: criteria[0] }),
          ...(kinds !== undefined && { 'structure.kind': kinds[0] }),
          ...(scopes !== undefined && { scope: scopes[0] }),
          ...((kinds !== undefined || field === 'structure.kind') && withEvery),
          // Masks that change while a training goes on need epochs for it.
          ...(field === 'updatesPerEpoch' && { epochs: 2 }),
          ...(field === 'rounds' &&
            point.maskFrom === 'trained' &&
            point.train === 'finetune' && { epochs: 1 }),
        };
        const [one, other] = [a, b].map((value) => planOf(recipeWith(id, { ...around, [field]: value })));
        expect(one, `prune.${field} with ${schedule ?? 'its schedule'}`).not.toEqual(other);
      }
    }
  });

  it('refuses every setting that it has not, by name', () => {
    const known = settings.map(({ field }) => field);
    for (const field of fields.filter((name) => !known.includes(name))) {
      // What the paradigm has anyway changes nothing.
      const value = values[field]?.find((one) => one !== point[field as keyof typeof point]);
      try {
        planOf(recipeWith(id, { [field]: value }));
        expect.unreachable(`prune.${field} was taken`);
      } catch (error) {
        if (!(error instanceof EspalierError)) throw error;
        expect(error.problem.field).toBe(`prune.${field}`);
      }
    }
  });

  it('takes exactly the values that it lists', () => {
    const takes = (field: string, value: string, kind?: string) => {
      try {
        const around = {
          ...(kind !== undefined && { ...withEvery, 'structure.kind': kind }),
          ...(value === 'cubic' && { epochs: 2 }),
          ...(field === 'structure.kind' && withEvery),
        };
        planOf(recipeWith(id, { [field]: value, ...around }));
        return true;
      } catch {
        return false;
      }
    };
    for (const { field, values: listed, only = {} } of settings) {
      // Of criteria some are taken with another scope only.
      if (listed === undefined || field === 'criterion') continue;
      const all = every[field] ?? ['one-shot', 'iterative', 'linear', 'cubic'];
      const taken = all.filter((value) => takes(field, value, only[value]?.[0]));
      for (const [value, kinds] of Object.entries(only)) {
        const others = structures.items.filter(({ id }) => !kinds.includes(id) && id !== 'n:m');
        for (const { id: kind } of others) expect(takes(field, value, kind), `${value}, ${kind}`).toBe(false);
      }
      // Shuffling goes with masks between trainings, which this paradigm may have by another schedule.
      const possible = field === 'control' && point.schedule === 'cubic' ? [...taken, 'shuffle'] : taken;
      expect([...possible].sort(), field).toEqual([...listed].sort());
    }
  });
});

it('every setting of a recipe belongs to some paradigm', () => {
  const known = new Set(paradigms.items.flatMap(({ point }) => settingsOf(point).map(({ field }) => field)));
  expect([...known].sort()).toEqual([...fields].sort());
  expect(Object.keys(values).sort()).toEqual([...fields].sort());
});

it('a schedule in rounds has some, also where the paradigm has one', () => {
  const prunes = planOf(recipeWith('magnitude-one-shot', { schedule: 'linear', epochs: 1 })).filter(
    ({ kind }) => kind === 'prune',
  );
  expect(prunes).toHaveLength(5);
});

it('settings that wait for a schedule are refused with another, saying which', () => {
  expect(() => planOf(recipeWith('magnitude-one-shot', { rounds: 3 }))).toThrow(/'one-shot' does not listen/);
  expect(() => planOf(recipeWith('magnitude-one-shot', { rounds: 3, schedule: 'linear' }))).not.toThrow();
  expect(() => planOf(recipeWith('magnitude-gradual', { updatesPerEpoch: 5, schedule: 'one-shot' }))).toThrow(
    /'one-shot' does not listen/,
  );
});
