import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether Debian's redis-server is here. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A real server on a port of its own, which writes down every change before it answers. */
export class TestRedis {
  private child: ChildProcess | undefined;
  private readonly folder: string;
  private readonly port: number;
  private readonly extra: readonly string[];

  private constructor(folder: string, port: number, extra: readonly string[]) {
    this.folder = folder;
    this.port = port;
    this.extra = extra;
  }

  static async start(folder: string, extra: readonly string[] = []): Promise<TestRedis> {
    mkdirSync(folder, { recursive: true });
    const server = new TestRedis(folder, await freePort(), extra);
    await server.up();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, from its append-only file where it has run before. */
  async up(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    this.child = spawn('redis-server', [...own, '--appendonly', 'yes', ...this.extra], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries++) {
      if (/^(\+PONG|-NOAUTH)/.test(await pinged(this.port))) return;
      await delay(100);
    }
    throw new Error(`redis-server does not come up in ${this.folder}`);
  }

  /** Ends it without a warning, as a power cut would. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** What a server answers to PING; '' where there is none. */
function pinged(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => (resolve(answer.toString()), socket.destroy()));
    socket.once('error', () => resolve(''));
  });
}
