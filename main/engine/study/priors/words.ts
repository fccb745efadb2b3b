import { pairedDifference } from '../../../words/estimate.ts';
import { formatNumber, formatPercent } from '../../../words/format.ts';
import type { Result } from './parameters.ts';

export type Of<P extends Result['part']> = Extract<Result, { part: P }>;

/** What of the steps so far words are made of. */
export interface Parts {
  readonly curves: readonly Of<'curve'>[];
  readonly table: readonly Of<'table'>[];
  readonly processes: readonly Of<'process'>[];
  readonly agreements: readonly Of<'agreement'>[];
  readonly criteria: Of<'criteria'> | undefined;
  /** Of the curve's fit. */
  readonly distances: readonly number[] | undefined;
}

/** Above it chains have not mixed (Gelman et al. 2013 ask for less). */
const MIXED = 1.1;

const scoresOf = (table: readonly Of<'table'>[], prior: string, pick: (row: Of<'table'>) => number) =>
  new Map(table.filter((row) => row.prior === prior).map((row) => [row.split, pick(row)]));

export function words(parts: Parts): { measured: string[]; differs: string[] } {
  const { curves, table, criteria, agreements, distances } = parts;
  const [fixed, fitted] = [
    curves.find(({ prior }) => prior === 'fixed'),
    curves.find(({ prior }) => prior === 'fitted'),
  ];
  const measured: string[] = [];
  const differs: string[] = [];
  if (criteria !== undefined) {
    measured.push(...criteriaWords(criteria));
  }
  if (distances !== undefined && distances.length > 1)
    measured.push(
      `The distance of the curve's prior to the Gaussian process went from ${formatNumber(distances[0] ?? 0)} to ${formatNumber(distances.at(-1) ?? 0)}, as the critic measures it.`,
    );
  measured.push(...agreements.map(agreementWords));
  if (fixed !== undefined && fitted !== undefined) {
    measured.push(
      `On the curve, the fixed prior has an RMSE of ${formatNumber(fixed.rmse)} and a negative log-likelihood of ${formatNumber(fixed.nll)}, the fitted one ${formatNumber(fitted.rmse)} and ${formatNumber(fitted.nll)}.`,
    );
    if (fitted.nll >= fixed.nll)
      differs.push('On the curve the fitted prior has no better log-likelihood here.');
  }
  const onTable = tableFindings(parts);
  measured.push(...onTable.measured, ...mixingWords([...curves, ...table]));
  differs.push(...onTable.differs);
  return { measured, differs };
}

function tableFindings({ table, processes }: Parts): { measured: string[]; differs: string[] } {
  const nll = ({ nll }: { nll: number }) => nll;
  const [fixed, fitted] = [scoresOf(table, 'fixed', nll), scoresOf(table, 'fitted', nll)];
  const difference = pairedDifference(fitted, fixed);
  if (difference === null) return { measured: [], differs: [] };
  const { mean, half } = difference;
  const measured = [
    `On the table, the fitted prior's negative log-likelihood less the fixed one's is ${differenceWords(difference)}: below zero the fitted one is better.`,
  ];
  const process = processes.find(({ on }) => on === 'table');
  const exact = new Map(process?.scores.map(({ split, nll }) => [split, nll]) ?? []);
  const target = pairedDifference(exact, fixed);
  const toTarget = pairedDifference(fitted, exact);
  if (process !== undefined && target !== null && toTarget !== null) {
    measured.push(
      `The table's Gaussian process has the most evidence of a grid at length ${formatNumber(process.length)}, amplitude ${formatNumber(process.amplitude)} and noise ${formatNumber(process.noise)}, in standard deviations; every prior has that noise. Its exact posterior's negative log-likelihood less the fixed prior's is ${differenceWords(target)}, and the fitted prior's less that of the process ${differenceWords(toTarget)}.`,
    );
  }
  return {
    measured,
    differs: [
      ...tableWords(mean, half, target),
      'The paper reports on the Boston housing data 3.13 (RMSE) and 2.567 (negative log-likelihood) with the fixed prior, 2.80 and 2.470 with the fitted one; those data are not used here.',
    ],
  };
}

