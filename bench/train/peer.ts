import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Timing {
  /** Per step. */
  readonly ms: number;
  /** Time that all threads together were computing, per step; active waiting counts. */
  readonly cpuMs: number;
  /** Largest resident size of the process so far. */
  readonly peakBytes: number;
}

/** One side of the benchmark in a process of its own, so that memory and threads are its own, driven a line at a time. */
export class Peer {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    const { stdout } = this.child;
    if (stdout === null) throw new Error(`no output of ${command}`);
    this.answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async open(request: object): Promise<string> {
    return (await this.ask<{ version: string }>({ open: request })).version;
  }

  async time(steps: number, train: boolean): Promise<Timing> {
    return this.ask<Timing>({ steps, train });
  }

  private async ask<T>(request: object): Promise<T> {
    this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answers.next();
    if (answer.done === true) throw new Error('a peer ended without an answer');
    return JSON.parse(answer.value) as T;
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await gone;
  }
}
