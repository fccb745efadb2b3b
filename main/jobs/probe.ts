import { z } from 'zod';
import { toProblem } from '../contract/errors.ts';
import type { ProviderName } from '../contract/messages.ts';
import type { EngineHost, StartEngine } from './host.ts';
import { ask } from './query.ts';

/** A driver that has not answered by then is taken for one that does not work. */
const limitMs = 30_000;

/** What has been found out; drivers come and go with the program's start. */
const known = new Map<ProviderName, Promise<string | null>>();

/**
 * Has one of onnxruntime's execution providers tried in a process of its own, because a graphics driver may hang or end it. Asked
 * once.
 * @returns why it cannot be used, in a sentence or two; null when it can
 */
export function probeProvider(startEngine: StartEngine, provider: ProviderName): Promise<string | null> {
  const found =
    known.get(provider) ??
    ask(startEngine, 'probe-provider', { provider }, { timeoutMs: limitMs })
      .then((answer) => z.string().nullable().parse(answer))
      .catch((error: unknown) => `It was tried in a process of its own. ${toProblem(error).message}`);
  known.set(provider, found);
  return found;
}

/** A host that answers its process's wish to have a provider tried, by a process of the same kind. */
export function answerProbes(host: EngineHost, startEngine: StartEngine): EngineHost {
  host.onMessage((message) => {
    if (message.type !== 'probe') return;
    const { provider } = message;
    void probeProvider(startEngine, provider).then((problem) =>
      host.post({ type: 'probed', provider, problem }),
    );
  });
  return host;
}
