import { EspalierError, runError } from '../contract/errors.ts';
import type { StartEngine } from './host.ts';

export interface AskOptions {
  readonly timeoutMs?: number;
  /** Told the share of the work that is done, 0..1, where the answer takes long. */
  readonly progress?: (fraction: number) => void;
  /** Gives the question up: its process is ended, and the answer is the signal's reason as an error. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the engine one question in a process of its own, which ends with the answer.
 * @returns the answer, unchecked
 * @throws EspalierError with the engine's problem, 'query/crashed' when its process died, 'query/slow' after `timeoutMs`
 */
export async function ask(
  startEngine: StartEngine,
  query: string,
  args: unknown,
  { timeoutMs = 120_000, progress = () => undefined, signal }: AskOptions = {},
): Promise<unknown> {
  const host = startEngine(`query ${query}`);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const timer = setTimeout(() => {
    reject(
      runError(
        'query/slow',
        `The engine did not answer within ${Math.round(timeoutMs / 1000)} s (${query}).`,
        {
          remedy: 'Try again when the machine is less busy.',
        },
      ),
    );
  }, timeoutMs);
  let settled = false;
  host.onMessage((message) => {
    if (message.type === 'ready') {
      // It may come up after it was given up.
      if (settled) host.kill();
      else host.post({ type: 'query', query, args });
    }
    if (message.type === 'answer') resolve(message.result);
    if (message.type === 'progress') progress(message.progress.fraction);
    if (message.type === 'failed') reject(new EspalierError(message.problem));
  });
  signal?.addEventListener('abort', () => reject(signal.reason as Error));
  host.onMalformed((reason) =>
    reject(runError('query/malformed', `The engine's answer was not understood (${query}). ${reason}`)),
  );
  host.onExit((code, signal, stderr) => {
    const how = signal ?? (code === null ? 'it could not be started' : `exit code ${code}`);
    const lines = stderr.trim().split('\n');
    const words = lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
    reject(
      runError(
        'query/crashed',
        `The engine's process ended without an answer (${how}; ${query}).${words === '' ? '' : ` ${words}`}`,
        {
          remedy:
            'Try again. The devices under Settings, or `espalier doctor`, show whether the engine works.',
        },
      ),
    );
  });
  try {
    return await promise;
  } finally {
    settled = true;
    clearTimeout(timer);
    host.kill();
  }
}
