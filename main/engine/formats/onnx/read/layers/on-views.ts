import type { Constant } from '../constant.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadAttribute, ReadNode } from '../model.ts';
import { intAttr } from '../attributes.ts';
import { list } from './list.ts';
import { batchAxis, type Plain, plain, placeView, viewOf, viewShape } from './views.ts';
import type { LayerReader } from './reader.ts';

/** Reads a node as usual, on other inputs, and gives back what it makes. */
type Run = (inputs: readonly string[], attrs?: Readonly<Record<string, ReadAttribute>>) => Value;

/** A reader of nodes with a view among their inputs; `read` is the reader for values. */
type ViewReader = (importer: Importer, node: ReadNode, run: Run) => void;

/** A function of each element: the order of the axes does not matter. */
const pointwise: ViewReader = (importer, node, run) => {
  const view = viewOf(importer, node);
  const source = run([view.source.name, ...node.inputs.slice(1)]);
  placeView(importer, node, { source, axes: view.axes });
};

/** The axis of the plain form that an axis of the view is. */
function ownAxis(importer: Importer, node: ReadNode, { view }: Plain, axis: number): number {
  const place = axis < 0 ? axis + view.axes.length : axis;
  const [own, ...more] = view.axes[place] ?? [];
  if (own === undefined || own === 0 || more.length > 0) {
    throw importer.fail(node, `works along axis ${axis}, which holds the batch`);
  }
  return own;
}

/** A function along the last axis, or along the axis that an attribute names. */
const alongAxis =
  (fallback: number): ViewReader =>
  (importer, node, run) => {
    const form = plain(importer, node, viewOf(importer, node));
    const axis = ownAxis(importer, node, form, intAttr(node, 'axis', fallback));
    const source = run([form.source.name, ...node.inputs.slice(1)], { axis });
    placeView(importer, node, { source, axes: form.view.axes });
  };

/** A product with a stored matrix, or of two values over their last two axes. */
const product: ViewReader = (importer, node, run) => {
  const left = plain(importer, node, viewOf(importer, node));
  if (importer.isConstant(node.inputs[1] ?? '')) {
    ownAxis(importer, node, left, -1);
    const source = run([left.source.name, ...node.inputs.slice(1)]);
    placeView(importer, node, { source, axes: left.view.axes });
    return;
  }
  const right = plain(importer, node, viewOf(importer, node, 1));
  for (const form of [left, right]) [-2, -1].forEach((axis) => ownAxis(importer, node, form, axis));
  expectAlike(importer, node, left, right);
  const source = run([left.source.name, right.source.name]);
  placeView(importer, node, { source, axes: left.view.axes });
};

function expectAlike(importer: Importer, node: ReadNode, a: Plain, b: Plain): void {
  const same = a.view.axes.length === b.view.axes.length && a.batch === b.batch;
  if (!same || a.around.join() !== b.around.join()) {
    const shapes = [a, b].map(
      ({ view }) => `${view.axes.length} axes, the batch in number ${batchAxis(view)}`,
    );
    throw importer.fail(node, `combines values with ${shapes.join(' and ')}`);
  }
}

/** An operator on two operands, with NumPy's broadcasting. */
const binary: ViewReader = (importer, node, run) => {
  const constant = node.inputs.findIndex((name) => importer.isConstant(name));
  if (constant < 0) {
    const [left, right] = [0, 1].map((i) => plain(importer, node, viewOf(importer, node, i)));
    if (left === undefined || right === undefined) return;
    expectAlike(importer, node, left, right);
    placeView(importer, node, {
      source: run([left.source.name, right.source.name]),
      axes: left.view.axes,
    });
    return;
  }
  const form = plain(importer, node, viewOf(importer, node, 1 - constant));
  const name = node.inputs[constant] ?? '';
  const stored = importer.constant(node, constant);
  const inputs = [form.source.name, form.source.name];
  inputs[constant] = stored?.data.length === 1 ? name : turnedConstant(importer, node, form, stored, name);
  placeView(importer, node, { source: run(inputs), axes: form.view.axes });
};

/** A constant in the order of the plain form, under a name of its own. */
function turnedConstant(
  importer: Importer,
  node: ReadNode,
  { view, batch, around }: Plain,
  constant: Constant | undefined,
  name: string,
): string {
  const rank = view.axes.length;
  const own = constant?.shape ?? [];
  const full = [...Array<number>(Math.max(0, rank - own.length)).fill(1), ...own];
  if (constant === undefined || own.length > rank || full[batch] !== 1) {
    throw importer.fail(node, `has a constant of shape [${own.join(', ')}], which reaches over the batch`);
  }
  if (own.length <= rank - 1 - batch) return name;
  const inner = around.filter((size) => size > 1).map(() => 1);
  const shape = [1, ...full.toSpliced(batch, 1, ...inner)];
  const turned = importer.freeName(`${name}/order`);
  importer.setConstant(turned, { ...constant, shape });
  return turned;
}

