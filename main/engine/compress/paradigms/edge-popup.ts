import type { Paradigm } from './paradigm.ts';

export const edgePopupParadigm: Paradigm = {
  id: 'edge-popup',
  revision: 2,
  label: 'Edge-popup (hidden network)',
  branch: 'sparse selection',
  summary:
    'Finds a good network inside a random one: weights are never trained, only a score for each, and the best-scored ones are kept.',
  when: 'To study what a random network already holds. Works best when a third to a half of the weights are kept; trained weights do better.',
  cost: 'One training of scores, with a selection at every step; no dense training.',
  paper: {
    title: "What's hidden in a randomly weighted neural network?",
    authors: 'Ramanujan, Wortsman, Kembhavi, Farhadi, Rastegari',
    year: 2020,
    url: 'https://arxiv.org/abs/1911.13299',
  },
  differs:
    "Scores are compared as they are, in the authors' code by their absolute values. The budget is spread over the layers as ERK says; the paper keeps the same share of each, which at high sparsity starves the small ones (`prune.scope: layerwise`). Kept weights are scaled for the density of their layer, and biases and the affine part of batch norms stay as they are initialised.",
  defaults: { dense: 20, pruneEpochs: null, finetune: null },
  point: {
    maskFrom: 'learned',
    startFrom: 'found',
    train: 'none',
    criterion: 'magnitude',
    // The paper keeps the same share of every layer ('layerwise'); at high sparsity that starves the small last ones.
    scope: 'erk',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    dynamics: 'edge-popup',
  },
};
