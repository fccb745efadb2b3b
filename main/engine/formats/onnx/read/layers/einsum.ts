import { sizeOf } from '../../../../network/graph.ts';
import { textAttr } from '../attributes.ts';
import type { FloatConstant } from '../constant.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import { transposed } from '../transposed.ts';
import type { LayerReaders } from './reader.ts';
import { inOrder, placeView, reshapedTo } from './views.ts';

/** Which axis of each operand and of the result each letter names. */
interface Equation {
  readonly operands: readonly (readonly string[])[];
  readonly result: readonly string[];
}

/** 'bij,bjk->bik' as lists of letters. */
function equationOf(importer: Importer, node: ReadNode): Equation {
  const [, left = '', right = ''] =
    /^([A-Za-z,]+)->([A-Za-z]+)$/.exec(textAttr(node, 'equation', '').replace(/\s/g, '')) ?? [];
  const operands = left.split(',').map((text) => [...text]);
  const plain = operands.every((letters) => new Set(letters).size === letters.length);
  if (right === '' || operands.length !== 2 || node.inputs.length !== 2 || !plain) {
    throw importer.fail(node, `has the equation '${textAttr(node, 'equation', '')}', which is not supported`);
  }
  return { operands, result: [...right] };
}

/** A product of a value with a stored tensor is a dense layer, of two values a product of matrices. */
export const einsum: LayerReaders = {
  Einsum(importer, node) {
    const { operands, result } = equationOf(importer, node);
    const constant = node.inputs.findIndex((name) => importer.isConstant(name));
    const first = constant === 0 ? 1 : 0;
    const [a = [], b = []] = [operands[first], operands[1 - first]];
    const value = importer.value(node, first);
    const other = constant >= 0 ? importer.floats(node, constant, 'factor') : importer.value(node, 1);
    const { length: rank } = other.shape;
    const lost = a.filter((letter) => !b.includes(letter) && !result.includes(letter));
    const made = result.every((letter) => a.includes(letter) || b.includes(letter));
    if (a.length !== value.shape.length || b.length !== rank || lost.length > 0 || !made) {
      throw importer.fail(node, 'has an equation that does not fit its inputs');
    }
    const inner = a.filter((letter) => b.includes(letter) && !result.includes(letter));
    const shared = a.filter((letter) => b.includes(letter) && result.includes(letter));
    const own = a.filter((letter) => !b.includes(letter));
    const added = b.filter((letter) => !a.includes(letter));
    if (inner.length === 0 || added.some((letter) => !result.includes(letter))) {
      throw importer.fail(node, 'has an equation without a product of matrices');
    }
    const sizes = new Map<string, number>();
    a.forEach((letter, i) => sizes.set(letter, value.shape[i] ?? 1));
    b.forEach((letter, i) => sizes.set(letter, other.shape[i] ?? 1));
    const size = (letters: readonly string[]) => letters.map((letter) => sizes.get(letter) ?? 1);
    const product =
      constant >= 0
        ? dense(importer, node, value, other as FloatConstant, { a, b, inner, shared, own, added, size })
        : matrices(importer, node, value, other as Value, { a, b, inner, shared, own, added, size });
    const letters = constant >= 0 ? [...own, ...added] : [...shared, ...own, ...added];
    const source = reshapedTo(importer, node, product, size(letters.slice(1)));
    placeView(importer, node, { source, axes: result.map((letter) => [letters.indexOf(letter)]) });
  },
};

interface Parts extends Record<'a' | 'b' | 'inner' | 'shared' | 'own' | 'added', readonly string[]> {
  readonly size: (letters: readonly string[]) => number[];
}

function dense(importer: Importer, node: ReadNode, value: Value, factor: FloatConstant, parts: Parts): Value {
  const { a, b, inner, shared, own, added, size } = parts;
  if (shared.length > 0 || own[0] !== a[0]) throw importer.fail(node, 'works over the batch');
  const moved = inOrder(
    importer,
    node,
    value,
    [...own, ...inner].map((letter) => a.indexOf(letter)),
  );
  const flat = reshapedTo(importer, node, moved, [...size(own.slice(1)), sizeOf(size(inner))]);
  const turned = transposed(
    factor,
    [...added, ...inner].map((letter) => b.indexOf(letter)),
  ) as FloatConstant;
  const weight = { ...turned, shape: [sizeOf(size(added)), sizeOf(size(inner))] };
  return importer.add(node, {
    op: 'Dense',
    inputs: [flat],
    params: {
      weight: importer.keep(
        node.inputs[importer.isConstant(node.inputs[0] ?? '') ? 0 : 1] ?? '',
        weight,
        'weight',
      ),
    },
    output: importer.helperName(node, 'product'),
  });
}

function matrices(importer: Importer, node: ReadNode, left: Value, right: Value, parts: Parts): Value {
  const { a, b, inner, shared, own, added, size } = parts;
  if (shared[0] !== a[0] || shared[0] !== b[0]) throw importer.fail(node, 'works over the batch');
  const operand = (
    value: Value,
    letters: readonly string[],
    order: readonly string[],
    last: readonly number[],
  ) => {
    const perm = order.map((letter) => letters.indexOf(letter));
    return reshapedTo(importer, node, inOrder(importer, node, value, perm), [
      ...size(shared.slice(1)),
      ...last,
    ]);
  };
  const depth = sizeOf(size(inner));
  const rows = operand(left, a, [...shared, ...own, ...inner], [sizeOf(size(own)), depth]);
  const columns = operand(right, b, [...shared, ...inner, ...added], [depth, sizeOf(size(added))]);
  return importer.add(node, {
    op: 'MatMul',
    inputs: [rows, columns],
    output: importer.helperName(node, 'product'),
  });
}
