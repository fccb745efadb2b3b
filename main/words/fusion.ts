import type { FusionReport } from '../contract/fusion.ts';
import { formatCount, formatLarge, formatPercent, formatPlural } from './format.ts';

/** The columns of a table of fusions: what a row says first, then figures. */
export const fusionColumns = [
  { id: 'label', title: 'Fused', figure: false },
  /** '5x5 convolution of 350 inputs'. */
  { id: 'layer', title: 'Into', figure: false },
  /** The share of the variance that was foretold to be lost. */
  { id: 'forecast', title: 'Forecast', figure: true },
  /** Accuracy and loss before it, right after it, and once the network was trained on. */
  { id: 'before', title: 'Before', figure: true },
  { id: 'fused', title: 'Fused', figure: true },
  { id: 'trained', title: 'Trained on', figure: true },
  /** Of the whole network, before and after. */
  { id: 'layers', title: 'Layers', figure: true },
  { id: 'parameters', title: 'Parameters', figure: true },
  { id: 'macs', title: 'MACs', figure: true },
] as const;
type FusionRow = Readonly<Record<(typeof fusionColumns)[number]['id'], string>>;

/** What each fusion was foretold to lose, and what it came to. */
export function fusionRows(fusions: readonly FusionReport[]): FusionRow[] {
  return fusions.map(({ first, second, kernel, inputs, rho, before, fused, trained, amounts }) => {
    const of = (name: 'layers' | 'parameters' | 'macs') =>
      `${formatLarge(amounts.before[name])} → ${formatLarge(amounts.after[name])}`;
    return {
      label: `${first} and ${second}`,
      layer:
        kernel === null
          ? `dense, ${formatCount(inputs)} inputs`
          : `${kernel[0]}×${kernel[1]} convolution, ${formatCount(inputs)} inputs`,
      forecast: formatPercent(rho, 2),
      before: answers(before),
      fused: answers(fused),
      trained: answers(trained),
      layers: of('layers'),
      parameters: of('parameters'),
      macs: of('macs'),
    };
  });
}

const answers = ({ accuracy, loss }: FusionReport['before']): string =>
  `${formatPercent(accuracy)} (${loss.toFixed(3)})`;

/** What fusions were chosen by, and what their forecast means. */
export function fusionWords(fusions: readonly FusionReport[]): string {
  const [first] = fusions;
  if (first === undefined) return '';
  const { before } = first.amounts;
  const after = fusions.at(-1)?.amounts.after ?? before;
  return `${formatPlural(before.layers, 'layer')} became ${formatCount(after.layers)}. Of all pairs that lead to the budget the one with the smallest forecast was fused, each time in the network as it stood; the forecast is the share of the variance of what the second layer makes that the fused layer does not give. Accuracy, and the loss in brackets, are of the test part, which decided nothing.`;
}
