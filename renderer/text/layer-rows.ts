import type { NetworkSummary } from '../../main/contract/catalog.ts';

type Layer = NetworkSummary['layers'][number];

/** How a table of layers is sorted: by the network's order, by a name, or by an amount. */
export interface LayerSort {
  readonly column: string;
  readonly down: boolean;
}

const keyOf: Readonly<Record<string, (layer: Layer) => number | string>> = {
  name: ({ name }) => name,
  op: ({ op }) => op,
  parameters: ({ parameters }) => parameters,
  macs: ({ macs }) => macs,
};

/** The layers with a name, a kind or a weight that has all words that somebody looks for, sorted; equal ones in the network's order. */
export function layerRows(layers: readonly Layer[], wanted: string, { column, down }: LayerSort): Layer[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = layers.filter(({ name, op, weights }) => {
    const text = [name, op, ...weights].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const key = keyOf[column];
  if (key === undefined) return down ? found.reverse() : found;
  const way = down ? -1 : 1;
  return found.sort((a, b) => way * compare(key(a), key(b)));
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
