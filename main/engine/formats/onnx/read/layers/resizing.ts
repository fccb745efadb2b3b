import type { AttrValue } from '../../../../network/graph.ts';
import { intAttr, textAttr } from '../attributes.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReader, LayerReaders } from './reader.ts';

/** Height and width of the output, from the wanted sizes or from factors. */
function sizeOf(importer: Importer, node: ReadNode, scales: number, sizes: number): number[] {
  const { shape } = importer.value(node);
  if (shape.length !== 4) throw importer.fail(node, 'works on something else than images');
  const wanted = node.inputs[sizes] ? importer.constant(node, sizes) : undefined;
  const factors = node.inputs[scales] ? importer.constant(node, scales)?.data : listed(node);
  const exact =
    wanted !== undefined && wanted.data.length === 4
      ? [...wanted.data]
      : factors?.length === 4
        ? shape.map((dim, i) => dim * (factors[i] ?? 1))
        : undefined;
  if (exact === undefined || exact[1] !== shape[1]) {
    throw importer.fail(node, 'does not say its output size, or resizes more than height and width');
  }
  if (!exact.every((dim) => Number.isInteger(dim))) {
    throw importer.fail(node, `has factors that give a size of [${exact.join(', ')}], which is rounded`);
  }
  return exact.slice(2);
}

/** Factors as opset 7 has them. */
function listed({ attrs }: ReadNode): readonly number[] | undefined {
  const scales = attrs.get('scales');
  return typeof scales === 'object' && 'floats' in scales ? scales.floats : undefined;
}

/** Of the modes and coordinates, those that the layer knows; it refuses the others by name. */
const read: LayerReader = (importer, node) => {
  if (intAttr(node, 'antialias', 0) !== 0 || intAttr(node, 'exclude_outside', 0) !== 0) {
    throw importer.fail(node, 'weighs pixels in a way that is not supported');
  }
  const old = importer.model.opset < 11;
  const attrs: Record<string, AttrValue> = {
    mode: textAttr(node, 'mode', 'nearest'),
    size: old ? sizeOf(importer, node, 1, 9) : sizeOf(importer, node, 2, 3),
    coordinates: old ? 'asymmetric' : textAttr(node, 'coordinate_transformation_mode', 'half_pixel'),
    rounding: old ? 'floor' : textAttr(node, 'nearest_mode', 'round_prefer_floor'),
  };
  importer.add(node, { op: 'Resize', inputs: [importer.value(node)], attrs });
};

export const resizing: LayerReaders = { Resize: read, Upsample: read };
