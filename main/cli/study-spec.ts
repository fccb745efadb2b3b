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
 * Values of --set: as YAML has them, and lists where the parameter is one ('0.1,0.5', '3').
 * @param schema the study's parameters as a JSON Schema
 * @throws EspalierError when one is not KEY=VALUE
 */
export function readSettings(
  texts: readonly string[],
  schema: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const fields = (schema['properties'] ?? {}) as Readonly<Record<string, { type?: string }>>;
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) {
        throw inputError('study/set', `'${text}' is not KEY=VALUE.`, {
          field: '--set',
          remedy: 'Give a parameter and its value, as in draws=2 or keep=1,0.5,0.1.',
        });
      }
      const [key, value] = [text.slice(0, at), text.slice(at + 1)];
      const { type } = fields[key] ?? {};
      // A text is taken as it stands: a path may look like anything.
      if (type === 'string') return [key, value];
      return [
        key,
        parseRecipeText(type === 'array' && !value.startsWith('[') ? `[${value}]` : value, '--set'),
      ];
    }),
  );
}
