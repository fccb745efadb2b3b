import type { FloatConstant } from '../constant.ts';
import { textAttr } from '../attributes.ts';
import type { Importer, Value } from '../importer.ts';
import type { ReadNode } from '../model.ts';
import type { LayerReaders } from './reader.ts';

/** A list of floats that an operator keeps as an attribute. */
function stored(importer: Importer, node: ReadNode, name: string): FloatConstant {
  const value = node.attrs.get(name);
  if (typeof value !== 'object' || !('floats' in value)) throw importer.fail(node, `lacks its '${name}'`);
  importer.spend(node, value.floats.length);
  return { kind: 'float', shape: [value.floats.length], data: Float32Array.from(value.floats) };
}

/** A row of features. */
function row(importer: Importer, node: ReadNode): Value & { readonly features: number } {
  const value = importer.value(node);
  const [, features] = value.shape;
  if (features === undefined || value.shape.length !== 2) {
    throw importer.fail(node, 'works on something else than rows of features');
  }
  return { ...value, features };
}

/** What the scores of a linear classifier become. */
const TRANSFORMS: Readonly<Record<string, string>> = {
  NONE: 'Identity',
  SOFTMAX: 'Softmax',
  LOGISTIC: 'Sigmoid',
};

/** Operators of the set ai.onnx.ml that scikit-learn's pipelines are exported with. */
export const sklearn: LayerReaders = {
  /** (x - offset) * scale */
  Scaler(importer, node) {
    const input = row(importer, node);
    const keep = (name: string) => {
      const values = stored(importer, node, name);
      if (values.data.length !== input.features && values.data.length !== 1) {
        throw importer.fail(
          node,
          `has ${values.data.length} numbers as '${name}' for ${input.features} features`,
        );
      }
      return importer.keep(importer.freeName(`${node.outputs[0] ?? ''}/${name}`), values, 'constant');
    };
    const moved = importer.add(node, {
      op: 'Sub',
      inputs: [input],
      params: { constant: keep('offset') },
      output: importer.helperName(node, 'moved'),
    });
    importer.add(node, { op: 'Mul', inputs: [moved], params: { constant: keep('scale') } });
  },

  /** Its first output is the label, its second the scores. */
  LinearClassifier(importer, node) {
    const input = row(importer, node);
    const { data } = stored(importer, node, 'coefficients');
    const bias = node.attrs.has('intercepts') ? stored(importer, node, 'intercepts') : undefined;
    const units = data.length / input.features;
    const transform = TRANSFORMS[textAttr(node, 'post_transform', 'NONE')];
    if (!Number.isInteger(units) || units < 2 || (bias !== undefined && bias.data.length !== units)) {
      throw importer.fail(node, `has ${data.length} coefficients for ${input.features} features`);
    }
    if (transform === undefined) {
      throw importer.fail(node, `changes its scores by '${textAttr(node, 'post_transform', '')}'`);
    }
    const [label = '', scores = label] = node.outputs;
    const name = (what: string) => importer.freeName(`${scores}/${what}`);
    const weight: FloatConstant = { kind: 'float', shape: [units, input.features], data };
    const made = importer.add(node, {
      op: 'Dense',
      inputs: [input],
      params: {
        weight: importer.keep(name('coefficients'), weight, 'weight'),
        ...(bias && { bias: importer.keep(name('intercepts'), bias, 'bias') }),
      },
      output: importer.helperName(node, 'scores'),
    });
    const attrs: Record<string, number> = transform === 'Softmax' ? { axis: -1 } : {};
    importer.add(node, { op: transform, inputs: [made], attrs, output: scores });
  },

  /** Each row divided by its sum, its length or its largest entry. */
  Normalizer(importer, node) {
    const input = row(importer, node);
    const helper = (what: string) => importer.helperName(node, what);
    const attrs = { axes: [1], keepdims: true };
    const add = (op: string, inputs: readonly Value[], what: string, more = {}) =>
      importer.add(node, { op, inputs, attrs: more, output: helper(what) });
    const norm = textAttr(node, 'norm', 'MAX');
    const size =
      norm === 'L2'
        ? add('Sqrt', [add('ReduceSum', [add('Mul', [input, input], 'square')], 'sum', attrs)], 'length')
        : add(norm === 'L1' ? 'ReduceSum' : 'ReduceMax', [add('Abs', [input], 'abs')], 'size', attrs);
    importer.add(node, { op: 'Div', inputs: [input, size] });
  },
};
