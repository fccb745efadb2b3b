/**
 * A mistake that a person can mend, or a failure that a person must hear of: a sentence, the place (file, field) and the
 * remedy. Everything else that is thrown is a bug in the program.
 */
export interface Problem {
  /** 'area/what', stable, for programs: 'recipe/invalid', 'data/truncated'. */
  readonly code: string;
  readonly message: string;
  /** The file it is about, as the user named it. */
  readonly file?: string;
  /** The place inside: a recipe field ('budget.sparsity'), a node, a row. */
  readonly field?: string;
  /** What to do about it, as an imperative sentence. */
  readonly remedy?: string;
  /** 'input': the user's input is wrong (exit code 2); 'run': the work itself failed (exit code 1). */
  readonly kind: 'input' | 'run';
}

export class EspalierError extends Error {
  override readonly name = 'EspalierError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** An error about the user's input. */
export function inputError(code: string, message: string, place: Partial<Problem> = {}): EspalierError {
  return new EspalierError({ ...place, code, message, kind: 'input' });
}

/** An error of the work itself: training diverged, the disk is full. */
export function runError(
  code: string,
  message: string,
  place: Partial<Problem> = {},
  cause?: unknown,
): EspalierError {
  return new EspalierError(
    { ...place, code, message, kind: 'run' },
    cause === undefined ? undefined : { cause },
  );
}

/** Any thrown value as a problem; an unknown error becomes 'internal/bug' with its message. */
export function toProblem(error: unknown): Problem {
  if (error instanceof EspalierError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal/bug',
    message,
    kind: 'run',
    remedy: 'Please report this with the log of the run.',
  };
}

/** One paragraph for a terminal or a dialog. */
export function describeProblem(problem: Problem): string {
  const place = [problem.file, problem.field].filter((part) => part !== undefined).join(', ');
  const remedy = problem.remedy === undefined ? '' : `\n  ${problem.remedy}`;
  return `${place === '' ? '' : `${place}: `}${problem.message}${remedy}`;
}
