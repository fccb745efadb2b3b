import { FEW_WEIGHTS, type Forecast } from '../../contract/forecast.ts';
import type { MaskSet, Network } from '../network/graph.ts';
import { countKept } from './masks.ts';
import { lostClasses } from './vanished.ts';

/** What a forecast is made of. */
export interface Foreseen {
  readonly criterion: string;
  readonly scope: string;
  readonly sparsity: number;
  readonly basis: Forecast['basis'];
  readonly protect: boolean;
  /** What the selection alone would keep. */
  readonly masks: MaskSet;
  /** What it would keep with every layer protected from being emptied. */
  readonly protectedMasks: MaskSet;
}

/** What masks of a budget would leave of layers and classes, before any of them is applied. */
export function forecastOf(network: Network, classes: readonly string[], foreseen: Foreseen): Forecast {
  const { masks, protectedMasks, protect, basis } = foreseen;
  const weights = [...masks].filter(([name]) => network.params[name]?.role === 'weight');
  const layers = weights.map(([name, mask]) => ({
    name,
    total: mask.length,
    kept: countKept(mask),
    protected: countKept(protectedMasks.get(name) ?? mask),
  }));
  const empty = layers.filter(({ kept }) => kept === 0).map(({ name }) => name);
  const few = layers
    .filter(({ kept, total }) => kept > 0 && kept <= FEW_WEIGHTS && total > FEW_WEIGHTS)
    .map(({ name }) => name);
  // Which weights a layer keeps is not known where only their number is.
  const lost = basis === 'shares' ? [] : lostClasses(network, protect ? protectedMasks : masks);
  const found = {
    criterion: foreseen.criterion,
    scope: foreseen.scope,
    sparsity: foreseen.sparsity,
    basis,
    protect,
    layers,
    empty,
    few,
    classes: lost.map((index) => classes[index] ?? String(index)),
  };
  return { ...found, words: wordsOf(found) };
}

function wordsOf(forecast: Omit<Forecast, 'words'>): Forecast['words'] {
  const { layers, empty, few, classes, protect, basis, sparsity } = forecast;
  if (sparsity === 0) return [{ level: 'info', text: 'Nothing is pruned.' }];
  const warnings = [
    ...(empty.length > 0 ? [emptyWords(empty, protect)] : []),
    ...(few.length > 0
      ? [
          `${FEW_WEIGHTS} weights or fewer would be left of ${few.map((name) => shareOf(name, layers)).join(', ')}.`,
        ]
      : []),
    ...(classes.length > 0
      ? [`No weights would be left for these classes, which could not be recognised: ${classes.join(', ')}.`]
      : []),
  ];
  const fewest = [...layers].sort((a, b) => a.kept / a.total - b.kept / b.total)[0];
  const least = fewest === undefined ? '' : ` The smallest share is left of ${shareOf(fewest.name, layers)}.`;
  return [
    ...warnings.map((text) => ({ level: 'warning' as const, text })),
    ...(warnings.length === 0
      ? [{ level: 'info' as const, text: `No layer would be emptied.${least}` }]
      : []),
    { level: 'info', text: BASIS[basis] },
  ];
}

function emptyWords(empty: readonly string[], protect: boolean): string {
  const what = `Nothing would be left of ${empty.join(', ')}`;
  return protect
    ? `${what}; protection keeps the best weight of each, at the cost of the worst elsewhere. So little seldom carries a signal: a smaller budget, another scope or another criterion does better.`
    : `${what}, and no signal would pass. Protection (prune.protect) keeps the best weight of each; a smaller budget, another scope or another criterion does better.`;
}

function shareOf(name: string, layers: Forecast['layers']): string {
  const layer = layers.find((one) => one.name === name);
  return `${name} (${layer?.kept.toLocaleString('en')} of ${layer?.total.toLocaleString('en')})`;
}

const BASIS: Readonly<Record<Forecast['basis'], string>> = {
  exact: 'The run makes its masks from these very weights: it will prune just so.',
  shares: 'The scope alone decides how much is left of each layer: this holds whatever the training brings.',
  present:
    'A forecast from the weights as they are now: the run goes by trained ones, which may spread otherwise.',
  fused: 'Nothing is pruned: layers are fused.',
  searched:
    'The run searches for how much every layer keeps, which nobody knows before: this is what one ranking over all layers would leave.',
};
