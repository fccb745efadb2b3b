import { inputError } from '../../../contract/errors.ts';
import { formatShare } from '../../../words/format.ts';
import { element } from './element.ts';
import { filled, type Structure } from './structure.ts';
import { matrixOf, type WeightMatrix } from './weight-matrix.ts';

const OPTIONS = { n: 2, m: 4 };

/** A budget may be rounded by this much. */
const TOLERANCE = 0.005;

/**
 * N:M sparsity, as sparse tensor cores take it (Mishra et al. 2021, arXiv 2104.08378): of every m consecutive inputs of an
 * output, at the same position of a kernel, the n best-scored weights are kept. The last inputs of a layer, where they are
 * fewer than m, keep up to n, as if they were filled up with zeros. On the way to the pattern, groups keep more: m times the
 * density, rounded up.
 */
export const nOfM: Structure = {
  id: 'n:m',
  label: 'N of every M',
  summary:
    'Of every m consecutive inputs of a weight, n are kept: 2:4 is what sparse tensor cores take. Its sparsity is 1 - n/m.',
  aliases: ['semi-structured', '2:4', 'nm'],
  options: OPTIONS,
  fixed: true,
  scopes: {
    ids: ['global', 'layerwise'],
    why: 'every layer keeps n of m, and no share of it is left to choose',
  },
  unshuffled:
    "weights at other places of a layer no longer are n of every m; the criterion 'random' draws n of every m by chance",
  unfit(spec, sparsity) {
    const { n, m } = filled(spec, OPTIONS);
    if (n >= m) {
      return inputError('prune/structure', `${n}:${m} prunes nothing: n must be smaller than m.`, {
        field: 'prune.structure.n',
        remedy: `Choose n from 1 to ${m - 1}.`,
      });
    }
    const own = 1 - n / m;
    if (Math.abs(sparsity - own) <= TOLERANCE) return undefined;
    return inputError(
      'prune/structure',
      `${n}:${m} has a sparsity of ${formatShare(own)}, and the budget asks for ${formatShare(sparsity)}.`,
      {
        field: 'budget.sparsity',
        remedy: `Set it to ${Number(own.toFixed(4))}, or choose n and m whose 1 - n/m is the budget.`,
      },
    );
  },
  units(network, params, spec) {
    const { n, m } = filled(spec, OPTIONS);
    const single = element.units(network, params, spec);
    const matrices = params.map((name) => ({ name, matrix: matrixOf(network, name) }));
    return {
      ...single,
      pattern: {
        places: (scores) =>
          new Map(matrices.map(({ name, matrix }) => [name, places(scores.get(name) ?? [], matrix, m)])),
        keep: (sparsity) => {
          const each = keptOf(n, m, sparsity);
          return matrices.reduce((sum, { matrix }) => sum + keptIn(matrix, m, each), 0);
        },
      },
      remark: () => remark(matrices, n, m),
    };
  },
};

/** How many a group of m keeps at a sparsity: n at that of the pattern, and never fewer. */
function keptOf(n: number, m: number, sparsity: number): number {
  return Math.max(n, Math.ceil(Number(((1 - sparsity) * m - TOLERANCE * m).toFixed(9))));
}

/** Weights of a layer that are kept where every group keeps `each`, or all that it has. */
function keptIn({ rows, inputs, area, run }: WeightMatrix, m: number, each: number): number {
  const perRun = Math.floor(run / m) * each + Math.min(run % m, each);
  return rows * area * (inputs / run) * perRun;
}

/** For every weight how many of its group come before it, as a negative number: 0 for the best. Equals in the order of inputs. */
function places(scores: ArrayLike<number>, matrix: WeightMatrix, m: number): Float32Array {
  const found = new Float32Array(scores.length);
  const { rows, inputs, run, area, at } = matrix;
  for (let row = 0; row < rows; row++) {
    for (let position = 0; position < area; position++) {
      for (let start = 0, end; start < inputs; start = end) {
        end = Math.min(start + m, (Math.floor(start / run) + 1) * run);
        for (let i = start; i < end; i++) {
          const score = scores[at(row, i, position)] as number;
          let better = 0;
          for (let j = start; j < end; j++) {
            const other = scores[at(row, j, position)] as number;
            if (other > score || (other === score && j < i)) better++;
          }
          found[at(row, i, position)] = -better;
        }
      }
    }
  }
  return found;
}

function remark(
  matrices: readonly { readonly name: string; readonly matrix: WeightMatrix }[],
  n: number,
  m: number,
): string | undefined {
  const ragged = matrices.filter(({ matrix: { run } }) => run % m !== 0);
  if (ragged.length === 0) return undefined;
  const total = matrices.reduce((sum, { matrix }) => sum + matrix.rows * matrix.inputs * matrix.area, 0);
  const kept = matrices.reduce((sum, { matrix }) => sum + keptIn(matrix, m, n), 0);
  const names = ragged.map(({ name, matrix: { run } }) => `${name} (${run % m} of ${run} inputs)`).join(', ');
  return `${n}:${m}: the inputs of these layers are no multiple of ${m}, and their last ones keep up to ${n}: ${names}. ${formatShare(1 - kept / total)} of the weights are pruned instead of ${formatShare(1 - n / m)}.`;
}
