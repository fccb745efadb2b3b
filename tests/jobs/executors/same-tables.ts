import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SweepResults } from '../../../main/engine/sweep/results.ts';

/** A sweep's results as they must be the same wherever they were made: without what is timed. */
export async function untimed(folder: string): Promise<{ csv: string; runs: string[] }> {
  const { runs } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as SweepResults;
  const csv = await readFile(join(folder, 'results.csv'), 'utf8');
  const [head = '', ...rows] = csv.split('\r\n');
  const names = head.split(',');
  const kept = names.flatMap((name, i) => (name === 'seconds' || name === 'latencyMs' ? [] : [i]));
  const lines = [head, ...rows].map((row) => kept.map((i) => row.split(',')[i]).join(','));
  return { csv: lines.join('\n'), runs: runs.map((run) => run.folder) };
}
