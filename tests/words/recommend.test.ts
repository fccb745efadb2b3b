import { describe, expect, it } from 'vitest';
import { amountKindSchema, type AmountKind } from '../../main/contract/amount.ts';
import { outlookOf } from '../../main/engine/ask/outlook.ts';
import { catalog } from '../../main/engine/recipe/catalog.ts';
import {
  demoRecipe,
  withNetwork,
  withParadigm,
  type DraftRecipe,
} from '../../renderer/stores/draft-recipe.ts';
import { foundMethods } from '../../renderer/text/found-methods.ts';
import { refusals, workWords } from '../../renderer/text/outlooks.ts';
import { recommendedMethods } from '../../main/words/recommend.ts';

const { paradigms } = catalog();
const entryOf = (id: string) => paradigms.find((entry) => entry.id === id);
const fuses = (id: string) => entryOf(id)?.fuses === true;
const outlooksOf = (draft: DraftRecipe) =>
  new Map(
    paradigms.map((entry) => [entry.id, outlookOf(withParadigm(draft, entry, entryOf(draft.paradigm)))]),
  );
const channels = { structure: { kind: 'channel' } };
const amounts: Readonly<Record<AmountKind, unknown>> = {
  sparsity: 0.9,
  parameters: 0.5,
  macs: 0.5,
  channels: 0.5,
  layers: 0.5,
  memory: 0.5,
  bytes: { kept: 0.25, gzip: true },
  latency: { kept: 0.5 },
};
const facts = { trained: false, leaves: false, kind: 'sparsity', kept: 0.1, hurry: false } as const;

describe('recommended methods', () => {
  for (const kind of amountKindSchema.options)
    for (const network of ['lenet-5-caffe', './net.onnx'])
      it(`can do what is asked: ${kind}, ${network}`, () => {
        const zeros = kind === 'sparsity' || kind === 'bytes';
        const base = withNetwork(demoRecipe, network, entryOf(demoRecipe.paradigm));
        const draft = { ...base, budget: { [kind]: amounts[kind] }, prune: zeros ? {} : channels };
        const outlooks = outlooksOf(draft);
        const refused = refusals(outlooks, fuses);
        const trained = network !== 'lenet-5-caffe';
        for (const kept of [undefined, 0.5, 0.1, 0.03, 0.005])
          for (const hurry of [false, true]) {
            const asked = { trained, leaves: !zeros, kind, kept, hurry };
            const found = recommendedMethods(asked, (id) => !refused.has(id));
            expect(found.length).toBeGreaterThan(0);
            expect(found.length).toBeLessThanOrEqual(3);
            expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
            for (const { id, why } of found) {
              expect(outlooks.get(id)?.problems, id).toEqual([]);
              expect(why).toMatch(/^[A-Z][^.]*(\d\.\d[^.]*)*\.$/);
              // Weights that came trained are not thrown away by what is recommended.
              if (trained) expect(entryOf(id)?.throwsAway, id).toBeNull();
            }
          }
      });

  it('begin with gradual pruning, and go by the loss where little may stay', () => {
    const ids = (more: object) => recommendedMethods({ ...facts, ...more }, () => true).map(({ id }) => id);
    expect(ids({})[0]).toBe('magnitude-gradual');
    expect(ids({ kept: 0.02 })[0]).toBe('taylor');
    expect(ids({ kept: 0.02, hurry: true })).not.toContain('lr-rewinding');
    expect(ids({})).toContain('rigl');
    expect(ids({ trained: true })).not.toContain('rigl');
    expect(recommendedMethods(facts, (id) => id !== 'magnitude-gradual')[0]?.id).toBe('magnitude-iterative');
  });
});

describe('what a method would come to', () => {
  it('is counted from its plan', () => {
    const outlook = (prune: object, paradigm: string, more: object = {}) =>
      outlookOf({ ...demoRecipe, paradigm, prune, ...more }).work;
    const one = { dense: { epochs: 4 }, finetune: { epochs: 3 } };
    expect(outlook({}, 'magnitude-one-shot', one)).toEqual({ trainings: 2, epochs: 7, evaluations: 0 });
    // Between three rounds there are two trainings, and the fine-tuning comes after the last.
    expect(outlook({ rounds: 3, epochs: 2 }, 'magnitude-iterative', one)).toMatchObject({
      trainings: 4,
      epochs: 4 + 2 * 2 + 3,
    });
    // A lottery ticket trains anew after every round, from the moment to which it goes back.
    const ticket = { dense: { epochs: 4 }, finetune: undefined };
    expect(outlook({ rounds: 3 }, 'imp', ticket)).toMatchObject({ trainings: 4, epochs: 4 + 3 * 4 });
    expect(outlook({ rounds: 3, rewind: 1 }, 'imp', ticket)).toMatchObject({ epochs: 4 + 3 * 3 });
    expect(outlook({ search: { evaluations: 20 } }, 'amc', one)?.evaluations).toBe(20);
    expect(outlook({ search: { evaluations: 20, rivals: ['random'] } }, 'amc', one)?.evaluations).toBe(40);
    expect(outlookOf({ ...demoRecipe, seed: -1 }).work).toBeNull();
  });

  it('says why a method cannot, but not what is wrong under all of them', () => {
    const draft = { ...demoRecipe, budget: { macs: 0.5 }, prune: channels };
    const refused = refusals(outlooksOf(draft), fuses);
    expect(refused.get('rigl')).toBeDefined();
    expect(refused.get('taylor')).toBeUndefined();
    expect(refusals(outlooksOf({ ...draft, seed: -1 }), fuses).size).toBe(0);
    expect(refusals(outlooksOf({ ...demoRecipe, budget: { sparsity: 120 } }), fuses).size).toBe(0);
  });

  it('is told beside what is recommended first', () => {
    const work = { trainings: 3, epochs: 30, evaluations: 0 };
    expect(workWords(work, null)).toBe('3 trainings, 30 epochs in all');
    expect(workWords(work, { label: 'X', epochs: 20 })).toBe(
      '3 trainings, 30 epochs in all: 1.5× the epochs of X',
    );
    expect(workWords({ ...work, trainings: 1, evaluations: 200 }, { label: 'X', epochs: 30 })).toBe(
      '1 training, 30 epochs in all, 200 networks tried: as long as X',
    );
  });
});

it('methods are found by their names, their words and their papers', () => {
  const ids = (wanted: string) => foundMethods(paradigms, wanted).map(({ id }) => id);
  expect(ids('')).toHaveLength(paradigms.length);
  expect(ids('SynFlow')).toContain('synflow');
  expect(ids('lecun 1990')).toEqual(['obd']);
  expect(ids('no such method')).toEqual([]);
});
