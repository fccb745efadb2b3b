import { costOf } from '../structures/structure.ts';
import { erkDensities, poolsByDensity, sumOverProduct } from './erk.ts';
import { densityOnTheWay, refuseOtherBudget } from './given.ts';
import type { Scope } from './scope.ts';

/**
 * Erdos-Renyi densities (Mocanu et al. 2018): that of a layer from n_in to n_out units is epsilon (n_in + n_out) / (n_in n_out),
 * 1 at most, whatever its kernels. Without an epsilon, as for ERK, it is the one that meets the budget.
 */
export const erdosRenyiScope: Scope = {
  id: 'erdos-renyi',
  label: 'Erdos-Renyi',
  summary:
    'Every layer keeps a share that follows its numbers of inputs and outputs, whatever its kernels: SET begins so.',
  fixed: true,
  takes: { field: 'epsilon', words: 'epsilon' },
  share(groups, sparsity, _network, { epsilon, target } = { target: sparsity }) {
    const raw = groups.map(({ shape }) => sumOverProduct(shape.slice(0, 2)));
    if (epsilon === undefined) {
      const shapes = groups.map(({ shape }) => shape);
      return poolsByDensity(groups, erkDensities(shapes, sparsity, raw));
    }
    const densities = raw.map((density) => Math.min(1, epsilon * density));
    const sizes = groups.map(costOf);
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    const kept = sizes.reduce((sum, size, i) => sum + size * (densities[i] ?? 0), 0);
    refuseOtherBudget('epsilon', 1 - kept / whole, target, 'leave prune.epsilon out');
    return poolsByDensity(
      groups,
      densities.map((density) => densityOnTheWay(density, sparsity, target)),
    );
  },
};
