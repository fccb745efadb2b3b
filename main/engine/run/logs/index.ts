import type { LogKind } from '../../../contract/logs.ts';
import type { LogWriter } from './log.ts';
import { mlflow } from './mlflow/log.ts';
import { tensorboard } from './tensorboard/log.ts';

/** All logs, by their kind. */
const writers: Readonly<Record<LogKind, LogWriter>> = { tensorboard, mlflow };

export const logWriterOf = (kind: LogKind): LogWriter => writers[kind];
