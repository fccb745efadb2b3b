import { z } from 'zod';

/** Where a run's parameters and measurements are also written for other programs: each has a folder under `main/engine/run/logs`. */
export const logKindSchema = z.enum(['tensorboard', 'mlflow']);
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
  mlflow: {
    label: 'MLflow',
    summary:
      'Parameters, metrics and files for the server that MLFLOW_TRACKING_URI names, or in a folder mlruns where it is not set',
  },
};

const serverSchema = z
  .string()
  .max(2000)
  .refine(isServerAddress, 'an address such as https://mlflow.example:5000, without a name or password in it')
  .describe(
    'Address of a tracking server (http or https); the one in the environment variable MLFLOW_TRACKING_URI if left out. Tokens and passwords are taken from the environment only, and go to that one only',
  );

function isServerAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

const mlflowSchema = z
  .strictObject({
    kind: z.literal('mlflow').describe('MLflow, with settings'),
    server: serverSchema.optional(),
    experiment: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        'The experiment that the run belongs to, Espalier if left out; made where there is none of that name',
      ),
  })
  .describe('MLflow, with settings');
export type MlflowSpec = z.infer<typeof mlflowSchema>;

const logSpecSchema = z.union([logKindSchema.describe('With its usual settings'), mlflowSchema]);
export type LogSpec = z.infer<typeof logSpecSchema>;

export const logsSchema = z
  .array(logSpecSchema)
  .max(8)
  .refine((logs) => new Set(logs.map(logKindOf)).size === logs.length, 'each kind of log once')
  .describe(
    'Where the run is also logged for other programs (`docs/logs.md`): tensorboard, mlflow. What a run computes does not depend on it',
  );

/** Which kind of log is meant. */
export function logKindOf(spec: LogSpec): LogKind {
  return typeof spec === 'string' ? spec : spec.kind;
}

/** The settings of MLflow, whichever way it was asked for. */
export function mlflowSpec(spec: LogSpec): MlflowSpec {
  return typeof spec === 'string' ? { kind: 'mlflow' } : spec;
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
