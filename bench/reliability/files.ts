import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome, Suite } from './tally.ts';

/** Files that one process reads before the next one begins. */
const PIECE = 2000;
/** Silence after which a process is held to hang, in milliseconds; a busy machine may keep a sound one waiting. */
const HANG_MS = 60_000;
/** The same while it makes its whole files, among them a run. */
const START_MS = 600_000;

type Told = { begun: number; kind: string } | { done: number; problem: string | null };

/** Damaged files of every kind that is read: refused in words or read, within 2 s of processor time and 1 GiB of memory. */
export function damagedFiles(scratch: string, asked: number): Suite {
  return {
    id: 'files',
    label: 'damaged files: no crash, hang over 2 s or 1 GiB',
    asked,
    async *trials(from) {
      const folder = join(scratch, 'files');
      mkdirSync(folder, { recursive: true });
      for (let next = from; next < asked;) {
        for await (const outcome of piece(folder, next, Math.min(asked, next + PIECE))) {
          next++;
          yield outcome;
        }
      }
    },
  };
}

/** One process's trials. Where it dies or hangs, its last trial has failed, and the piece ends there. */
async function* piece(folder: string, from: number, to: number): AsyncGenerator<Outcome> {
  const child = fork(join(import.meta.dirname, 'files-worker.ts'), [folder, String(from), String(to)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-600)));
  let begun: Told | null = null;
  for await (const told of messages(child)) {
    if ('begun' in told) begun = told;
    else {
      begun = null;
      yield { problem: told.problem };
    }
  }
  if (child.exitCode === 0) return;
  if (begun === null)
    throw new Error(`the reading process failed outside a trial (${child.exitCode}): ${words}`);
  const how = child.signalCode ?? `exit status ${child.exitCode}`;
  yield { problem: `${'kind' in begun ? begun.kind : ''}: the process ended (${how}): ${words}` };
}

/** What a process tells until it is gone; one that is silent for too long is killed. */
async function* messages(child: ChildProcess): AsyncGenerator<Told> {
  const waiting: Told[] = [];
  let wake = () => undefined as void;
  let gone = false;
  let patience = START_MS;
  child.on('message', (told) => {
    waiting.push(told as Told);
    wake();
  });
  child.on('close', () => {
    gone = true;
    wake();
  });
  for (;;) {
    const told = waiting.shift();
    if (told !== undefined) {
      patience = HANG_MS;
      yield told;
    } else if (gone) return;
    else {
      const alarm = setTimeout(() => child.kill('SIGKILL'), patience);
      await new Promise<void>((resolve) => (wake = resolve));
      clearTimeout(alarm);
    }
  }
}
