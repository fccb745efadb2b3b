import { z } from 'zod';

/** Where a run's parameters and measurements are also written for other programs: each has a folder under `main/engine/run/logs`. */
export const logKindSchema = z.enum(['tensorboard']);
export type LogKind = z.infer<typeof logKindSchema>;

interface LogFacts {
  readonly label: string;
  /** What it is good for, as a checkbox says it. */
  readonly summary: string;
}

export const logFacts: Readonly<Record<LogKind, LogFacts>> = {
  tensorboard: {
    label: 'TensorBoard',
    summary: "Event files with curves, recipe and hyperparameters, in the run's folder",
  },
};

const logSpecSchema = logKindSchema;
export type LogSpec = z.infer<typeof logSpecSchema>;

export const logsSchema = z
  .array(logSpecSchema)
  .max(8)
  .refine((logs) => new Set(logs.map(logKindOf)).size === logs.length, 'each kind of log once')
  .describe(
    'Where the run is also logged for other programs (`docs/logs.md`). What a run computes does not depend on it',
  );

/** Which kind of log is meant. */
export function logKindOf(spec: LogSpec): LogKind {
  return spec;
}

/** The logs with further kinds: what was set of a kind stays. */
export function withLogs(
  logs: readonly LogSpec[] | undefined,
  kinds: readonly LogKind[],
): LogSpec[] | undefined {
  const given = logs ?? [];
  const all = [...given, ...kinds.filter((kind) => !given.some((spec) => logKindOf(spec) === kind))];
  return all.length === 0 ? undefined : all;
}
