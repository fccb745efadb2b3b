import type { MaskSet, Network, Node, WeightSet } from '../../../main/engine/network/graph.ts';
import { prunableParams } from '../../../main/engine/network/graph.ts';

/**
 * SynFlow's rounds once more in float64, from the formulas and for the layers of a ResNet alone: sums in the
 * other order, no powers of two, weights picked by sorting. Shares no code with what it checks but the network.
 */
export function replayedLadder(network: Network, weights: WeightSet, targets: readonly number[]): MaskSet[] {
  const names = prunableParams(network);
  const total = names.reduce((sum, name) => sum + (weights.get(name)?.data.length ?? 0), 0);
  const found: MaskSet[] = [];
  for (const target of targets) {
    const before = found.at(-1);
    const scores = flowScores(network, (name) => {
      const mask = before?.get(name);
      const data = weights.get(name)?.data ?? [];
      return Float64Array.from(data, (value, i) => (mask?.[i] === 0 ? 0 : Math.abs(value)));
    });
    const entries = names.flatMap((name) =>
      Array.from(scores.get(name) ?? [], (value, i) => ({ name, i, value })).filter(
        ({ i }) => before?.get(name)?.[i] !== 0,
      ),
    );
    // A stable sort: of equal scores the earlier weight comes first.
    entries.sort((a, b) => b.value - a.value);
    const masks: MaskSet = new Map(
      names.map((name) => [name, new Uint8Array(weights.get(name)?.data.length ?? 0)]),
    );
    for (const { name, i } of entries.slice(0, Math.round((1 - target) * total))) {
      (masks.get(name) as Uint8Array)[i] = 1;
    }
    found.push(masks);
  }
  return found;
}

/** [channels, height, width]. */
interface Map3 {
  readonly size: readonly [number, number, number];
  readonly v: Float64Array;
  /** dR/dv. */
  readonly d: Float64Array;
}

const map3 = (size: Map3['size'], v = new Float64Array(size[0] * size[1] * size[2])): Map3 => ({
  size,
  v,
  d: new Float64Array(v.length),
});

function flowScores(network: Network, value: (name: string) => Float64Array): Map<string, Float64Array> {
  const [input] = network.inputs;
  const size = input?.shape as [number, number, number];
  const values = new Map([[input?.name ?? '', map3(size)]]);
  values.get(input?.name ?? '')?.v.fill(1);
  const scores = new Map<string, Float64Array>();
  const back = network.nodes.map((node) => {
    const ins = node.inputs.map((name) => values.get(name) as Map3);
    const { out, undo } = layer(network, node, ins, value, scores);
    values.set(node.outputs[0] ?? '', out);
    return undo;
  });
  values.get(network.outputs.at(-1) ?? '')?.d.fill(1);
  for (const undo of back.reverse()) undo();
  return scores;
}

