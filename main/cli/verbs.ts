import { compress } from './compress.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { evaluate } from './evaluate.ts';
import { exportRun } from './export.ts';
import { inspect } from './inspect.ts';
import { list } from './list.ts';
import { resume } from './resume.ts';
import { schema } from './schema.ts';
import { score } from './score.ts';
import { serve } from './serve.ts';
import { sweep } from './sweep.ts';
import { verify } from './verify.ts';
import type { Verb } from './verb.ts';

/** Every verb, in the order in which help shows them. */
export const verbs: readonly Verb[] = [
  compress,
  resume,
  sweep,
  evaluate,
  verify,
  score,
  inspect,
  exportRun,
  list,
  demo,
  serve,
  doctor,
  schema,
];
