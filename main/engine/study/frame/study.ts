import { z } from 'zod';

import type { Findings, StudyFacts, StudyPaper } from '../../../contract/study.ts';
import { EspalierError } from '../../../contract/errors.ts';
import { Random } from '../../base/random.ts';
import type { Registered } from '../../base/registry.ts';
import { problemsOf } from '../../recipe/issues.ts';

/** One step of a study, as it stands in its list. */
export interface Step {
  /** For people: 'keep 5 %, draw 2 of 4'. */
  readonly label: string;
  /** Work, in any unit that the steps of one study share: the forecast of the time left goes by it. */
  readonly cost: number;
}

/** What a step may use. */
interface Work<P, R, X = undefined> {
  readonly parameters: P;
  /** What `prepare` read. */
  readonly prepared: X;
  readonly seed: number;
  /** What the steps before it came to. */
  readonly earlier: readonly R[];
  /** Folder that relative paths start from. */
  readonly baseFolder: string;
  /** The generator of one purpose: equal labels give equal draws, whatever was drawn before. */
  readonly random: (label: string) => Random;
  /**
   * To be passed often: lets messages in, waits while paused.
   * @param fraction the share of the step that is done, 0..1
   * @throws CancelledError once the study was cancelled
   */
  readonly gate: (fraction: number) => Promise<void>;
}

/** A study as its file writes it. */
interface StudyDefinition<P extends z.ZodObject, S extends Step, R, X> extends Registered {
  readonly claim: string;
  readonly paper: StudyPaper;
  readonly minutes: number;
  /** Counted up when its numbers change: a checkpoint of another revision is not gone on with. */
  readonly revision: number;
  readonly parameters: P;
  /** What a step comes to: plain JSON, and read back from a checkpoint. */
  readonly result: z.ZodType<R>;
  /** Pure: the same parameters give the same list. */
  steps(parameters: z.output<P>): readonly S[];
  /** Reads and checks what the study needs from outside, before anything is computed. */
  prepare(parameters: z.output<P>, around: Pick<Around, 'seed' | 'baseFolder'>): Promise<X>;
  run(step: S, work: Work<z.output<P>, R, X>): Promise<R>;
  /** What the steps that are done say; called with fewer than all while the study goes on. */
  findings(parameters: z.output<P>, done: readonly { step: S; result: R }[]): Findings;
}

/** A study with its parameters settled: a list of steps that can be run one by one. */
export interface OpenStudy {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
  /** @throws z.ZodError where `earlier` is not what this study's steps come to */
  run(index: number, earlier: readonly unknown[], around: Around): Promise<unknown>;
  /** Has to come before the first `run`. */
  prepare(around: Pick<Around, 'seed' | 'baseFolder'>): Promise<void>;
  findings(results: readonly unknown[]): Findings;
}

interface Around {
  readonly seed: number;
  readonly baseFolder: string;
  readonly gate: (fraction: number) => Promise<void>;
}

/** A study as the registry holds it. */
export interface Study extends Registered {
  readonly revision: number;
  readonly facts: StudyFacts;
  /**
   * @param given parameters that are not at their defaults
   * @throws StudyParametersError with everything that is wrong with them
   */
  open(given: unknown): OpenStudy;
}

/** Everything that is wrong with a study's parameters. */
export class StudyParametersError extends EspalierError {
  readonly problems: ReturnType<typeof problemsOf>;

  constructor(problems: ReturnType<typeof problemsOf>) {
    const [first] = problems;
    super(first ?? { code: 'study/parameters', message: 'These parameters do not fit.', kind: 'input' });
    this.problems = problems;
  }
}

/** Ties a study's types together, and hides them from the registry. */
export function defineStudy<P extends z.ZodObject, S extends Step, R, X>(
  definition: StudyDefinition<P, S, R, X>,
): Study {
  const { id, label, summary, claim, paper, minutes, revision } = definition;
  const schema = z.toJSONSchema(definition.parameters, { io: 'input' }) as Record<string, unknown>;
  const checked = z.array(definition.result);
  return {
    id,
    label,
    summary,
    revision,
    facts: { id, label, summary, claim, paper, minutes, schema },
    open(given) {
      const read = definition.parameters.safeParse(given);
      if (!read.success) throw new StudyParametersError(problemsOf(read.error.issues, given, schema));
      const parameters = read.data;
      const steps = definition.steps(parameters);
      let prepared: { value: X } | undefined;
      return {
        parameters,
        steps,
        prepare: async (around) => {
          prepared = { value: await definition.prepare(parameters, around) };
        },
        run: (index, earlier, { seed, baseFolder, gate }) => {
          const step = steps[index];
          if (step === undefined || prepared === undefined)
            throw new RangeError(`step ${index} of ${steps.length}, of a study that is not prepared`);
          const random = (of: string) => Random.from(seed, `${id}/${of}`);
          return definition.run(step, {
            parameters,
            prepared: prepared.value,
            seed,
            baseFolder,
            gate,
            random,
            earlier: checked.parse(earlier),
          });
        },
        findings: (results) =>
          definition.findings(
            parameters,
            checked.parse(results).map((result, i) => ({ step: steps[i] as S, result })),
          ),
      };
    },
  };
}

/** What a number or a list is called in forms, and in what it is counted. */
export const named = (title: string, description: string, unit?: string) => ({
  title,
  description,
  ...(unit === undefined ? {} : { unit }),
});
