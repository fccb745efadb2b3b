import { EspalierError, runError } from '../contract/errors.ts';
import type { StartEngine } from './host.ts';

/**
 * Asks the engine one question in a process of its own, which ends with the answer.
 * @returns the answer, unchecked
 * @throws EspalierError with the engine's problem, 'query/crashed' when its process died, 'query/slow' after `timeoutMs`
 */
export async function ask(
  startEngine: StartEngine,
  query: string,
  args: unknown,
  timeoutMs = 120_000,
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
  host.onMessage((message) => {
    if (message.type === 'ready') host.post({ type: 'query', query, args });
    if (message.type === 'answer') resolve(message.result);
    if (message.type === 'failed') reject(new EspalierError(message.problem));
  });
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
        { remedy: 'Try again; `espalier doctor` checks the engine.' },
      ),
    );
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    host.kill();
  }
}
