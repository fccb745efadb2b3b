import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { inputError } from '../../../contract/errors.ts';
import { studyResultSchema, type StudyProgress, type StudyResult } from '../../../contract/study.ts';
import { writeFileAtomic } from '../../../files/atomic.ts';
import { fileError } from '../../../files/problems.ts';
import type { Control } from '../../base/control.ts';
import { versions } from '../../base/versions.ts';
import { studyPage } from '../../report/study-page.ts';
import { csvOf } from '../../report/csv.ts';
import { studies } from '../index.ts';
import { readStudyCheckpoint, writeStudyCheckpoint, type StudyCheckpoint } from './checkpoint.ts';
import type { OpenStudy, Study } from './study.ts';

/** Messages are let in this often while a step computes. */
const LISTEN_MS = 40;

export interface StudyOptions {
  readonly study: string;
  /** Parameters that are not at their defaults. */
  readonly parameters: unknown;
  readonly seed: number;
  readonly folder: string;
  /** The folder as the user named it. */
  readonly shown: string;
  /** Folder that relative paths in the parameters start from. */
  readonly baseFolder: string;
  /** Go on from the folder's checkpoint. */
  readonly resume: boolean;
}

/** Who watches a study. */
export interface StudyWatch {
  readonly progress: (progress: StudyProgress) => void;
  /** The results so far, after every step. */
  readonly result: (result: StudyResult) => void;
}

/**
 * Runs a study step by step. After each, its folder holds where it stands (checkpoint.json) and what came of it so far
 * (study.json, results.csv, report.html).
 * @throws EspalierError for wrong parameters, a folder in use, or a checkpoint of something else
 * @throws CancelledError once it was cancelled; the folder holds all steps that were done
 */
export async function runStudy(
  options: StudyOptions,
  control: Control,
  watch: StudyWatch,
): Promise<StudyResult> {
  const study = studies.get(options.study, 'study');
  const open = study.open(options.parameters);
  const asked = {
    format: 1,
    study: study.id,
    revision: study.revision,
    seed: options.seed,
    parameters: open.parameters,
    baseFolder: options.baseFolder,
  } as const;
  await mkdir(options.folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, options.shown, 'make this folder');
  });
  let at: StudyCheckpoint = { ...asked, ...(await begin(options, asked)) };
  if (at.results.length < open.steps.length) await open.prepare(options);

  const clock = new StudyClock(open, watch.progress);
  for (let index = at.results.length; index < open.steps.length; index++) {
    clock.begin(index, at.seconds);
    const gate = gateOf(control, clock);
    await gate(0);
    const around = { seed: options.seed, baseFolder: options.baseFolder, gate };
    const result = await open.run(index, at.results, around);
    at = { ...at, results: [...at.results, result], seconds: at.seconds + clock.seconds };
    await writeStudyCheckpoint(options.folder, at);
    watch.result(await writeResult(options.folder, study, open, at));
  }
  clock.end();
  return writeResult(options.folder, study, open, at);
}

/** What is done already, or nothing. */
async function begin(
  { folder, shown, resume }: StudyOptions,
  asked: Omit<StudyCheckpoint, 'results' | 'seconds'>,
): Promise<Pick<StudyCheckpoint, 'results' | 'seconds'>> {
  const found = await readStudyCheckpoint(folder, shown);
  if (found === undefined) return { results: [], seconds: 0 };
  if (!resume) {
    throw inputError('study/exists', 'There is a study in this folder already.', {
      file: shown,
      remedy: 'Go on with it (--resume), or choose another folder (--out).',
    });
  }
  const { results, seconds, ...of } = found;
  const words = (value: unknown) => JSON.stringify(value);
  if (
    of.study !== asked.study ||
    of.seed !== asked.seed ||
    words(of.parameters) !== words(asked.parameters)
  ) {
    throw inputError('study/other', 'The study in this folder has another name, seed or parameters.', {
      file: shown,
      remedy: 'Go on without naming any (espalier study --resume --out FOLDER), or choose another folder.',
    });
  }
  if (of.revision !== asked.revision) {
    throw inputError('study/revision', 'The study in this folder was begun by another version.', {
      file: shown,
      remedy: 'Begin it again in another folder: numbers of the two would not go together.',
    });
  }
  return { results, seconds };
}

/** Lets messages in now and then; every pass tells how far the step is. */
function gateOf(control: Control, clock: StudyClock): (fraction: number) => Promise<void> {
  let last = 0;
  return async (fraction) => {
    const now = performance.now();
    if (now - last < LISTEN_MS) return;
    await setImmediate();
    const before = performance.now();
    await control.gate();
    clock.rested(performance.now() - before);
    clock.tell(fraction);
    last = performance.now();
  };
}

/** How far a study is, and how long it will take, by the costs of its steps. */
class StudyClock {
  private readonly open: OpenStudy;
  private readonly say: (progress: StudyProgress) => void;
  private readonly total: number;
  private index = 0;
  private before = 0;
  private started = 0;
  private beforeSeconds = 0;

  constructor(open: OpenStudy, say: (progress: StudyProgress) => void) {
    this.open = open;
    this.say = say;
    this.total = open.steps.reduce((sum, { cost }) => sum + cost, 0);
  }

  /** @param seconds that all steps before this one took */
  begin(index: number, seconds: number): void {
    this.index = index;
    this.before = this.open.steps.slice(0, index).reduce((sum, { cost }) => sum + cost, 0);
    this.beforeSeconds = seconds;
    this.started = performance.now();
    this.tell(0);
  }

  /** A pause counts neither for what steps take nor for what is left. @param ms how long it was */
  rested(ms: number): void {
    this.started += ms;
  }

  /** Seconds since the step began, pauses not counted. */
  get seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  tell(within: number): void {
    const step = this.open.steps[this.index];
    if (step === undefined) return;
    const fraction = (this.before + step.cost * Math.min(1, within)) / this.total;
    const taken = this.beforeSeconds + this.seconds;
    this.say({
      label: step.label,
      done: this.index,
      steps: this.open.steps.length,
      fraction,
      etaSeconds: fraction > 0.01 ? taken * (1 / fraction - 1) : null,
    });
  }

  end(): void {
    const steps = this.open.steps.length;
    this.say({ label: 'Done', done: steps, steps, fraction: 1, etaSeconds: 0 });
  }
}

async function writeResult(
  folder: string,
  { label, facts }: Study,
  open: OpenStudy,
  at: StudyCheckpoint,
): Promise<StudyResult> {
  const result = studyResultSchema.parse({
    ...open.findings(at.results),
    format: 1,
    study: at.study,
    title: label,
    summary: facts.summary,
    claim: facts.claim,
    paper: facts.paper,
    seed: at.seed,
    parameters: at.parameters,
    done: at.results.length,
    steps: open.steps.length,
    seconds: at.seconds,
    versions: versions(),
  });
  await writeFileAtomic(join(folder, 'study.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeFileAtomic(join(folder, 'results.csv'), csvOf(result.records.columns, result.records.rows));
  await writeFileAtomic(join(folder, 'report.html'), studyPage(result));
  return result;
}
