import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { programEntry } from './build-program.ts';

/** The program as its users start it, `espalier serve`, in a process that can be ended or killed. */
export class ServedProgram {
  readonly port: number;
  /** Lets one browser in, once. */
  readonly link: string;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, { port, link }: { port: number; link: string }) {
    this.child = child;
    this.port = port;
    this.link = link;
  }

  /**
   * @param folder what the screens may browse; the database is below it
   * @param port any free one if left out
   * @throws Error with what it said where it does not come up
   */
  static async start(folder: string, port?: number): Promise<ServedProgram> {
    const words = ['serve', '--json', '--home', join(folder, 'home'), '--root', folder];
    if (port !== undefined) words.push('--port', `${port}`);
    const child = spawn(process.execPath, [programEntry, ...words], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(child, 'close').then(() => null);
    const line = await Promise.race([ended, once(createInterface(child.stdout), 'line')]);
    if (line === null) throw new Error(`The program did not come up: ${said}`);
    return new ServedProgram(child, JSON.parse(String(line[0])) as { port: number; link: string });
  }

  /** Ends it as Ctrl-C does, or all at once; settles when it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill(signal);
    await closed;
  }

  /** The processes that it has started: engines, one for each run, study and question at work. */
  engines(): number[] {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => {
      const [, pid, parent, words = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(parent) === this.child.pid && words.includes('engine.js') ? [Number(pid)] : [];
    });
  }
}
