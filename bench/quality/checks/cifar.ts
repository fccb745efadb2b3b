import { at, type Check, type Section } from './check.ts';

const TRAINED = 'cifar-10-resnet-20-trained';
const AT_INIT = 'cifar-10-resnet-20-at-init';

const WIDE = 'The seeds spread too far for a verdict.';

/** Ways of pruning one trained network, with as many epochs each. */
const afterTraining: Check[] = [0.8, 0.9].flatMap((budget) =>
  (
    [
      ['magnitude-one-shot', 'random-erk', 'Magnitude above a random mask with ERK'],
      ['magnitude-gradual', 'magnitude-one-shot', 'Gradual above one-shot magnitude'],
      ['lamp', 'magnitude-one-shot', 'LAMP in two rounds above magnitude in one'],
      ['taylor', 'magnitude-one-shot', 'Taylor scores in two rounds above magnitude in one'],
    ] as const
  ).map(([better, worse, what]): Check => ({
    kind: 'above',
    what: `${what}, at ${budget * 100} %`,
    of: at(TRAINED, better, budget),
    than: at(TRAINED, worse, budget),
    otherwise: WIDE,
  })),
);

const atInitialisation: Check[] = (
  [
    ['snip', 'SNIP'],
    ['synflow', 'SynFlow'],
  ] as const
).flatMap(([series, name]) =>
  (
    [
      ['random-erk', 'a random mask with ERK'],
      [`${series} shuffled`, 'its own mask shuffled within layers'],
    ] as const
  ).map(([control, words]): Check => ({
    kind: 'above',
    what: `${name} above ${words}, at 90 %`,
    of: at(AT_INIT, series, 0.9),
    than: at(AT_INIT, control, 0.9),
    otherwise: WIDE,
  })),
);

export const cifar: Section = {
  title: 'CIFAR-10, small questions',
  text: 'ResNet-20 on a JPEG copy of CIFAR-10 (lossy, so that accuracies are below those on the originals: the trained network has 91.78 % there by its authors). Published results train 160 epochs or more on 50,000 images, which a processor does not do in a night; what is asked here can be answered with less.',
  grids: [TRAINED, AT_INIT],
  checks: [
    { title: 'After training', list: afterTraining },
    { title: 'At initialisation', list: atInitialisation },
  ],
};
