import { at, type Check, type Section } from './check.ts';

const GRID = 'mnist-lenet-300-100-snr';

const FEW =
  'The information is that of 256 samples, which a network that fits its training data answers nearly without loss; more samples were not tried.';

/** At one share of all weights. */
const checksAt = (budget: number): Check[] => [
  {
    kind: 'matches',
    what: `Signal-to-noise not behind Fisher by more than half a point, at ${budget * 100} %`,
    of: at(GRID, 'signal-to-noise', budget),
    with: at(GRID, 'fisher', budget),
    margin: 0.005,
    otherwise: FEW,
  },
  {
    kind: 'above',
    what: `Signal-to-noise above magnitude, at ${budget * 100} %`,
    of: at(GRID, 'signal-to-noise', budget),
    than: at(GRID, 'magnitude', budget),
    otherwise: FEW,
  },
];

export const snr: Section = {
  title: 'Posterior signal-to-noise as a criterion',
  text: "LeNet-300-100 on 10,000 images of MNIST, pruned once over the whole network and trained on for three epochs; only the criterion differs. The posterior is a factorised Gaussian: Laplace's of the likelihood at the trained weights, times a Gaussian prior for each layer.",
  grids: [GRID],
  checks: [{ title: 'Three criteria, everything else alike', list: [0.95, 0.98, 0.99].flatMap(checksAt) }],
};
