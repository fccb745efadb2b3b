import type { Artifact, LogLine, RunSummary } from '../../../main/contract/api.ts';
import { recipeSchema } from '../../../main/contract/recipe.ts';
import type { RecipeInput } from '../../../main/contract/recipe.ts';
import type { RunState } from '../../../main/contract/run.ts';
import { epochsInAll, progressAt, stages } from './fixture-measurements.ts';

const demo: RecipeInput = {
  network: 'lenet-300-100',
  data: 'digits',
  dense: { epochs: 10 },
  paradigm: 'magnitude-gradual',
  budget: { sparsity: 0.9 },
  finetune: { epochs: 5 },
  export: ['onnx', 'safetensors'],
};

interface Made {
  readonly id: number;
  readonly name: string;
  readonly state: RunState;
  /** Epochs it has behind it. */
  readonly epoch: number;
  readonly sparsity?: number;
  readonly minutesAgo: number;
  readonly projectId?: number;
  readonly recipe?: Partial<RecipeInput>;
  readonly drop?: number;
}

const problems: Partial<Record<RunState, RunSummary['problem']>> = {
  failed: {
    code: 'train/diverged',
    message: 'The loss is no longer a number in epoch 3 of dense training.',
    field: 'dense.lr',
    remedy: 'Choose a smaller learning rate, for example 0.01, or a warm-up of one epoch.',
    kind: 'run',
  },
  crashed: {
    code: 'run/crashed',
    message: "The run's process ended with signal SIGKILL.",
    remedy: 'Close other programs if memory is short, then resume the run.',
    kind: 'run',
  },
};

/** One run in a given state, as the studio would tell of it. */
export function makeRun(made: Made): RunSummary {
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const sparsity = made.sparsity ?? 0.9;
  const begun = made.state !== 'queued';
  const ended = ['finished', 'failed', 'crashed', 'cancelled', 'interrupted'].includes(made.state);
  const kept = 266_200 - Math.round(266_200 * sparsity);
  const drop = made.drop ?? 0.002;
  return {
    id: made.id,
    projectId: made.projectId ?? 1,
    name: made.name,
    state: made.state,
    notes: '',
    tags: [],
    deletedAt: null,
    recipe: recipeSchema.parse({ ...demo, budget: { sparsity }, ...made.recipe }),
    createdAt: at(made.minutesAgo),
    startedAt: begun ? at(made.minutesAgo - 0.1) : null,
    endedAt: ended ? at(made.minutesAgo - 2) : null,
    stages: begun && made.state !== 'preparing' ? stages : [],
    progress: made.epoch > 0 ? progressAt(made.epoch) : null,
    device: begun ? 'onnxruntime (4 threads)' : null,
    problem: problems[made.state] ?? null,
    resumable: ended && made.state !== 'finished' && made.epoch >= 1,
    result:
      made.state === 'finished'
        ? {
            denseAccuracy: 0.9785,
            accuracy: 0.9785 - drop,
            sparsity,
            promises: [],
            parameters: 266_610,
            nonzero: kept + 410,
            // Ten samples change for the better, and as many more for the worse as the drop has it.
            pairs: { lost: 10 + Math.round(drop * 2_000), gained: 10, samples: 2_000 },
            test: 2_000,
          }
        : null,
  };
}

/** Runs in every state. */
export function everyState(): RunSummary[] {
  return [
    makeRun({ id: 12, name: 'Digits, 90 % gradual', state: 'running', epoch: 12.5, minutesAgo: 1 }),
    makeRun({ id: 13, name: 'Digits, waiting', state: 'queued', epoch: 0, minutesAgo: 0.5, sparsity: 0.95 }),
    makeRun({ id: 14, name: 'Digits, preparing', state: 'preparing', epoch: 0, minutesAgo: 0.2 }),
    makeRun({ id: 15, name: 'Digits, pausing', state: 'pausing', epoch: 6.2, minutesAgo: 4 }),
    makeRun({ id: 16, name: 'Digits, held over lunch', state: 'paused', epoch: 8, minutesAgo: 50 }),
    makeRun({ id: 17, name: 'Digits, cancelling', state: 'cancelling', epoch: 3, minutesAgo: 3 }),
    makeRun({ id: 5, name: 'LeNet-5, wrong idea', state: 'cancelled', epoch: 2.5, minutesAgo: 300 }),
    makeRun({
      id: 6,
      name: 'Learning rate 1',
      state: 'failed',
      epoch: 2.4,
      minutesAgo: 260,
      recipe: { dense: { epochs: 10, lr: 1 } },
    }),
    makeRun({
      id: 7,
      name: 'Overnight sweep 3',
      state: 'crashed',
      epoch: 11,
      minutesAgo: 700,
      sparsity: 0.98,
    }),
    makeRun({ id: 8, name: 'Before the update', state: 'interrupted', epoch: 9, minutesAgo: 1500 }),
    makeRun({
      id: 1,
      name: 'Digits, 80 %',
      state: 'finished',
      epoch: epochsInAll,
      minutesAgo: 2000,
      sparsity: 0.8,
      drop: -0.001,
    }),
    makeRun({ id: 2, name: 'Digits, 90 %', state: 'finished', epoch: epochsInAll, minutesAgo: 1900 }),
    makeRun({
      id: 3,
      name: 'Digits, 95 %',
      state: 'finished',
      epoch: epochsInAll,
      minutesAgo: 1800,
      sparsity: 0.95,
      drop: 0.0055,
    }),
    makeRun({
      id: 4,
      name: 'Digits, 98 %',
      state: 'finished',
      epoch: epochsInAll,
      minutesAgo: 1700,
      sparsity: 0.98,
      drop: 0.031,
      projectId: 2,
    }),
  ];
}

export const artifactsOf = (runId: number): Artifact[] =>
  [
    { name: 'model.onnx', kind: 'onnx', bytes: 1_067_912 },
    { name: 'weights.safetensors', kind: 'weights', bytes: 1_066_936 },
    { name: 'masks.safetensors', kind: 'masks', bytes: 266_512 },
    { name: 'report.html', kind: 'report-html', bytes: 48_210 },
  ].map((file, index) => ({
    ...file,
    id: runId * 100 + index + 1,
    runId,
    sha256: 'ab12'.repeat(16),
    measured: null,
  }));

export function logOf(run: RunSummary): LogLine[] {
  const line = (level: LogLine['level'], text: string): LogLine => ({ at: run.createdAt, level, text });
  if (run.startedAt === null) return [];
  return [
    line('info', 'Read 10,000 training, 1,000 validation and 2,000 test samples of digits.'),
    line('info', 'LeNet-300-100: 266,610 parameters, 266,200 of them prunable.'),
    line(
      'warning',
      'Prune while training, after 12 epochs: only one weight is left in these layers: fc1.weight.',
    ),
    ...(run.problem === null ? [] : [line('error', run.problem.message)]),
  ];
}
