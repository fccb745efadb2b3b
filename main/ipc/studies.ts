import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataShorthand } from '../contract/data-shorthand.ts';
import { EspalierError, inputError } from '../contract/errors.ts';
import type { StudyFile } from '../contract/study-list.ts';
import { studyResultSchema, type StudyResult } from '../contract/study.ts';
import { fileError, systemCode } from '../files/problems.ts';
import type { Context, Handlers } from './context.ts';

/** Studies: started, watched, and their results. */
export function studyHandlers(context: Context): Handlers<'studies'> {
  const { store, studies, queries, desk } = context;
  return {
    'studies.catalog': () => queries.studies(),
    'studies.check': ({ study, parameters }) => queries.checkStudy(study, parameters),
    'studies.start': async (asked) => {
      const { problems } = await queries.checkStudy(asked.study, asked.parameters);
      const [problem] = problems;
      if (problem !== undefined) throw new EspalierError(problem);
      const facts = (await queries.studies()).find(({ id }) => id === asked.study);
      const given = await forEngine(context, facts?.schema ?? {}, asked.parameters);
      return studies.start(facts?.label ?? asked.study, asked, given);
    },
    'studies.list': () => store.studies.list(),
    'studies.get': async ({ id }) => ({
      run: store.studies.get(id),
      result: await readResult(studies.folderOf(id)),
    }),
    'studies.pause': ({ id }) => {
      studies.pause(id);
      return null;
    },
    'studies.resume': ({ id }) => {
      studies.resume(id);
      return null;
    },
    'studies.cancel': ({ id }) => {
      studies.cancel(id);
      return null;
    },
    'studies.remove': async ({ id }) => {
      await studies.remove(id);
      return null;
    },
    'studies.save': async ({ id, file }) => {
      const path = join(studies.folderOf(store.studies.get(id).id), file);
      await access(path).catch(() => {
        throw inputError('study/no-results', 'This study has no results yet.', {
          remedy: 'Wait until its first step is done.',
        });
      });
      return desk.saveStream({
        name: nameOf(store.studies.get(id).study, file),
        content: () => createReadStream(path),
      });
    },
  };
}

/** 'deep-inverse-prior.csv' */
const nameOf = (study: string, file: StudyFile): string => `${study}${file.slice(file.lastIndexOf('.'))}`;

/** What a study has come to so far; null before its first step is done. */
async function readResult(folder: string): Promise<StudyResult | null> {
  const path = join(folder, 'study.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw fileError(error, path, 'read this file');
  });
  return text === null ? null : studyResultSchema.parse(JSON.parse(text));
}

/**
 * The parameters as the engine takes them: data that may not be read here are refused, and runs have their folders for their ids.
 * @param schema the study's JSON Schema, whose fields say which parameters name something
 * @throws EspalierError 'files/outside', 'files/missing'
 */
async function forEngine(
  { roots, store }: Context,
  schema: Readonly<Record<string, unknown>>,
  parameters: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const fields = (schema['properties'] ?? {}) as Readonly<Record<string, { names?: string }>>;
  const given: Record<string, unknown> = { ...parameters };
  for (const [name, { names }] of Object.entries(fields)) {
    const value = parameters[name];
    if (names === 'data' && typeof value === 'string') {
      const data = dataShorthand(value);
      if (data !== undefined) await roots.resolve(data.path);
    }
    if (names === 'runs' && Array.isArray(value))
      given[name] = value.map((id) => folderOfRun(store, id, name));
  }
  return given;
}

function folderOfRun(store: Context['store'], id: unknown, field: string): string {
  const number = Number(id);
  const run = Number.isInteger(number) && number > 0 ? store.runs.get(number) : undefined;
  if (run?.state === 'finished' && run.folder !== null) return run.folder;
  throw inputError(
    'study/run',
    `${run === undefined ? String(id) : `'${run.name}'`} is no finished run with its files here.`,
    {
      field,
      remedy: 'Choose finished runs of this studio.',
    },
  );
}
