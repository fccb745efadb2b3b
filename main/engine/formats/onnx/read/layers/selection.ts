import { sizeOf } from '../../../../network/graph.ts';
import { intAttr } from '../attributes.ts';
import { BATCH } from '../constant.ts';
import type { Importer } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';
import { list } from './shape.ts';
import { permWithout, placeView, takeEntry } from './views.ts';

function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Positions that go up evenly, as start, end and step; undefined for others. */
function evenly(positions: readonly number[]): { start: number; end: number; step: number } | undefined {
  const [start = 0, second = start + 1] = positions;
  const step = second - start;
  if (step < 1 || positions.some((at, i) => at !== start + i * step)) return undefined;
  return { start, end: (positions.at(-1) ?? 0) + 1, step };
}

function splitSizes(importer: Importer, node: ReadNode, length: number): number[] {
  const given = list(importer, node, 1, 'split');
  if (given !== undefined) return [...given];
  const parts = node.outputs.length;
  const each = Math.ceil(length / parts);
  return node.outputs.map((_, i) => (i < parts - 1 ? each : length - each * (parts - 1)));
}

export const selection: LayerReaders = {
  Split(importer, node) {
    const view = importer.view(node);
    const source = view?.source ?? importer.value(node);
    const axis = positive(intAttr(node, 'axis', 0), source.shape.length);
    const own = view?.perm[axis] ?? axis;
    if (own === 0) throw importer.fail(node, 'cuts the batch, which is not supported');
    const attrs = { axis: own, sizes: splitSizes(importer, node, source.shape[own] ?? 0) };
    const layer = { op: 'Split', inputs: [source], attrs };
    if (view === undefined) importer.addMany(node, layer, node.outputs);
    else {
      const names = node.outputs.map((_, i) => importer.helperName(node, `part${i}`));
      importer.addMany(node, layer, names).forEach((part, i) => {
        placeView(importer, node, { source: part, perm: view.perm }, node.outputs[i]);
      });
    }
  },

  /** One entry of an axis, or entries that go up evenly. */
  Gather(importer, node) {
    const view = importer.view(node);
    const source = view?.source ?? importer.value(node);
    const axis = positive(intAttr(node, 'axis', 0), source.shape.length);
    const own = view?.perm[axis] ?? axis;
    const size = source.shape[own] ?? 0;
    const indices = importer.constant(node, 1);
    if (indices?.kind !== 'integer') throw importer.fail(node, 'computes its indices from the data');
    const positions = [...indices.data].map((at) => positive(at, size));
    if (own === 0) throw importer.fail(node, 'takes samples of the batch, which is not supported');
    if (positions.some((at) => at < 0 || at >= size))
      throw importer.fail(node, 'takes entries that are not there');
    if (indices.shape.length === 0) {
      const taken = takeEntry(importer, node, source, own, positions[0] ?? 0);
      const perm = view?.perm ?? source.shape.map((_, i) => i);
      placeView(importer, node, { source: taken, perm: permWithout(perm, own) });
      return;
    }
    const range = evenly(positions);
    if (range === undefined || indices.shape.length !== 1 || view !== undefined) {
      throw importer.fail(node, 'takes entries in an order that is not supported');
    }
    const { start, end, step } = range;
    const attrs = { starts: [start], ends: [end], axes: [own], steps: [step] };
    importer.add(node, { op: 'Slice', inputs: [source], attrs });
  },

  /** Of a constant to the size of the batch, or of a value to its own shape. */
  Expand(importer, node) {
    const wanted = list(importer, node, 1, 'shape') ?? [];
    if (!importer.isConstant(node.inputs[0] ?? '')) {
      const value = importer.value(node);
      const same = wanted.every((dim, i) => {
        const own = value.shape[value.shape.length - wanted.length + i];
        return dim === 1 || dim === own || (dim === BATCH && value.shape.length === wanted.length && i === 0);
      });
      if (!same) throw importer.fail(node, 'repeats a value, which is not supported');
      importer.add(node, { op: 'Identity', inputs: [value] });
      return;
    }
    const constant = importer.floats(node, 0, 'values');
    const [batch, ...sample] = wanted;
    const [first] = importer.graphInputs();
    const input = first && importer.valueNamed(first.name);
    if (batch !== BATCH || input === undefined || constant.data.length !== sizeOf(sample)) {
      throw importer.fail(node, `makes the shape [${wanted.join(', ')}] of a constant`);
    }
    const values = { ...constant, shape: [1, ...sample] };
    importer.add(node, {
      op: 'BatchConstant',
      inputs: [input],
      params: { bias: importer.param(node, 0, 'bias', values) },
    });
  },
};
