import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { metricPointSchema, type MetricPoint } from '../../../contract/run.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { fileError, systemCode } from '../../../files/problems.ts';
import type { TimedPoint } from './log.ts';

const FILE = 'log-points.jsonl';

const lineSchema = metricPointSchema.extend({ at: z.number() });

/**
 * What a run measured and when, a line each, in its folder. A checkpoint has no times, so that equal runs leave equal files; logs
 * want them, and a log that could not be written is made of this file later.
 */
export class TimedPoints {
  private readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, FILE);
  }

  /**
   * The points that belong to a history, with their times, and nothing in the file beyond them. What the file does not have was
   * measured at `now`.
   * @throws EspalierError 'files/...'
   */
  async keep(history: readonly MetricPoint[], now: number): Promise<TimedPoint[]> {
    const kept = matching(await this.read(), history, now);
    await writeFileAtomic(this.path, text(kept));
    return kept;
  }

  /** @throws EspalierError 'files/...' */
  async add(points: readonly TimedPoint[]): Promise<void> {
    await appendFile(this.path, text(points)).catch((error: unknown) => {
      throw fileError(error, this.path, 'write this file');
    });
  }

  private async read(): Promise<TimedPoint[]> {
    const lines = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return '';
      throw fileError(error, this.path, 'read this file');
    });
    const points: TimedPoint[] = [];
    for (const line of lines.split('\n')) {
      const parsed = lineSchema.safeParse(parsedOr(line));
      // The last line of a process that was killed may be cut off.
      if (!parsed.success) break;
      points.push(parsed.data);
    }
    return points;
  }
}

/** Seconds of work are told with every measurement and are no part of the history: they stay with what they came with. */
function matching(file: readonly TimedPoint[], history: readonly MetricPoint[], now: number): TimedPoint[] {
  const kept: TimedPoint[] = [];
  let matched = 0;
  for (const point of file) {
    const told = point.name === 'seconds';
    if (told ? kept.length === 0 || kept.at(-1)?.name === 'seconds' : !same(point, history[matched])) break;
    kept.push(point);
    if (!told) matched++;
  }
  return [...kept, ...history.slice(matched).map((point) => ({ ...point, at: now }))];
}

function same(a: MetricPoint, b: MetricPoint | undefined): boolean {
  return (
    b !== undefined &&
    a.name === b.name &&
    a.step === b.step &&
    a.stage === b.stage &&
    a.round === b.round &&
    a.value === b.value
  );
}

const text = (points: readonly TimedPoint[]): string =>
  points.map((point) => `${JSON.stringify(point)}\n`).join('');

function parsedOr(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
