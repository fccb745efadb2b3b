import { carriesWeights } from '../../../contract/recipe.ts';
import { USUAL_SEARCH } from '../../../contract/search.ts';
import type { Demands, Stage } from '../framework.ts';
import type { Intent } from './intent.ts';
import { fusionStages } from './fusions.ts';
import { fromScratch } from './scratch.ts';
import { trainsAgain } from './trained.ts';
import {
  couplingIn,
  denseSpec,
  keepOptimizer,
  pruningWithin,
  pruningSpec,
  slimmingOf,
  targetsOf,
  training,
} from './trainings.ts';

/** What carries out an intent, one stage after the other. */
export function stagesOf(intent: Intent): Stage[] {
  const { point, recipe } = intent;
  const redrawn = intent.control === 'reinitialize' && intent.fusing !== null;
  if (intent.control === 'scratch' || redrawn) {
    return fromScratch(intent, stagesOf({ ...intent, control: 'none' }));
  }
  const { finetune } = recipe;
  return [
    ...(point.maskFrom === 'trained' ? afterTraining(intent) : fromTheStart(intent)),
    ...(point.train === 'finetune' && finetune !== undefined
      ? training(intent, 'finetune', 'Fine-tune', finetune)
      : []),
    ...recalibrate(intent),
    ...(intent.fusing !== null && recipe.budget.accuracyDrop !== undefined && finetune !== undefined
      ? [confirm]
      : []),
    evaluate('compressed'),
  ];
}

const confirm: Stage = { kind: 'confirm-fusions', id: 'confirm', label: 'Judge what was fine-tuned' };

/** k1 = the trained network: pruning after training, lottery tickets. */
function afterTraining(intent: Intent): Stage[] {
  const { point, recipe, within } = intent;
  const rewound = point.startFrom === 'rewound';
  const trained = carriesWeights(recipe);
  // A trained network is measured as it comes. It is trained again only where the recipe asks for it, and beside the file;
  // tickets are found in a training from weights drawn anew, as only those have a beginning to go back to.
  const again = trainsAgain(recipe, point);
  const trains = !trained || again || rewound;
  return [
    ...(trained && (again || rewound) ? [evaluate('original')] : []),
    ...(trained && rewound ? [drawInstead] : []),
    ...(recipe.dense !== undefined && trains
      ? [
          {
            kind: 'train' as const,
            id: 'dense',
            label: again ? 'Train your network again' : 'Train dense',
            spec: recipe.dense,
            part: 'dense' as const,
            ...(rewound ? { keepAt: intent.rewind } : {}),
            ...keepOptimizer(intent),
            ...slimmingOf(intent),
          },
        ]
      : []),
    evaluate('dense'),
    ...(within
      ? [...pruneWithin(intent), ...shrink(intent), ...reinitialize(intent)]
      : intent.fusing === null
        ? rounds(intent)
        : fusionStages(intent, intent.fusing)),
  ];
}

/** Where only measuring tells how much has to go that is found before, and what is still missing is pruned afterwards. */
function pruneWithin(intent: Intent): Stage[] {
  const more = { ...pruningWithin(intent), ...slimmingOf(intent) };
  const train = training(intent, 'prune', 'Prune while training', pruningSpec(intent), more);
  const { selection, target } = intent;
  const found = demandsOf(intent, [target]);
  if (found === undefined) return train;
  const demands = { ...found, scoped: true as const };
  const aim: Stage = { kind: 'aim', id: 'aim', label: 'Find how much to prune', selection, target, demands };
  const rest = prune(intent, 'rest', 'Prune what is still missing', [target], true);
  return [aim, ...train, rest.kind === 'prune' ? { ...rest, demands } : rest];
}

