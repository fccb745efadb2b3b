import { expect, test } from 'vitest';
import { answer } from '../../main/engine/process/queries.ts';
import { networkSummarySchema } from '../../main/contract/catalog.ts';
import { layerRows } from '../../renderer/text/layer-rows.ts';

const asked = { network: 'resnet-20', data: null, baseFolder: '/' };
const { layers } = networkSummarySchema.parse(await answer('inspect-network', asked));
const names = (wanted: string, column = 'order', down = false) =>
  layerRows(layers, wanted, { column, down }).map(({ name }) => name);

test('layers are found by all words of their name, kind or weights', () => {
  expect(names('')).toEqual(layers.map(({ name }) => name));
  expect(names('STAGE3 conv1').every((name) => name.startsWith('stage3'))).toBe(true);
  expect(names('STAGE3 conv1').length).toBe(3);
  expect(names('fc.weight')).toEqual(['fc']);
  expect(names('nothing')).toEqual([]);
});

test('layers are sorted by what they cost, equal ones as the network has them', () => {
  const by = (key: 'parameters' | 'macs') =>
    [...layers].sort((a, b) => b[key] - a[key]).map(({ name }) => name);
  expect(names('', 'parameters', true)).toEqual(by('parameters'));
  expect(names('', 'macs', true)).toEqual(by('macs'));
  expect(names('', 'order', true)).toEqual(names('').reverse());
  expect(names('', 'name')).toEqual([...names('', 'name', true)].reverse());
});

test('every weight that can be pruned is of one layer', () => {
  const weights = layers.flatMap((layer) => layer.weights);
  expect(new Set(weights).size).toBe(weights.length);
  expect(weights).toContain('fc.weight');
});
