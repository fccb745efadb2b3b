import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { runError, toProblem } from '../../contract/errors.ts';
import type { ExecutorStatus, WorkerFacts } from '../../contract/executors.ts';
import { problemSchema } from '../../contract/messages.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { systemCode } from '../../files/problems.ts';
import type { Executor, RunEnd, Submission, Watcher } from './executor.ts';
import { CANCELLED, runJob, type RunJob } from './job.ts';

export interface SlurmOptions {
  readonly version: string;
  /** The sweep's folder, on storage that the nodes see. */
  readonly sweep: string;
  /** The program as a node starts it. */
  readonly program: string;
  /** Where the runs go; the cluster's own choice where it is left out. */
  readonly partition?: string | undefined;
}

/** Tasks of one array job; Slurm's own limit is 1001 by default. */
const BATCH = 1000;
const LOOK_MS = 2_000;
/** A node that is not free within so many seconds is not waited for. */
const FREE_S = 10;
/** States of tasks that are not over, as squeue calls them. */
const LIVE =
  /^(PENDING|RUNNING|REQUEUED|REQUEUE_HOLD|SUSPENDED|CONFIGURING|COMPLETING|RESIZING|SIGNALING|STAGE_OUT|STOPPED)$/;

/** What a task notes of its end beside its payload. */
const taskEndSchema = z.union([
  z.object({ state: z.literal('finished') }),
  z.object({ state: z.literal('failed'), problem: problemSchema }),
]);

/** Where the payload of a task is, and where it notes its end. */
export const taskFile = (batch: string, index: number): string => join(batch, `${index}.json`);
export const endFile = (batch: string, index: number): string => join(batch, `${index}.end.json`);

interface Task {
  readonly run: Submission;
  readonly batch: string;
  readonly index: number;
  /** 'job_index'. */
  readonly slurm: string;
}

const noteSchema = z.record(
  z.string(),
  z.object({ batch: z.string(), index: z.number(), slurm: z.string() }),
);

/** Runs by the nodes of a Slurm cluster: tasks of array jobs. Order, limits and nodes that die are Slurm's matter. */
export class SlurmExecutor implements Executor {
  private readonly options: SlurmOptions;
  private readonly tasks = new Map<string, Task>();
  private readonly begun = new Set<string>();
  private readonly cancelled = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private watcher: Watcher | undefined;
  private looking = false;

