import type { Problem } from '../contract/errors.ts';

/** Several mistakes in one file, all of the user's. */
export class ProblemsError extends Error {
  override readonly name = 'ProblemsError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join(' '));
    this.problems = problems;
  }
}

/**
 * What a verb with --json leaves on stderr where it does not do what it was asked for, as its last line: one object with the first
 * problem, and all of them.
 */
export function problemsJson(problems: readonly Problem[]): string {
  return `${JSON.stringify({ error: problems[0], problems })}\n`;
}
