import type { Paradigm } from './paradigm.ts';

export const constrainedRlParadigm: Paradigm = {
  id: 'constrained-rl',
  label: 'Constrained reinforcement learning',
  branch: 'after training',
  summary:
    'An agent decides layer by layer how much stays, is rewarded by the accuracy of what is left, and learns to keep the budget; then fine-tunes.',
  when: 'Layers differ much in what they can lose, and time is there to try some hundred networks. Rivals with as many evaluations run beside it where asked (prune.search.rivals), and the best widths are taken, whoever found them.',
  cost: 'One dense training, one evaluation on a part of the validation samples for every try, and one fine-tuning.',
  paper: {
    title: 'Neural network pruning through constrained reinforcement learning',
    authors: 'Malik, Haider, Iqbal, Taj',
    year: 2021,
    url: 'https://arxiv.org/abs/2110.08558',
  },
  differs:
    'Advantages of reward and cost are combined before they are standardised and the multiplier rises by plain steps; the policy is a normal one in logits whose deviation falls on a schedule. It begins at uniform widths, and its means are projected to the budget and tried after every batch.',
  defaults: { dense: 10, pruneEpochs: null, finetune: 5 },
  point: {
    maskFrom: 'trained',
    startFrom: 'found',
    train: 'finetune',
    criterion: 'magnitude',
    scope: 'global',
    schedule: 'one-shot',
    rounds: 1,
    updatesPerEpoch: 1,
    search: 'constrained-rl',
  },
};
