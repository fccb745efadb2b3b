import { appendFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Report } from '../../../../contract/report.ts';
import { writeFileAtomic } from '../../../../files/atomic.ts';
import { fileError } from '../../../../files/problems.ts';
import type { LogEnd, LoggedRun, LogWriter, RunLog, TimedPoint } from '../log.ts';
import { parametersOf } from '../parameters.ts';
import { lastStep, resultsOf } from '../results.ts';
import { encodeEvent, encodeVersion, type Event, type SummaryValue } from './event.ts';
import { experiment, sessionEnd, sessionStart } from './hparams.ts';
import { record } from './records.ts';

const FOLDER = 'tensorboard';
const PREFIX = 'events.out.tfevents.';

/** Results that TensorBoard's table of hyperparameters shows. */
const SHOWN = ['compressed/accuracy', 'compressed/sparsity', 'compressed/macs', 'kept/macs', 'kept/bytes'];

/**
 * An event file in the run's folder. A run that goes on writes its file anew, from what was measured up to its checkpoint, under
 * another name, which a TensorBoard that is watching notices, and empties the one before: no reader needs to know of the break. It
 * is emptied rather than removed, since whoever copies the folder while the run goes on (a sweep's workers do) may copy what is
 * there and not take away what went.
 */
export const tensorboard: LogWriter = {
  kind: 'tensorboard',
  async open(run, kept) {
    const folder = join(run.folder, FOLDER);
    const failed = (error: unknown) => fileError(error, folder, 'write the event files of TensorBoard here');
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw failed(error);
    });
    const path = join(folder, await nextName(folder, run.startedAt));
    const log = new EventFile(path, run);
    await log.begin(kept);
    for (const old of await eventFiles(folder))
      if (join(folder, old) !== path) await writeFileAtomic(join(folder, old), '');
    run.tell('info', `TensorBoard: event files in ${folder}; show them with tensorboard --logdir <folder>.`);
    return log;
  },
};

const eventFiles = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith(PREFIX));

/** A name that TensorBoard takes for an event file: that of an emptied one, or one that is free. */
async function nextName(folder: string, startedAt: number): Promise<string> {
  const there = await eventFiles(folder);
  for (const name of there) if ((await stat(join(folder, name))).size === 0) return name;
  const seconds = String(Math.floor(startedAt / 1000)).padStart(10, '0');
  return `${PREFIX}${seconds}.espalier.${there.length}`;
}

class EventFile implements RunLog {
  private readonly path: string;
  private readonly run: LoggedRun;
  /** The last step of every curve whose points are counted in rounds, or of which only one a step is written. */
  private readonly last = new Map<string, number>();

  constructor(path: string, run: LoggedRun) {
    this.path = path;
    this.run = run;
  }

  async begin(kept: readonly TimedPoint[]): Promise<void> {
    const { recipe, name, startedAt: at } = this.run;
    const parameters = parametersOf(recipe);
    const values = [
      { tag: 'recipe/text_summary', text: fenced(stringify(recipe), 'yaml') },
      experiment(at, parameters, SHOWN),
      sessionStart(at, name, parameters),
    ];
    const records = [
      record(encodeVersion(at)),
      ...[{ at, step: 0, values }, ...this.events(kept)].map((event) => record(encodeEvent(event))),
    ];
    await writeFileAtomic(this.path, Buffer.concat(records));
  }

  async points(points: readonly TimedPoint[]): Promise<void> {
    await this.append(this.events(points));
  }

  async finish(report: Report): Promise<void> {
    const at = Date.now();
    const scalars = [...resultsOf(report)].map(([tag, scalar]): SummaryValue => ({ tag, scalar }));
    const words: SummaryValue = { tag: 'result/text_summary', text: report.verdict };
    await this.append([
      { at, step: lastStep(report), values: [...scalars, words] },
      { at, step: 0, values: [sessionEnd(at, true)] },
    ]);
  }

  async end(how: LogEnd): Promise<void> {
    // A run that was cancelled may go on.
    if (how === 'failed') {
      const at = Date.now();
      await this.append([{ at, step: 0, values: [sessionEnd(at, false)] }]);
    }
  }

  private async append(events: readonly Event[]): Promise<void> {
    const bytes = Buffer.concat(events.map((event) => record(encodeEvent(event))));
    await appendFile(this.path, bytes).catch((error: unknown) => {
      throw fileError(error, this.path, 'write this file');
    });
  }

  private events(points: readonly TimedPoint[]): Event[] {
    const events: Event[] = [];
    for (const point of points) {
      const step = this.stepOf(point);
      if (step === null) continue;
      events.push({ at: point.at, step, values: [{ tag: point.name, scalar: point.value }] });
    }
    return events;
  }

  /**
   * What is measured in rounds is drawn over the rounds of all stages: a reader of event files takes a step that goes back for a
   * beginning anew. Seconds are told with every measurement, of which there may be several a step.
   */
  private stepOf({ name, step, round }: TimedPoint): number | null {
    const last = this.last.get(name) ?? -1;
    if (name === 'seconds' && step <= last) return null;
    const own = round === undefined ? step : Math.max(round, last + 1);
    this.last.set(name, own);
    return own;
  }
}

/** A text as Markdown that is shown as it stands. */
const fenced = (text: string, language: string): string => `~~~${language}\n${text}~~~`;