/** k1 = the initial weights, or a mask learned on the way: pruning at initialisation, sparse training, sparse selection. */
function fromTheStart(intent: Intent): Stage[] {
  const { point, recipe, control } = intent;
  const full = recipe.finetune ?? denseSpec(intent);
  const learned = point.maskFrom === 'learned';
  const more = {
    ...(point.dynamics === undefined ? {} : pruningWithin(intent)),
    ...(learned ? slimmingOf(intent) : {}),
  };
  const trains = point.train === 'full' || learned;
  return [
    ...beside(intent),
    ...(point.edgeOfChaos === true
      ? [restore('edge-of-chaos', 'edge-of-chaos', 'Draw weights on the edge of chaos')]
      : []),
    ...(point.maskFrom === 'init'
      ? [
          prune(intent, 'prune', 'Prune at initialisation', targetsOf(intent), true),
          ...shrink(intent),
          ...reinitialize(intent),
        ]
      : []),
    ...(trains ? training(intent, 'sparse', learned ? 'Train and prune' : 'Train sparse', full, more) : []),
    ...(point.dynamics === undefined ? [] : shrink(intent)),
    ...(learned && control === 'reinitialize'
      ? [...reinitialize(intent), ...training(intent, 'retrain', 'Retrain fresh weights (control)', full)]
      : []),
  ];
}

/** The dense network to compare with, and the way back to weights that nothing has trained. */
function beside(intent: Intent): Stage[] {
  const { point, recipe } = intent;
  if (carriesWeights(recipe))
    return [evaluate('dense'), ...(point.edgeOfChaos === true ? [] : [drawInstead])];
  if (!recipe.baseline) return [];
  const label = 'Train dense, to compare';
  return [
    { kind: 'train', id: 'dense', label, spec: denseSpec(intent), part: 'dense' },
    evaluate('dense'),
    restore('restore', 'init', 'Back to the initial weights'),
  ];
}

/** Prune, put back, train: once for every target of the schedule. */
function rounds(intent: Intent): Stage[] {
  const targets = targetsOf(intent);
  return targets.flatMap((target, i) => {
    const many = targets.length > 1;
    const [suffix, of] = many ? [`-${i + 1}`, ` ${i + 1} of ${targets.length}`] : ['', ''];
    return round(intent, { target, suffix, of, last: i === targets.length - 1 });
  });
}

interface Round {
  readonly target: number;
  /** Of the stages' ids and labels, where there are several rounds. */
  readonly suffix: string;
  readonly of: string;
  readonly last: boolean;
}

function round(intent: Intent, { target, suffix, of, last }: Round): Stage[] {
  const { point, control, rewind } = intent;
  const fresh = point.startFrom === 'fresh' || (last && control === 'reinitialize');
  const back = fresh
    ? [drawFresh(point.startFrom === 'fresh' ? suffix : '')]
    : point.startFrom === 'rewound'
      ? [rewound(intent, suffix)]
      : [];
  const again =
    point.train === 'rewound' || point.train === 'full'
      ? [
          {
            kind: 'train' as const,
            id: `retrain${suffix}`,
            label: `Retrain${of}`,
            spec: denseSpec(intent),
            part: 'dense' as const,
            // Weights that have no past start at the schedule's beginning.
            startEpoch: point.train === 'rewound' && !fresh ? rewind : 0,
            orderOf: 'dense',
            ...(last ? {} : { ...keepOptimizer(intent), ...slimmingOf(intent) }),
          },
        ]
      : !last && intent.pruneEpochs > 0
        ? training(intent, `train${suffix}`, `Train${of}`, pruningSpec(intent), slimmingOf(intent))
        : [];
  return [
    ...search(intent, target),
    prune(intent, `prune${suffix}`, `Prune${of}`, [target], last),
    ...shrink(intent, suffix, of),
    ...back,
    ...again,
  ];
}

