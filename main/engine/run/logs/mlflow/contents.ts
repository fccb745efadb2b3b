import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Report } from '../../../../contract/report.ts';
import { fileError } from '../../../../files/problems.ts';
import type { LoggedRun, TimedPoint } from '../log.ts';
import { parametersOf } from '../parameters.ts';
import { lastStep, resultsOf } from '../results.ts';

/** What MLflow is told of a run, within the limits of its servers (mlflow/utils/validation.py; older ones take shorter values). */

const MAX_KEY = 250;
const MAX_PARAMETER = 500;
const MAX_TAG = 5000;

/** One value of a metric, as MLflow has it. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A file that goes with a run. */
export interface RunFile {
  readonly name: string;
  /** @throws EspalierError 'files/...' when it is not there any more */
  bytes(): Promise<Uint8Array>;
}

export function parametersFor({ recipe }: LoggedRun): KeyValue[] {
  return [...parametersOf(recipe)].map(([key, value]) => ({
    // Letters, digits and a few marks are allowed; a slash would be a folder.
    key: clipped(key.replace(/[^\w. -]/g, '_'), MAX_KEY),
    value: clipped(String(value), MAX_PARAMETER),
  }));
}

/** @param id what the run is found by again */
export function tagsFor({ name, recipe }: LoggedRun, id: string): KeyValue[] {
  const tags = {
    'mlflow.runName': name,
    'mlflow.source.name': 'espalier',
    'mlflow.source.type': 'LOCAL',
    'espalier.run': id,
    'espalier.paradigm': recipe.paradigm,
  };
  return Object.entries(tags).map(([key, value]) => ({ key, value: clipped(value, MAX_TAG) }));
}

/** What a finished run is described by. */
export const noteFor = ({ verdict }: Report): KeyValue => ({
  key: 'mlflow.note.content',
  value: clipped(verdict, MAX_TAG),
});

export const metricOf = ({ name, value, at, step, round }: TimedPoint): Metric => ({
  key: name,
  value,
  timestamp: Math.round(at),
  // Seconds of work are told with every measurement.
  step: name === 'seconds' ? step : (round ?? step),
});

export function resultMetrics(report: Report, at: number): Metric[] {
  const step = lastStep(report);
  return [...resultsOf(report)].map(([key, value]) => ({ key, value, timestamp: at, step }));
}

/** The recipe, and all that the run has left behind. */
export function filesOf({ folder, recipe }: LoggedRun, report: Report): RunFile[] {
  const left = new Set([...report.files.map(({ path }) => path), 'report.json']);
  return [
    { name: 'recipe.yaml', bytes: async () => Buffer.from(stringify(recipe)) },
    ...[...left].map((name) => ({
      name,
      bytes: async () =>
        readFile(join(folder, name)).catch((error: unknown) => {
          throw fileError(error, join(folder, name), 'read this file of the run');
        }),
    })),
  ];
}

const clipped = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
