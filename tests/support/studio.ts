import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApiArgs, ApiName, ApiResult, StudioEvent } from '../../main/contract/api.ts';
import { EspalierError } from '../../main/contract/errors.ts';
import { BrowserDesk } from '../../main/ipc/desk.ts';
import { openStudio } from '../../main/studio.ts';
import type { Studio, StudioOptions } from '../../main/studio.ts';
import { childHost } from '../../main/jobs/child-host.ts';

const fakeEngine = fileURLToPath(new URL('./fake-engine.ts', import.meta.url));

export interface TestStudio extends Studio {
  readonly desk: BrowserDesk;
  /** Calls as the renderer's client does: with types, and throwing problems. */
  ask<N extends ApiName>(name: N, args: ApiArgs<N>): Promise<ApiResult<N>>;
  /** Settles at the first event for which the condition holds. */
  event(condition: (event: StudioEvent) => boolean): Promise<void>;
}

/** A studio on a folder, over a browser's desk, with the engine that computes nothing unless another is given. */
export function testStudio(folder: string, options: Partial<StudioOptions> = {}): TestStudio {
  const desk = new BrowserDesk();
  const studio = openStudio({
    dataFolder: join(folder, 'data'),
    baseFolder: folder,
    roots: [folder],
    version: '0.0.0-test',
    startEngine: () => childHost(fakeEngine),
    desk,
    ...options,
  });
  return {
    call: studio.call,
    subscribe: studio.subscribe,
    allow: studio.allow,
    artifact: studio.artifact,
    close: studio.close,
    get busy() {
      return studio.busy;
    },
    desk,
    async ask(name, args) {
      const reply = await studio.call(name, args);
      if (!reply.ok) throw new EspalierError(reply.problem);
      return reply.result as ApiResult<typeof name>;
    },
    event: (condition) =>
      new Promise((resolve) => {
        const unsubscribe = studio.subscribe((event) => {
          if (!condition(event)) return;
          unsubscribe();
          setImmediate(resolve);
        });
      }),
  };
}
