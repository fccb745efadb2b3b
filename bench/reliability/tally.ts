import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** What one trial came to: it survived, or what went wrong; or why it could not be tried here. */
export type Outcome = { readonly problem: string | null } | { readonly skipped: string };

/** Trials of one kind. Trial n is the same in every run: its random draws derive from n. */
export interface Suite {
  readonly id: string;
  readonly label: string;
  /** How many trials are asked for. */
  readonly asked: number;
  /** Does the trials from one on, each in turn. */
  trials(from: number): AsyncIterable<Outcome>;
}

const countSchema = z.object({
  label: z.string(),
  asked: z.number().int(),
  tried: z.number().int(),
  survived: z.number().int(),
  /** The first failures, by the trial's number. */
  failed: z.array(z.object({ trial: z.number().int(), problem: z.string() })),
  failures: z.number().int(),
  skipped: z.string().nullable(),
});
export type Count = z.infer<typeof countSchema>;

/** How many failures are told of in words. */
const FAILURES_TOLD = 20;
/** How often the counts are written down, in milliseconds. */
const SAVE_MS = 1000;

/** Counts that outlive the program: what was tried already is not tried again. */
export class Tally {
  private readonly file: string;
  private readonly counts: Map<string, Count>;
  private saved = 0;

  /** @param file where the counts are kept between runs */
  constructor(file: string) {
    this.file = file;
    this.counts = new Map(Object.entries(readCounts(file)));
  }

  async run(suite: Suite): Promise<Count> {
    const fresh = { tried: 0, survived: 0, failed: [], failures: 0, skipped: null };
    const count: Count = {
      ...(this.counts.get(suite.id) ?? fresh),
      label: suite.label,
      asked: suite.asked,
      skipped: null,
    };
    this.counts.set(suite.id, count);
    if (count.tried >= suite.asked) return count;
    for await (const outcome of suite.trials(count.tried)) {
      if ('skipped' in outcome) {
        count.skipped = outcome.skipped;
        break;
      }
      if (outcome.problem === null) count.survived++;
      else {
        count.failures++;
        if (count.failed.length < FAILURES_TOLD) {
          count.failed.push({ trial: count.tried, problem: outcome.problem.slice(0, 500) });
        }
      }
      count.tried++;
      if (performance.now() - this.saved > SAVE_MS) this.save();
      if (count.tried >= suite.asked) break;
    }
    this.save();
    return count;
  }

  all(): Readonly<Record<string, Count>> {
    return Object.fromEntries(this.counts);
  }

  private save(): void {
    this.saved = performance.now();
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, `${JSON.stringify(this.all(), null, 2)}\n`);
    renameSync(`${this.file}.new`, this.file);
  }
}

function readCounts(file: string): Record<string, Count> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  return z.record(z.string(), countSchema).parse(JSON.parse(text));
}

/** The counts as lines of a table. */
export function tableOf(counts: Readonly<Record<string, Count>>): string {
  const rows = Object.values(counts).map(({ label, asked, tried, survived, failures, skipped }) =>
    skipped === null
      ? `${label.padEnd(58)} ${String(asked).padStart(7)} ${String(tried).padStart(7)} ${String(survived).padStart(8)} ${String(failures).padStart(6)}`
      : `${label.padEnd(58)} skipped: ${skipped}`,
  );
  const head = `${''.padEnd(58)} ${'asked'.padStart(7)} ${'tried'.padStart(7)} ${'survived'.padStart(8)} ${'failed'.padStart(6)}`;
  return [head, ...rows].join('\n');
}