/** A reduction over some axes that do not hold the batch. */
const reduction: ViewReader = (importer, node, run) => {
  const form = plain(importer, node, viewOf(importer, node));
  const rank = form.view.axes.length;
  const wanted = list(importer, node, 1, 'axes');
  if (wanted === undefined) throw importer.fail(node, 'works over the batch, which is not supported');
  const axes = wanted.map((axis) => ownAxis(importer, node, form, axis));
  const keep = intAttr(node, 'keepdims', 1) === 1;
  const source = run([form.source.name], { axes, keepdims: Number(keep) });
  const gone = wanted.map((axis) => (axis < 0 ? axis + rank : axis));
  const left = keep ? form.view.axes : form.view.axes.filter((_, i) => !gone.includes(i));
  const place = (axis: number) => (keep ? axis : axis - axes.filter((other) => other < axis).length);
  placeView(importer, node, { source, axes: left.map((parts) => parts.map(place)) });
};

/** Values joined along an axis that does not hold the batch. */
const concat: ViewReader = (importer, node, run) => {
  const forms = node.inputs.map((_, i) => plain(importer, node, viewOf(importer, node, i)));
  const [first, ...others] = forms;
  if (first === undefined) throw importer.fail(node, 'has no inputs');
  for (const other of others) expectAlike(importer, node, first, other);
  const axis = ownAxis(importer, node, first, intAttr(node, 'axis', 0));
  const source = run(
    forms.map(({ source: { name } }) => name),
    { axis },
  );
  placeView(importer, node, { source, axes: first.view.axes });
};

/** Parts along axes that do not hold the batch. */
const slice: ViewReader = (importer, node, run) => {
  const form = plain(importer, node, viewOf(importer, node));
  const starts = list(importer, node, 1, 'starts') ?? [];
  const axes = (list(importer, node, 3, 'axes') ?? [...starts.keys()]).map((axis) =>
    ownAxis(importer, node, form, axis),
  );
  const name = importer.freeName(`${node.outputs[0] ?? ''}/axes`);
  importer.setConstant(name, { kind: 'integer', shape: [axes.length], data: Float64Array.from(axes) });
  const inputs = node.inputs.length > 1 ? node.inputs.with(0, form.source.name) : [form.source.name];
  if (node.inputs.length > 1) inputs[3] = name;
  placeView(importer, node, {
    source: run(
      inputs.map((input) => input ?? ''),
      { axes },
    ),
    axes: form.view.axes,
  });
};

/** Copies of a value along an axis, of one entry or by the rules of broadcasting: only its own shape is supported here. */
const expand: ViewReader = (importer, node, run) => {
  const view = viewOf(importer, node);
  const own = viewShape(view);
  const wanted = list(importer, node, 1, 'shape') ?? [];
  const same = wanted.every((dim, i) => dim === 1 || dim === own[own.length - wanted.length + i]);
  if (!same) throw importer.fail(node, 'repeats a value whose first axis is not the batch');
  placeView(importer, node, { source: run([view.source.name]), axes: view.axes });
};

const simple = [
  'Relu',
  'Sigmoid',
  'Tanh',
  'Erf',
  'Gelu',
  'HardSwish',
  'HardSigmoid',
  'LeakyRelu',
  'Elu',
  'Selu',
];
const more = ['Softplus', 'Softsign', 'Mish', 'Exp', 'Log', 'Sqrt', 'Abs', 'Neg', 'Reciprocal', 'Clip'];
const passing = ['Identity', 'Cast', 'Dropout'];

const viewReaders: ReadonlyMap<string, ViewReader> = new Map([
  ...[...simple, ...more, ...passing].map((op): [string, ViewReader] => [op, pointwise]),
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum'].map((op): [string, ViewReader] => [op, binary]),
  ...['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin'].map((op): [string, ViewReader] => [op, reduction]),
  ...['Softmax', 'LogSoftmax', 'LayerNormalization'].map((op): [string, ViewReader] => [op, alongAxis(-1)]),
  ['MatMul', product],
  ['Gemm', product],
  ['Concat', concat],
  ['Slice', slice],
  ['Expand', expand],
]);

/** Readers that know views themselves. */
const own = new Set(['Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten', 'Gather', 'Split', 'Shape']);

/** The reader for a node with a view among its inputs; undefined where the ordinary one does, if only to refuse it. */
export function readerOnViews(
  importer: Importer,
  node: ReadNode,
  read: LayerReader,
): LayerReader | undefined {
  if (own.has(node.opType) || !node.inputs.some((name) => importer.viewNamed(name))) return undefined;
  const reader = viewReaders.get(node.opType);
  if (reader === undefined) return undefined;
  return () => {
    const run: Run = (inputs, attrs = {}) => {
      const output = importer.helperName(node, 'batch-first');
      const changed: ReadNode = {
        ...node,
        inputs,
        outputs: [output],
        attrs: new Map([...node.attrs, ...Object.entries(attrs)]),
      };
      importer.standIn(changed, node);
      read(importer, changed);
      return importer.value({ ...changed, inputs: [output] });
    };
    reader(importer, node, run);
  };
}
