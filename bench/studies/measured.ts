import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { studyResultSchema, type StudyResult } from '../../main/contract/study.ts';

const FOLDER = join(import.meta.dirname, 'measured');

/** What came of a study: everything but its charts, where and when. */
const measuredSchema = studyResultSchema.omit({ charts: true }).extend({
  /** The name of the file that describes it. */
  id: z.string(),
  createdAt: z.string(),
  /** Processor and its cores. */
  machine: z.string(),
  /** Of the study, when it was measured: its numbers change with it. */
  revision: z.number().int(),
  /** Seconds of processors' time, of all threads; null where it was done by several processes. */
  processorSeconds: z.number().nullable().default(null),
});
export type MeasuredStudy = z.infer<typeof measuredSchema>;

/** The names of the files in this folder that describe studies. */
export const studyIds = (): string[] =>
  readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''))
    .sort();

/** What was measured so far, in the order of the files. */
export function readStudies(): MeasuredStudy[] {
  return studyIds().flatMap((id) => {
    const file = join(FOLDER, `${id}.json`);
    return existsSync(file) ? [measuredSchema.parse(JSON.parse(readFileSync(file, 'utf8')))] : [];
  });
}

/** Keeps what came of a study, in place of an earlier one. */
export function keepStudy(
  id: string,
  result: StudyResult,
  how: Pick<MeasuredStudy, 'createdAt' | 'machine' | 'revision' | 'processorSeconds'>,
): void {
  // Parsing leaves the charts out.
  const kept = measuredSchema.parse({ ...result, id, ...how });
  writeFileSync(join(FOLDER, `${id}.json`), `${JSON.stringify(kept, null, 1)}\n`);
}
