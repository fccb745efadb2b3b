import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineMessage, HostMessage } from '../../main/contract/messages.ts';
import type { EngineHost } from '../../main/jobs/host.ts';
import { sampleReport } from '../../tests/engine/report/sample.ts';

/**
 * An engine without a process that takes as long as it is told to and leaves a report and a file of weights, so that what is measured
 * is the way there and back.
 * @param begun called when the run begins
 */
export function timedHost(ms: number, bytes: number, begun: () => void = () => undefined): EngineHost {
  const listeners: ((message: EngineMessage) => void)[] = [];
  const exits: ((code: number | null, signal: string | null, stderr: string) => void)[] = [];
  const say = (message: EngineMessage) => listeners.forEach((listener) => listener(message));
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(timer);
    for (const exit of exits.splice(0)) exit(0, null, '');
  };
  const start = ({ folder, recipe }: Extract<HostMessage, { type: 'start' }>) => {
    begun();
    timer = setTimeout(() => {
      const report = sampleReport({ recipe, seed: recipe.seed });
      writeFileSync(join(folder, 'weights.safetensors'), Buffer.alloc(bytes, recipe.seed));
      writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
      say({ type: 'report', report });
      say({ type: 'state', state: 'finished' });
      end();
    }, ms);
  };
  setImmediate(() => say({ type: 'ready', versions: {} }));
  return {
    post: (message) => (message.type === 'start' ? start(message) : undefined),
    onMessage: (listener) => void listeners.push(listener),
    onMalformed: () => undefined,
    onExit: (listener) => void exits.push(listener),
    kill: end,
  };
}
