import { z } from 'zod';
import { engineMessageSchema } from '../contract/messages.ts';
import type { EngineMessage } from '../contract/messages.ts';

/** What is kept of a process's stderr: enough for a stack trace or a native library's last words. */
const stderrBytes = 64 * 1024;

type ExitListener = (code: number | null, signal: string | null, stderr: string) => void;

/** The receiving half of a host, the same for all kinds of processes: checks messages, keeps the end of stderr. */
export function receiver() {
  const messages: ((message: EngineMessage) => void)[] = [];
  const malformed: ((reason: string) => void)[] = [];
  const exits: ExitListener[] = [];
  let tail = Buffer.alloc(0);
  let ended = false;
  return {
    onMessage: (listener: (message: EngineMessage) => void) => void messages.push(listener),
    onMalformed: (listener: (reason: string) => void) => void malformed.push(listener),
    onExit: (listener: ExitListener) => void exits.push(listener),
    receive(raw: unknown): void {
      if (ended) return;
      const parsed = engineMessageSchema.safeParse(raw);
      if (parsed.success) for (const listener of messages) listener(parsed.data);
      else for (const listener of malformed) listener(z.prettifyError(parsed.error));
    },
    receiveStderr(chunk: Buffer): void {
      tail = Buffer.concat([tail, chunk]).subarray(-stderrBytes);
    },
    end(code: number | null, signal: string | null): void {
      if (ended) return;
      ended = true;
      for (const listener of exits) listener(code, signal, tail.toString('utf8'));
    },
    get ended() {
      return ended;
    },
  };
}