/** Where a method searches for widths, before the pruning that gives them. */
function search(intent: Intent, target: number): Stage[] {
  const { point, recipe, selection } = intent;
  if (point.search === undefined) return [];
  const { rivals = [], ...spec } = recipe.prune.search ?? {};
  const methods = [...new Set([point.search, ...rivals])];
  const { evaluations, samples, fineTune } = { ...USUAL_SEARCH, ...spec };
  const training = recipe.finetune ?? denseSpec(intent);
  const how = { methods, evaluations, samples, fineTune, spec: training };
  return [{ kind: 'search', id: 'search', label: 'Search for widths', ...how, selection, target }];
}

function prune(intent: Intent, id: string, label: string, targets: readonly number[], last: boolean): Stage {
  const { selection, control, point } = intent;
  const shuffle = last && control === 'shuffle';
  const rescale = last && point.rescale === true ? { rescale: true } : {};
  const demands = demandsOf(intent, targets);
  return {
    kind: 'prune',
    id,
    label,
    selection,
    targets,
    shuffle,
    ...rescale,
    ...(demands && { demands }),
    ...(point.search !== undefined && { searched: true }),
  };
}

/** What a pruning to these targets has to meet besides. */
function demandsOf(intent: Intent, targets: readonly number[]): Demands | undefined {
  const { besides, free, asked, shrinks } = intent;
  if (besides.length === 0) return undefined;
  const progress = targets.map((each) => (asked === 0 ? 1 : each / asked));
  return { terms: besides, free, progress, ...(shrinks && { leaves: couplingIn(intent) }) };
}

/** What was pruned leaves, where it can: the trainings that follow are of the smaller network. */
function shrink(intent: Intent, suffix = '', of = ''): Stage[] {
  if (!intent.shrinks) return [];
  return [
    { kind: 'shrink', id: `shrink${suffix}`, label: `Remove channels${of}`, coupling: couplingIn(intent) },
    ...recalibrate(intent).map((stage): Stage => ({
      ...stage,
      id: `recalibrate-shrunk${suffix}`,
      label: `Recalibrate without them${of}`,
    })),
  ];
}

/** Of the controls of Frankle et al. 2021 (arXiv 2009.08576), the one that keeps the mask and drops the weights. */
function reinitialize({ control }: Intent): Stage[] {
  return control === 'reinitialize' ? [drawFresh('')] : [];
}

function rewound({ recipe, rewind }: Intent, suffix: string): Stage {
  const { restart } = recipe.prune;
  const label = `Rewind to epoch ${rewind}${restart === undefined ? '' : `, ${restart}`}`;
  return { ...restore(`rewind${suffix}`, 'rewound', label), ...(restart && { restart }) };
}

type Restore = Extract<Stage, { kind: 'restore' }>;
const restore = (id: string, from: Restore['from'], label: string): Restore => ({
  kind: 'restore',
  id,
  label,
  from,
});

const drawFresh = (suffix: string): Stage => restore(`fresh${suffix}`, 'fresh', 'Draw fresh weights');

/** In place of trained weights with which the method has no use. */
const drawInstead = restore('drawn', 'fresh', 'Draw weights anew, the trained ones are thrown away');

function recalibrate(intent: Intent): Extract<Stage, { kind: 'recalibrate' }>[] {
  const { prune, finetune } = intent.recipe;
  // Searches measure networks with recalibrated batch norms: what they found is left so.
  const searched = intent.point.search !== undefined && prune.recalibrate === undefined;
  if (prune.recalibrate !== true && !searched) return [];
  const { batchSize } = finetune ?? denseSpec(intent);
  const stage = {
    kind: 'recalibrate',
    id: 'recalibrate',
    label: 'Recalibrate batch norm',
    batchSize,
  } as const;
  return [{ ...stage, ...(searched && { optional: true }) }];
}

function evaluate(side: 'original' | 'dense' | 'compressed'): Stage {
  const label = side === 'original' ? 'Evaluate your file' : `Evaluate ${side}`;
  return { kind: 'evaluate', id: `evaluate-${side}`, label, side };
}
