import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { identityHash } from './identity.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { RunContext } from './context.ts';
import { versions } from '../base/versions.ts';

/** The dense training that a run begins with, in a folder where others find it. */
export interface SharedDense {
  /** Puts a run that has not begun behind its dense training, where the folder has the result. */
  take(): Promise<void>;
  /** Keeps the result of the dense training that has just ended. */
  keep(): Promise<void>;
}

/**
 * Runs that train the same network on the same data, with the same settings, seed, device and program, train it to the same
 * bytes: a sweep does it once. An entry is the run's data after that training, in a checkpoint of its own. Two runs that
 * train at the same time do it twice and keep the same result.
 * @returns undefined when the run does not begin with training a dense network
 */
export function sharedDense(folder: string, context: RunContext): SharedDense | undefined {
  const { recipe, stages, base, dataset, backend, data } = context;
  const [first] = stages;
  if (first?.kind !== 'train' || first.id !== 'dense' || first.dynamics !== undefined) return undefined;
  const identity = {
    network: base,
    data: [recipe.data, dataset.fingerprint],
    seed: recipe.seed,
    spec: first.spec,
    keepAt: first.keepAt ?? null,
    ...(first.keepOptimizer && { keepOptimizer: true }),
    ...(first.slimming === undefined ? {} : { slimming: first.slimming }),
    device: backend.device,
    versions: versions(),
  };
  const own = join(folder, identityHash(identity));
  return {
    async take() {
      // What cannot be read is trained anew and replaced.
      const kept = await loadCheckpoint(own, identity, base).catch(() => undefined);
      if (kept === undefined) return;
      const rewound = kept.snapshots.get('rewound');
      if (rewound !== undefined) data.snapshots.set('rewound', rewound);
      data.model = kept.model;
      data.history = kept.history;
      data.steps = kept.steps;
      data.seconds[0] = kept.seconds[0] ?? 0;
      data.stage = 1;
      context.emit({ type: 'log', level: 'info', text: `${first.label}: taken from an earlier run.` });
    },
    async keep() {
      await mkdir(own, { recursive: true });
      const seconds = data.seconds.slice(0, 1);
      await saveCheckpoint(own, identity, { ...data, stage: 1, epoch: 0, batch: 0, seconds });
    },
  };
}