  private constructor(options: SlurmOptions) {
    this.options = options;
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  /** @throws EspalierError 'executor/no-slurm' where its commands are missing, or the cluster does not answer */
  static async open(options: SlurmOptions): Promise<SlurmExecutor> {
    await slurmHere();
    return new SlurmExecutor(options);
  }

  async submit(runs: readonly Submission[]): Promise<void> {
    // An earlier call's tasks may still be there: they are taken up.
    const known = await this.noted();
    const states = await taskStates([...new Set(Object.values(known).map(({ slurm: task }) => jobOf(task)))]);
    const fresh: Submission[] = [];
    for (const run of runs) {
      const task = known[run.id];
      if (task !== undefined && LIVE.test(states.get(task.slurm) ?? ''))
        this.tasks.set(run.id, { run, ...task });
      else fresh.push(run);
    }
    for (let from = 0; from < fresh.length; from += BATCH) await this.hand(fresh.slice(from, from + BATCH));
    await this.look();
  }

  async follow(runs: readonly Submission[]): Promise<void> {
    const known = await this.noted();
    const unknown: Submission[] = [];
    for (const run of runs) {
      const task = known[run.id];
      if (task === undefined) unknown.push(run);
      else this.tasks.set(run.id, { run, ...task });
    }
    await this.submit(unknown);
  }

  watch(watcher: Watcher): void {
    this.watcher = watcher;
  }

  async cancel(ids: readonly string[] = [...this.tasks.keys()]): Promise<void> {
    const tasks = ids.flatMap((id) => this.tasks.get(id) ?? []);
    for (const { run } of tasks) this.cancelled.add(run.id);
    for (let from = 0; from < tasks.length; from += BATCH)
      await slurm(
        'scancel',
        tasks.slice(from, from + BATCH).map((task) => task.slurm),
      );
  }

  async collect(): Promise<void> {
    // The run's folder is on the same storage.
  }

  async status(): Promise<ExecutorStatus> {
    const { partition } = this.options;
    const where = partition === undefined ? [] : ['-p', partition];
    const nodes = (await slurm('sinfo', ['-h', '-N', ...where, '-o', '%N %t'])).trim().split('\n');
    const known = [...new Set(nodes)].flatMap((line): WorkerFacts[] => {
      const [host = '', state = null] = line.split(' ');
      return host === '' ? [] : [{ host, state, version: null, heard: null }];
    });
    if (known.length === 0) {
      throw runError('executor/no-partition', 'The Slurm cluster has no nodes there.', {
        field: partition ?? 'the default partition',
        remedy: 'Choose a partition that sinfo lists.',
      });
    }
    const up = known.filter(({ state }) => /^(idle|mix|alloc)/.test(state ?? ''));
    const tasks = (await slurm('squeue', ['-h', '-r', ...where, '-o', '%T'])).trim().split('\n');
    const count = (state: string) => tasks.filter((one) => one === state).length;
    return {
      kind: 'slurm',
      place: partition === undefined ? 'Slurm' : `Slurm, partition ${partition}`,
      workers: up.length,
      known,
      waiting: count('PENDING'),
      active: count('RUNNING'),
    };
  }

  /**
   * Has a node tell the program's version, which shows that it can start it.
   * @returns null where no node is free at the moment
   * @throws EspalierError 'executor/program' where it cannot, 'executor/other-version'
   */
  async tryProgram(): Promise<Pick<WorkerFacts, 'host' | 'version'> | null> {
    const { program, version, partition } = this.options;
    const where = partition === undefined ? [] : [`--partition=${partition}`];
    const ask = ['sh', '-c', 'printf "%s " "$SLURMD_NODENAME"; exec "$0" --version', program];
    const answer = await slurm('srun', [
      '--quiet',
      '--ntasks=1',
      `--immediate=${FREE_S}`,
      '--time=2',
      ...where,
      ...ask,
    ]).catch((error: unknown) => {
      const { message } = toProblem(error);
      if (/Unable to allocate|Requested nodes are busy|Immediate/i.test(message)) return null;
      throw runError('executor/program', `A node cannot start the program. ${message}`, {
        file: program,
        field: 'elsewhere.program',
        remedy: 'Set the espalier command of the nodes; it needs Node.js there.',
      });
    });
    if (answer === null) return null;
    const [host = '', found = ''] = answer.trim().split(/\s+/);
    if (found === version) return { host, version };
    throw runError(
      'executor/other-version',
      `${host} starts version ${found || 'unknown'}, and this program is version ${version}.`,
      {
        file: program,
        field: 'elsewhere.program',
        remedy: 'Use the same version of Espalier everywhere.',
      },
    );
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
  }

  private get noteFile(): string {
    return join(this.options.sweep, 'slurm', 'tasks.json');
  }

  private async noted(): Promise<z.infer<typeof noteSchema>> {
    const text = await readFile(this.noteFile, 'utf8').catch(() => '{}');
    return noteSchema.parse(JSON.parse(text));
  }

  /** Submits runs as one array job. */
  private async hand(runs: readonly Submission[]): Promise<void> {
    const { sweep, program, version, partition } = this.options;
    const batch = join(sweep, 'slurm', `${Date.now().toString(36)}-${this.tasks.size}`);
    await mkdir(batch, { recursive: true });
    for (const [index, run] of runs.entries()) {
      await mkdir(run.folder, { recursive: true });
      await writeFileAtomic(taskFile(batch, index), JSON.stringify(jobFor(run, sweep, version)));
    }
    const threads = Math.max(...runs.map(({ run }) => run.threads ?? 1));
    const command = [program, 'worker', '--slurm', batch, '--storage', sweep].map(quoted).join(' ');
    const answer = await slurm('sbatch', [
      '--parsable',
      '--job-name=espalier',
      `--array=0-${runs.length - 1}`,
      `--cpus-per-task=${threads}`,
      ...(partition === undefined ? [] : [`--partition=${partition}`]),
      '--requeue',
      '--open-mode=append',
      `--output=${join(batch, '%a.log')}`,
      `--wrap=exec ${command}`,
    ]);
    const job = /^\d+/.exec(answer.trim())?.[0];
    if (job === undefined) throw runError('executor/no-slurm', `sbatch answered: ${answer.trim()}`);
    const notes = await this.noted();
    for (const [index, run] of runs.entries()) {
      const task = { batch, index, slurm: `${job}_${index}` };
      this.tasks.set(run.id, { run, ...task });
      notes[run.id] = task;
    }
    await writeFileAtomic(this.noteFile, JSON.stringify(notes));
  }

  /** Asks Slurm how its tasks stand. */
  private async look(): Promise<void> {
    if (this.looking || this.tasks.size === 0) return;
    this.looking = true;
    try {
      const before = [...this.tasks];
      const states = await taskStates([...new Set(before.map(([, task]) => jobOf(task.slurm)))]);
      for (const [id, task] of before) {
        const state = states.get(task.slurm);
        if (state === 'RUNNING' && !this.begun.has(id)) {
          this.begun.add(id);
          this.watcher?.message(id, { type: 'state', state: 'running' });
        }
        if (state !== undefined && LIVE.test(state)) continue;
        const end = await this.endOf(id, task);
        this.tasks.delete(id);
        this.watcher?.ended(id, end);
      }
    } catch (error) {
      this.watcher?.warn(`Slurm could not be asked: ${toProblem(error).message}`);
    } finally {
      this.looking = false;
    }
  }

  private async endOf(id: string, { batch, index, slurm: task }: Task): Promise<RunEnd> {
    const text = await readFile(endFile(batch, index), 'utf8').catch(() => '');
    const { state, restarts: retries } = await accountOf(task);
    await rm(endFile(batch, index), { force: true });
    const end = taskEndSchema.safeParse(text === '' ? null : JSON.parse(text));
    if (end.success && end.data.state === 'finished') return { state: 'finished', retries };
    const problem = end.data?.state === 'failed' ? end.data.problem : undefined;
    if (this.cancelled.has(id) || problem?.code === CANCELLED.code || state.startsWith('CANCELLED'))
      return { state: 'cancelled', retries };
    return {
      state: 'failed',
      retries,
      problem: problem ?? {
        code: 'executor/slurm-ended',
        message: `Slurm ended the run (${state}).`,
        kind: 'run',
        remedy: `Look into ${join(batch, `${index}.log`)}, then start the sweep again: the run goes on from its checkpoint.`,
      },
    };
  }
}

/** The payload of a run in the sweep's folder. */
function jobFor({ folder, run }: Submission, sweep: string, version: string): RunJob {
  const { recipe, baseFolder, device, threads = 1 } = run;
  const inner = folder.slice(sweep.length + 1).replaceAll('\\', '/');
  return runJob({
    program: version,
    recipe,
    device,
    threads,
    place: { kind: 'storage', folder: inner, baseFolder },
  });
}

const jobOf = (task: string): string => task.split('_')[0] ?? task;

/** The states of all tasks of jobs that Slurm still has in its queue, by 'job_index'. */
async function taskStates(jobs: readonly string[]): Promise<Map<string, string>> {
  if (jobs.length === 0) return new Map();
  // Jobs that are over are no mistake, but squeue takes them for one.
  const text = await slurm('squeue', ['-h', '-r', '-j', jobs.join(','), '-o', '%F_%K %T']).catch(
    (error: unknown) => {
      if (/Invalid job id/.test(toProblem(error).message)) return '';
      throw error;
    },
  );
  const lines = text.trim().split('\n');
  return new Map(lines.flatMap((line) => (line === '' ? [] : [line.split(' ') as [string, string]])));
}

/** How a task ended and how often Slurm began it again: of its accounts where it keeps them, else of what it still remembers. */
async function accountOf(task: string): Promise<{ state: string; restarts: number }> {
  const kept = await slurm('sacct', ['-n', '-X', '-P', '-j', task, '-o', 'State,Restarts']).catch(() => '');
  const [state = '', restarts = '0'] = kept.trim().split('|');
  if (state !== '') return { state, restarts: Number(restarts) };
  const shown = await slurm('scontrol', ['-o', 'show', 'job', task]).catch(() => '');
  return {
    state: /JobState=(\S+)/.exec(shown)?.[1] ?? 'unknown',
    restarts: Number(/Restarts=(\d+)/.exec(shown)?.[1] ?? 0),
  };
}

/** @throws EspalierError 'executor/no-slurm' where this machine belongs to no cluster */
export const slurmHere = (): Promise<unknown> => slurm('sinfo', ['--version']);

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const execute = promisify(execFile);

/** Runs one of Slurm's commands. @throws EspalierError 'executor/no-slurm' */
async function slurm(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await execute(command, [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const missing = systemCode(error) === 'ENOENT';
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw runError(
      'executor/no-slurm',
      missing ? `Slurm's ${command} is not on this machine.` : `Slurm's ${command} failed: ${said}`,
      {
        remedy: missing ? 'Submit from a machine of the cluster.' : 'Check that the cluster answers (sinfo).',
      },
    );
  }
}
