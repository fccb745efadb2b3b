import { expect, test } from 'vitest';
import type { EngineMessage } from '../../main/contract/messages.ts';
import { progressView } from '../../main/cli/progress.ts';

test('a line of progress has the sparsity of the masks as they are, not of the last epoch measured', () => {
  const lines: string[] = [];
  const view = progressView({ write: (text: string) => lines.push(text) > 0 }, false);
  const messages: EngineMessage[] = [
    { type: 'plan', stages: [{ id: 'prune', label: 'Prune', epochs: 2 }], device: 'cpu' },
    {
      type: 'metrics',
      points: [{ name: 'sparsity', step: 10, epoch: 1, stage: 0, value: 0.5 }],
    },
    {
      type: 'layers',
      epoch: 1,
      layers: [
        { name: 'a', total: 100, kept: 10 },
        { name: 'b', total: 300, kept: 90 },
      ],
    },
    {
      type: 'progress',
      progress: { stage: 0, epoch: 1, step: 10, fraction: 0.5, etaSeconds: null, samplesPerSecond: null },
    },
  ];
  messages.forEach((message) => view.show(message));
  expect(lines.at(-1)).toBe('Prune, epoch 2/2  sparsity 75.0 %\n');
});