const differenceWords = ({ mean, half, n }: { mean: number; half: number | null; n: number }): string =>
  `${formatNumber(mean)}${half === null ? '' : ` ± ${formatNumber(half)} over ${n} splits`}`;

/** How far a prior's correlations are from the process's, at the distance where they differ most. */
const apart = (of: Of<'agreement'>, prior: 'fixed' | 'fitted'): number =>
  Math.max(
    ...of.process.correlations.map(({ correlation }, i) =>
      Math.abs(correlation - (of[prior].correlations[i]?.correlation ?? 0)),
    ),
  );

const agreementWords = (of: Of<'agreement'>): string =>
  `At places of the ${of.on} that the fit did not see, functions of the Gaussian process have a variance of ${formatNumber(of.process.variance)}, those of the fitted prior ${formatNumber(of.fitted.variance)}, those of the fixed one ${formatNumber(of.fixed.variance)}; correlations of two places differ from the process's by ${formatNumber(apart(of, 'fitted'))} at most under the fitted prior, and ${formatNumber(apart(of, 'fixed'))} under the fixed one.`;

function mixingWords(sampled: readonly (Of<'curve'> | Of<'table'>)[]): string[] {
  const known = sampled.flatMap(({ mixing }) => (mixing === null ? [] : [mixing]));
  if (known.length === 0) return [];
  const worst = Math.max(...known.map(({ rHat }) => rHat));
  const least = Math.min(...known.map(({ effective }) => effective));
  return [
    `How the sampler mixed, by its predictions: R-hat is ${formatNumber(worst)} at the worst place of all${worst <= MIXED ? '' : `, above ${MIXED}: chains can still be told apart there`}, and a posterior's samples are worth ${formatNumber(least)} independent ones or more at most places.`,
  ];
}

function criteriaWords({ weights, pruned, dense }: Of<'criteria'>): string[] {
  const gap = weights.reduce(
    (most, { snrMeanField, snrMarginal, obd, obs }) =>
      Math.max(most, Math.abs(snrMeanField ** 2 / (2 * obd) - 1), Math.abs(snrMarginal ** 2 / (2 * obs) - 1)),
    0,
  );
  const most = Math.max(...pruned.map(({ sparsity }) => sparsity));
  const rows = pruned.filter(({ sparsity }) => sparsity === most);
  return [
    `Where the posterior is known exactly, pruning by the signal-to-noise of a factorised posterior is optimal brain damage, and by that of the true marginals optimal brain surgeon: the largest relative difference from these identities was ${formatNumber(gap)}.`,
    `LeNet-300-100 on the digits has ${formatPercent(dense, 1)}; with ${formatPercent(most, 0)} pruned and no training after, ${rows.map(({ criterion, accuracy }) => `${formatPercent(accuracy, 1)} by ${nameOf(criterion)}`).join(', ')}.`,
  ];
}

export const nameOf = (criterion: string): string =>
  criterion === 'snr' ? 'signal-to-noise' : criterion === 'fisher' ? 'Fisher' : criterion;

/**
 * What splits of a table say against a gain.
 * @param mean of the differences in negative log-likelihood, fitted less fixed
 * @param target the same of the process's own exact posterior, process less fixed
 */
export function tableWords(
  mean: number,
  half: number | null,
  target: { readonly mean: number; readonly half: number | null } | null,
): string[] {
  if (half !== null && mean + half < 0) return [];
  if (half !== null && mean - half > 0) {
    const worse = 'On the table the fitted prior is worse, beyond chance';
    return [
      target !== null && target.half !== null && target.mean - target.half > 0
        ? `${worse}; and so is the Gaussian process itself, whose posterior is exact and needs neither fit nor sampler: its kernel, which takes all inputs to matter alike, is a worse prior for this table than the fixed one.`
        : `${worse}.`,
    ];
  }
  return ['On the table no gain beyond chance is shown by these splits.'];
}