function layer(
  network: Network,
  node: Node,
  [x, other]: readonly Map3[],
  value: (name: string) => Float64Array,
  scores: Map<string, Float64Array>,
): { out: Map3; undo: () => void } {
  if (x === undefined) throw new Error('no input');
  const param = (role: string) => value(node.params[role] ?? '');
  const shape = network.params[node.params['weight'] ?? '']?.shape ?? [];
  switch (node.op) {
    case 'Conv2D':
    case 'Dense':
      return weighted(node, x, param('weight'), shape, node.params['bias'] && param('bias'), scores);
    case 'BatchNorm': {
      const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map(param);
      const plane = x.size[1] * x.size[2];
      const slope = (i: number) => {
        const c = Math.trunc(i / plane);
        return (scale?.[c] ?? NaN) / Math.sqrt((variance?.[c] ?? NaN) + (node.attrs['epsilon'] as number));
      };
      const at = (i: number) => Math.trunc(i / plane);
      const v = x.v.map((one, i) => slope(i) * (one - (mean?.[at(i)] ?? NaN)) + (shift?.[at(i)] ?? NaN));
      const out = map3(x.size, v);
      return { out, undo: () => out.d.forEach((d, i) => (x.d[i] = (x.d[i] as number) + d * slope(i))) };
    }
    case 'Relu': {
      const out = map3(x.size, x.v.map((one) => Math.max(0, one))); // prettier-ignore
      return { out, undo: () => out.d.forEach((d, i) => (x.d[i] = (x.d[i] as number) + ((x.v[i] as number) > 0 ? d : 0))) }; // prettier-ignore
    }
    case 'Add': {
      if (other === undefined) throw new Error('no second input');
      const out = map3(x.size, x.v.map((one, i) => one + (other.v[i] as number))); // prettier-ignore
      return {
        out,
        undo: () =>
          out.d.forEach((d, i) => {
            x.d[i] = (x.d[i] as number) + d;
            other.d[i] = (other.d[i] as number) + d;
          }),
      };
    }
    case 'GlobalAvgPool': {
      const plane = x.size[1] * x.size[2];
      const out = map3([x.size[0], 1, 1]);
      x.v.forEach((one, i) => (out.v[Math.trunc(i / plane)] = (out.v[Math.trunc(i / plane)] as number) + one / plane)); // prettier-ignore
      return { out, undo: () => x.d.forEach((d, i) => (x.d[i] = d + (out.d[Math.trunc(i / plane)] as number) / plane)) }; // prettier-ignore
    }
    case 'Flatten':
      return { out: x, undo: () => undefined };
    default:
      throw new Error(`no ${node.op} here`);
  }
}

/** A convolution; a dense layer is one of a single pixel. */
function weighted(
  node: Node,
  x: Map3,
  w: Float64Array,
  [outs = 0, ins = 0, kh = 1, kw = 1]: readonly number[],
  bias: Float64Array | '' | undefined,
  scores: Map<string, Float64Array>,
): { out: Map3; undo: () => void } {
  const [, height, width] = x.size;
  const [stride = 1] = (node.attrs['strides'] as number[] | undefined) ?? [];
  const [pad = 0] = (node.attrs['pads'] as number[] | undefined) ?? [];
  const size = (length: number, kernel: number) => Math.trunc((length + 2 * pad - kernel) / stride) + 1;
  const out = map3([outs, size(height, kh), size(width, kw)]);
  const [, rows, columns] = out.size;
  const slopes = new Float64Array(w.length);
  const alive = Array.from(w.keys())
    .filter((i) => w[i] !== 0)
    .reverse();
  const each = (visit: (w: number, x: number, y: number) => void) => {
    for (const weight of alive) {
      const [dx, dy] = [weight % kw, Math.trunc(weight / kw) % kh];
      const [i, o] = [Math.trunc(weight / (kh * kw)) % ins, Math.trunc(weight / (kh * kw * ins))];
      for (let y = rows - 1; y >= 0; y--) {
        const fromY = y * stride - pad + dy;
        if (fromY < 0 || fromY >= height) continue;
        for (let c = columns - 1; c >= 0; c--) {
          const fromX = c * stride - pad + dx;
          if (fromX < 0 || fromX >= width) continue;
          visit(weight, (i * height + fromY) * width + fromX, (o * rows + y) * columns + c);
        }
      }
    }
  };
  each((weight, from, to) => (out.v[to] = (out.v[to] as number) + (w[weight] as number) * (x.v[from] as number))); // prettier-ignore
  if (bias) out.v.forEach((v, i) => (out.v[i] = v + (bias[Math.trunc(i / (rows * columns))] as number)));
  return {
    out,
    undo() {
      each((weight, from, to) => {
        slopes[weight] = (slopes[weight] as number) + (out.d[to] as number) * (x.v[from] as number);
        x.d[from] = (x.d[from] as number) + (w[weight] as number) * (out.d[to] as number);
      });
      scores.set(node.params['weight'] ?? '', slopes.map((slope, i) => slope * (w[i] as number))); // prettier-ignore
    },
  };
}
