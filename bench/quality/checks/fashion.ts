import { at, type Check, type Section } from './check.ts';

const FASHION = 'fashion-mnist-lenet-5-caffe';

const FEW_STEPS =
  'Connections move during three quarters of 846 steps only. Tried with more of them on MNIST, where RigL is ahead of SET at 98 % (the table of 14 epochs); longer training was not tried on these data.';

const WIDE = 'Three seeds spread too far for a verdict; more were not tried.';

/** Orderings that should show at a budget of the full grid, of trainings of the same length. */
const orderings = (budget: number): Check[] =>
  (
    [
      ['imp', 'snip, 30 epochs', 'Lottery tickets above SNIP, 30 epochs each', WIDE],
      ['magnitude-gradual', 'snip, 11 epochs', 'Gradual magnitude above SNIP, 11 epochs each', WIDE],
      [
        'magnitude-iterative',
        'magnitude-one-shot, 11 epochs',
        'Iterative above one-shot magnitude, 11 epochs each',
        WIDE,
      ],
      ['snip', 'random-erk', 'SNIP above a random mask with ERK', WIDE],
      ['snip', 'snip shuffled', 'SNIP above its own mask shuffled within layers', WIDE],
      ['synflow', 'random-erk', 'SynFlow above a random mask with ERK', WIDE],
      ['synflow', 'synflow shuffled', 'SynFlow above its own mask shuffled within layers', WIDE],
      ['random-erk', 'random-uniform', 'Random with ERK above random uniform', WIDE],
      ['imp', 'imp-fresh', 'Lottery tickets above fresh weights under their mask', WIDE],
      ['imp-fresh', 'random-ticket', 'the mask itself above one shuffled within layers', WIDE],
      ['rigl', 'random-erk', 'RigL above the static random mask that it starts from', FEW_STEPS],
      ['rigl', 'set', 'RigL above SET', FEW_STEPS],
    ] as const
  ).map(([better, worse, what, otherwise]) => ({
    kind: 'above',
    what: `${what}, at ${budget * 100} %`,
    of: at(FASHION, better, budget),
    than: at(FASHION, worse, budget),
    otherwise,
  }));

const longest: Check = {
  kind: 'matches',
  what: 'Learning-rate rewinding at 98 % beside the dense network, 30 epochs each',
  of: at(FASHION, 'lr-rewinding', 0.98),
  with: at(FASHION, 'dense, trained longer: 30 epochs', 0),
  margin: 0.003,
  otherwise: WIDE,
};

export const fashion: Section = {
  title: 'Fashion-MNIST, the full grid',
  text: 'LeNet-5-Caffe; training sees 10,000 images for few epochs, so that a run takes about a minute. The numbers are not what the network can reach, and methods cost different amounts: a ticket is trained five times over, SNIP once. What is compared below trained equally long. GraSP and SBP warm up for an epoch, without which some of their runs diverge. Early-bird trains 20 epochs, as its detector needs five before it can find a ticket; rows of other settings had 6, found none, and are masks made halfway. Gibbs pruning is not comparable at 6 epochs: its regime is 200.',
  grids: [FASHION],
  reasons: {
    gibbs: 'Masks stay random for 64 % of so short a training.',
    'random-uniform':
      'The first convolution has 10 weights at 98 % and 5 at 99 %: little of the image comes in, and it is no control for that reason.',
    set: 'Starts from a random mask with ERK.',
    'imp-fresh': 'Fresh weights under the mask of others: a control, with five times the epochs.',
    'random-ticket': 'A shuffled mask: a control, with five times the epochs.',
  },
  checks: [{ title: 'Expected orderings', list: [...[0.9, 0.98].flatMap(orderings), longest] }],
};
