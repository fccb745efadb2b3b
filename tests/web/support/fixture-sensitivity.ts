import type { NetworkSummary } from '../../../main/contract/catalog.ts';
import { SENSITIVITY_SHARES, type SolvedSensitivity } from '../../../main/contract/sensitivity.ts';

/** Figures of a shape as measured ones have it: later layers lose more, small shares nothing. */
export function measuredSensitivity(
  { name, layers }: NetworkSummary,
  structure = 'element',
): SolvedSensitivity {
  const groups = layers
    .filter(({ parameters }) => parameters > 0)
    .map((layer, i) => ({
      name: `${layer.name}.weight`,
      units: layer.parameters,
      points: SENSITIVITY_SHARES.map((share) => {
        const mean = Math.max(-0.002, (share ** 3 - 0.02) * (0.1 + 0.25 * i));
        const error = 0.001 + 0.012 * share;
        return {
          share,
          removed: Math.round(share * layer.parameters),
          lost: { mean, error },
          rise: { mean: 3 * mean, error: 3 * error },
        };
      }),
    }));
  const shares = Object.fromEntries(groups.map(({ name }, i) => [name, i === 0 ? 0.9 : 0.75]));
  const [last] = Object.keys(shares).slice(-1);
  const layersOf = Object.fromEntries(Object.entries(shares).filter(([one]) => one !== last));
  return {
    sensitivity: {
      version: 1,
      fingerprint: 'f',
      network: name,
      criterion: 'magnitude',
      structure,
      samples: 1000,
      shares: SENSITIVITY_SHARES,
      whole: { accuracy: 0.9412, loss: 0.21 },
      groups,
    },
    solved: { shares, layers: layersOf, sparsity: 0.88, loss: 0.141, bound: 0.132 },
    problem: null,
  };
}
