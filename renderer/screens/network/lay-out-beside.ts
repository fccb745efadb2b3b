import { runError } from '../../../main/contract/errors.ts';
import type { Edge, GraphLayout } from './box.ts';

/** Lays a network out in a worker, so that the page answers meanwhile. */
export function layOutBeside(count: number, edges: readonly Edge[]): Promise<GraphLayout> {
  const worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<GraphLayout>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<GraphLayout>) => {
      resolve(data);
    });
    worker.addEventListener('error', ({ message }) => {
      reject(runError('network/layout', `The drawing could not be made: ${message}`));
    });
    worker.postMessage([count, edges]);
  }).finally(() => {
    worker.terminate();
  });
}
