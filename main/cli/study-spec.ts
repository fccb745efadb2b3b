import { resolve, dirname, extname } from 'node:path';
import { inputError } from '../contract/errors.ts';
import { studySpecSchema, type StudySpec } from '../contract/study.ts';
import { z } from 'zod';
import { problemsOf } from '../engine/recipe/issues.ts';
import { parseRecipeText } from '../engine/recipe/parse.ts';
import { ProblemsError, readText } from './recipe-file.ts';

/**
 * What a command line asks for: a study by its name, or the file that describes one.
 * @throws ProblemsError or EspalierError naming the file
 */
export async function readStudySpec(
  named: string,
  cwd: string,
): Promise<{ spec: StudySpec; baseFolder: string }> {
  if (!/[/\\]/.test(named) && !['.yaml', '.yml', '.json'].includes(extname(named)))
    return { spec: studySpecSchema.parse({ study: named }), baseFolder: cwd };
  const path = resolve(cwd, named);
  const value = parseRecipeText(await readText(path, named), named);
  const read = studySpecSchema.safeParse(value);
  if (read.success) return { spec: read.data, baseFolder: dirname(path) };
  const schema = z.toJSONSchema(studySpecSchema, { io: 'input' }) as Record<string, unknown>;
  throw new ProblemsError(
    problemsOf(read.error.issues, value, schema).map((problem) => ({ ...problem, file: named })),
  );
}

/**
 * A value of --set: as YAML has it, and a list where commas part it ('0.1,0.5', 'a,b').
 * @throws EspalierError when it is not KEY=VALUE
 */
export function readSetting(text: string): readonly [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw inputError('study/set', `'${text}' is not KEY=VALUE.`, {
      field: '--set',
      remedy: 'Give a parameter and its value, as in draws=2 or keep=1,0.5,0.1.',
    });
  }
  const value = text.slice(at + 1);
  const listed = value.includes(',') && !/^\s*[[{"']/.test(value);
  const read = value === '' ? '' : parseRecipeText(listed ? `[${value}]` : value, '--set');
  return [text.slice(0, at), read];
}
