import type { GridRun } from '../../main/engine/sweep/expand.ts';
import { resultOf, type RunResult } from '../../main/engine/sweep/results.ts';
import { formOf, type Costs, type Measurement } from './measured.ts';

/** A run of a grid as the document shows it. */
export interface Row extends RunResult {
  /** In what its measurement is of a former form ('revision 1, now 2'); null where it is not. */
  readonly old: string | null;
  /** Epochs of all trainings that the result needs; the dense network's count where the method starts from it. */
  readonly epochs: number | null;
  /** Seconds of the stages that the result needs; null where only those of all stages were noted. */
  readonly ownSeconds: number | null;
  /** Epochs of the dense network that stands beside. */
  readonly denseEpochs: number | null;
  readonly costs?: Costs | undefined;
  readonly classes: number | null;
  /** Classes of which no test sample is recognised; null where it was not noted. */
  readonly lostClasses: number | null;
  /** The best validation accuracy after any epoch of the last training; null where there was none, or it was not noted. */
  readonly bestValidation: number | null;
  /** When it was measured, ISO 8601. */
  readonly createdAt: string | null;
}

/** A run with what was measured of it, in its present form and in a former one. */
export interface Candidates {
  readonly run: GridRun;
  readonly current?: Measurement;
  readonly former?: Measurement;
  /** How it failed in its present form, where it never finished in it. */
  readonly failed?: Measurement;
}

/** Which measurements belong to a grid's runs: by series, budget and seed, the newest of each form. */
export function candidates(
  runs: readonly GridRun[],
  measurements: readonly Measurement[],
): readonly Candidates[] {
  const byPlace = Map.groupBy(newestLast(measurements), (each) =>
    placeKey(each.series, each.budget, each.seed),
  );
  return runs.map((run) => {
    const { series, budget, seed } = resultOf(run, undefined);
    const own = byPlace.get(placeKey(series, budget, seed)) ?? [];
    const last = (present: boolean, finished: boolean) =>
      own.findLast(
        (each) => (formOf(each, run) === null) === present && (each.problem === null) === finished,
      );
    const [current, former, failed] = [last(true, true), last(false, true), last(true, false)];
    return {
      run,
      ...(current && { current }),
      ...(former && { former }),
      ...(failed && current === undefined && { failed }),
    };
  });
}

/**
 * What is shown of each run. Runs of one series at one budget are never mixed: those of the former form stand until every seed
 * that they have is measured anew.
 */
export function shown(list: readonly Candidates[]): ReadonlyMap<GridRun, Measurement> {
  const cells = Map.groupBy(list, ({ run }) => {
    const { series, budget } = resultOf(run, undefined);
    return placeKey(series, budget);
  });
  const chosen = new Map<GridRun, Measurement>();
  for (const cell of cells.values()) {
    const renewed = cell.every(({ current, former }) => current !== undefined || former === undefined);
    for (const { run, current, former } of cell) {
      const measurement = renewed ? current : former;
      if (measurement !== undefined) chosen.set(run, measurement);
    }
  }
  return chosen;
}

/** What is kept of a grid: all that is of the present form, and what is shown until the rest of it is. */
export function kept(list: readonly Candidates[]): readonly Measurement[] {
  const chosen = shown(list);
  return list.flatMap(({ run, current, former, failed }) =>
    [chosen.get(run) === former ? former : undefined, current, failed].filter((one) => one !== undefined),
  );
}

/** A run's row, from what was measured of it, if anything. */
export function rowOf(run: GridRun, measurement: Measurement | undefined): Row {
  const blank = {
    ...resultOf(run, undefined),
    old: null,
    epochs: null,
    ownSeconds: null,
    denseEpochs: null,
    classes: null,
    lostClasses: null,
    bestValidation: null,
    createdAt: null,
  };
  if (measurement === undefined) return blank;
  const { recipe: _recipe, revision: _revision, machine: _machine, ...noted } = measurement;
  const { device: _device, versions: _versions, ...values } = noted;
  return { ...blank, ...values, folder: run.folder, state: 'finished', old: formOf(measurement, run) };
}

/**
 * The dense network of each seed, with its epochs. Where a seed has several, from versions of the program that round
 * differently, it is the one measured last.
 */
export function denseBySeed(
  rows: readonly Row[],
): ReadonlyMap<number, { readonly accuracy: number; readonly epochs: number | null }> {
  const found = new Map<number, { accuracy: number; epochs: number | null }>();
  for (const { seed, denseAccuracy, denseEpochs } of newestLast(rows)) {
    if (denseAccuracy !== null) found.set(seed, { accuracy: denseAccuracy, epochs: denseEpochs });
  }
  return found;
}

function newestLast<T extends { readonly createdAt: string | null }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
}

function placeKey(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}
