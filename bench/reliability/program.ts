import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineMessage, HostMessage } from '../../main/contract/messages.ts';
import { recipeSchema, type Recipe } from '../../main/contract/recipe.ts';

/** The built program as its users have it: an engine's process, a command, a server. */

const root = join(import.meta.dirname, '..', '..');
const built = (name: string): string => join(root, 'out', 'main', name);

/** @throws Error where the program has not been built */
export function refuseUnbuilt(): void {
  if (!existsSync(built('cli.js'))) throw new Error('Run `npm run build` first: the built program is tried.');
}

/** Ten ways of pruning that differ in what they keep between two steps. */
export const paradigms = [
  'magnitude-one-shot',
  'magnitude-gradual',
  'imp',
  'lr-rewinding',
  'snip',
  'synflow',
  'set',
  'rigl',
  'greg-1',
  'edge-popup',
] as const;

/** A run of a few seconds, made to leave its weights. */
export function smallRecipe(paradigm: string, seed = 7): Recipe {
  const input = {
    network: 'lenet-300-100',
    data: { kind: 'digits', train: 320, test: 100 },
    seed,
    paradigm,
    budget: { sparsity: 0.8 },
    export: ['safetensors'],
    dense: { epochs: 2 },
    finetune: { epochs: 2 },
    baseline: false,
  };
  return recipeSchema.parse(input);
}

export const WEIGHTS_FILE = 'weights.safetensors';

export const digestOf = (file: string): string =>
  existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'missing';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it said. */
  readonly words: string;
}

const endOf = (child: ChildProcess, words: () => string): Promise<Ended> =>
  new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, words: words().slice(-600) }));
  });

/** Starts an engine's process on a run; `ended` settles when it is gone. */
export function startEngine(
  recipe: Recipe,
  folder: string,
  resume: boolean,
): { child: ChildProcess; ended: Promise<Ended & { problem: string | null }> } {
  const child = fork(built('engine.js'), {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let [words, problem] = ['', null as string | null];
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  child.on('message', (raw) => {
    const message = raw as EngineMessage;
    if (message.type === 'failed') problem = message.problem.code;
    if (message.type !== 'ready') return;
    const start: HostMessage = {
      type: 'start',
      recipe,
      folder,
      baseFolder: folder,
      device: 'onnxruntime',
      resume,
    };
    child.send(start, () => undefined);
  });
  return { child, ended: endOf(child, () => words).then((end) => ({ ...end, problem })) };
}

/** Starts `espalier` with these words. */
export function startCommand(
  words: readonly string[],
  cwd: string,
): { child: ChildProcess; ended: Promise<Ended>; said: () => string } {
  const child = spawn(process.execPath, [built('cli.js'), ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, ended: endOf(child, () => text), said: () => text };
}

/** A served studio with a session in it. */
export class Studio {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly port: number;
  readonly cookie: string;

  private constructor(child: ChildProcess, ended: Promise<Ended>, port: number, cookie: string) {
    this.child = child;
    this.ended = ended;
    this.port = port;
    this.cookie = cookie;
  }

  /** @throws Error with what it said where it does not come up */
  static async start(home: string, folders: readonly string[]): Promise<Studio> {
    const { child, ended, said } = startCommand(
      ['serve', '--json', '--home', home, '--root', ...folders],
      folders[0] ?? home,
    );
    while (!/\{"port".*\}\n/.test(said())) {
      const end = await Promise.race([ended, once(child.stdout ?? child, 'data').then(() => null)]);
      if (end !== null) throw new Error(end.words);
    }
    const { port, link } = JSON.parse(/\{"port".*\}/.exec(said())?.[0] ?? '') as {
      port: number;
      link: string;
    };
    const entered = await fetch(link, { redirect: 'manual' });
    const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return new Studio(child, ended, port, cookie);
  }

  /** A call's result. @throws Error with the problem's code and message */
  async ask<T>(name: string, args: unknown): Promise<T> {
    const origin = `http://127.0.0.1:${this.port}`;
    const response = await fetch(`${origin}/api/${name}`, {
      method: 'POST',
      headers: { cookie: this.cookie, origin, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    const reply = (await response.json()) as {
      ok: boolean;
      result: T;
      problem?: { code: string; message: string };
    };
    if (!reply.ok) throw new Error(`${reply.problem?.code}: ${reply.problem?.message}`);
    return reply.result;
  }

  /** Waits until a run has ended, and tells its state. */
  async endOfRun(id: number): Promise<string> {
    for (;;) {
      const { state, endedAt } = await this.ask<{ state: string; endedAt: string | null }>('runs.get', {
        id,
      });
      if (endedAt !== null && !['queued', 'preparing', 'running', 'cancelling'].includes(state)) return state;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async close(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
