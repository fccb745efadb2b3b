import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inputError } from '../../../contract/errors.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { fileError, systemCode } from '../../../files/problems.ts';

/** Where a study stands: what was asked, and what each step that is done came to. */
const checkpointSchema = z.object({
  format: z.literal(1),
  study: z.string(),
  revision: z.number(),
  seed: z.number(),
  parameters: z.record(z.string(), z.unknown()),
  baseFolder: z.string(),
  seconds: z.number(),
  results: z.array(z.unknown()),
});
export type StudyCheckpoint = z.infer<typeof checkpointSchema>;

const STUDY_CHECKPOINT = 'checkpoint.json';

/**
 * What a folder's study has done so far; undefined where there is none.
 * @param shown the folder as the user named it
 * @throws EspalierError where the file cannot be read or is no checkpoint
 */
export async function readStudyCheckpoint(
  folder: string,
  shown: string,
): Promise<StudyCheckpoint | undefined> {
  const text = await readFile(join(folder, STUDY_CHECKPOINT), 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw fileError(error, join(shown, STUDY_CHECKPOINT), 'read this file');
  });
  if (text === undefined) return undefined;
  const read = checkpointSchema.safeParse(parsed(text));
  if (read.success) return read.data;
  throw inputError('study/checkpoint', 'This file does not say where a study stands.', {
    file: join(shown, STUDY_CHECKPOINT),
    remedy: 'Remove it, or name another folder.',
  });
}

/** Replaces the checkpoint as a whole. */
export async function writeStudyCheckpoint(folder: string, checkpoint: StudyCheckpoint): Promise<void> {
  await writeFileAtomic(join(folder, STUDY_CHECKPOINT), `${JSON.stringify(checkpoint)}\n`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
