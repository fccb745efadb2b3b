import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { searchReportSchema } from '../../main/contract/search.ts';

const FILE = join(import.meta.dirname, 'measured.json');

const measuredSchema = z.array(
  z.object({
    case: z.string(),
    seed: z.number().int(),
    createdAt: z.string(),
    device: z.string(),
    /** Of the whole run. */
    seconds: z.number(),
    /** Test accuracy before pruning, and of the widths that were taken, without fine-tuning. */
    dense: z.number(),
    compressed: z.number(),
    search: searchReportSchema,
  }),
);
export type MeasuredSearch = z.infer<typeof measuredSchema>[number];

/** What was measured so far. */
export function readSearches(): MeasuredSearch[] {
  return existsSync(FILE) ? measuredSchema.parse(JSON.parse(readFileSync(FILE, 'utf8'))) : [];
}

/** Adds a run, in place of an earlier one of the same case and seed. */
export function keepSearch(run: MeasuredSearch): void {
  const others = readSearches().filter((one) => one.case !== run.case || one.seed !== run.seed);
  const all = [...others, run].sort((a, b) => a.case.localeCompare(b.case) || a.seed - b.seed);
  writeFileSync(FILE, `${JSON.stringify(all, null, 1)}\n`);
}
