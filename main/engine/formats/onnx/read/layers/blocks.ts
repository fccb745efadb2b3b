import { intAttr, textAttr } from '../attributes.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReader, LayerReaders } from './reader.ts';

/** Channels into blocks of pixels or back: a Reshape, a Transpose and a Reshape. */
function moved(
  plan: (importer: Importer, node: ReadNode, size: number, shape: readonly number[]) => readonly number[][],
): LayerReader {
  return (importer, node) => {
    const input = importer.value(node);
    const size = intAttr(node, 'blocksize', 1);
    if (input.shape.length !== 4 || size < 1)
      throw importer.fail(node, 'works on something else than images');
    const [split = [], perm = [], shape = []] = plan(importer, node, size, input.shape.slice(1));
    if (![...split, ...shape].every((dim) => Number.isInteger(dim))) {
      throw importer.fail(node, `has blocks of ${size}, which do not fit [${input.shape.join(', ')}]`);
    }
    const parts = importer.add(node, {
      op: 'Reshape',
      inputs: [input],
      attrs: { shape: split },
      output: importer.helperName(node, 'parts'),
    });
    const turned = importer.add(node, {
      op: 'Transpose',
      inputs: [parts],
      attrs: { perm },
      output: importer.helperName(node, 'turned'),
    });
    importer.add(node, { op: 'Reshape', inputs: [turned], attrs: { shape } });
  };
}

export const blocks: LayerReaders = {
  DepthToSpace: moved((_, node, size, [channels = 1, height = 1, width = 1]) => {
    const left = channels / size ** 2;
    const first = textAttr(node, 'mode', 'DCR') === 'DCR';
    return [
      first ? [size, size, left, height, width] : [left, size, size, height, width],
      first ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3],
      [left, height * size, width * size],
    ];
  }),

  SpaceToDepth: moved((_importer, _node, size, [channels = 1, height = 1, width = 1]) => [
    [channels, height / size, size, width / size, size],
    [0, 3, 5, 1, 2, 4],
    [channels * size ** 2, height / size, width / size],
  ]),
};
