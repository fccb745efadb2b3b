import type { Problem } from '../../main/contract/errors.ts';

/** The problem that belongs to a field of the recipe, or to anything below it: 'data' gets 'data.path' too, 'keep' 'keep[0]'. */
export function problemAt(problems: readonly Problem[], field: string): Problem | undefined {
  return problems.find(
    (problem) =>
      problem.field === field ||
      (problem.field?.startsWith(`${field}.`) ?? false) ||
      (problem.field?.startsWith(`${field}[`) ?? false),
  );
}

/** A problem as text to paste into a report. */
export function problemDetails(problem: Problem): string {
  return [
    `code: ${problem.code}`,
    `message: ${problem.message}`,
    ...(problem.file === undefined ? [] : [`file: ${problem.file}`]),
    ...(problem.field === undefined ? [] : [`field: ${problem.field}`]),
    ...(problem.remedy === undefined ? [] : [`remedy: ${problem.remedy}`]),
  ].join('\n');
}
