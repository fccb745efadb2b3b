import type { EngineMessage, HostMessage } from '../../main/contract/messages.ts';
import { sampleReport } from '../engine/report/sample.ts';

/** Speaks the engine's protocol without computing; the recipe's name says how it ends. */
const send = (message: EngineMessage) => process.send?.(message);
const end = (code: number) => setTimeout(() => process.exit(code), 20);
let timer: NodeJS.Timeout | undefined;

process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message: HostMessage) => {
  if (message.type === 'start') begin(message);
  if (message.type === 'cancel' && timer !== undefined) {
    clearInterval(timer);
    send({ type: 'state', state: 'cancelled' });
    end(0);
  }
});
send({ type: 'ready', versions: {} });

function begin({
  recipe,
  resume,
  device,
  baseFolder,
  folder,
}: Extract<HostMessage, { type: 'start' }>): void {
  send({
    type: 'plan',
    device: `fake ${device}`,
    stages: [{ id: 'dense', label: 'Train dense', epochs: 4 }],
  });
  send({
    type: 'log',
    level: 'info',
    text: JSON.stringify({ seed: recipe.seed, resume, baseFolder, folder }),
  });
  send({ type: 'state', state: 'running' });
  switch (recipe.name) {
    case 'fail':
      send({
        type: 'failed',
        problem: {
          code: 'data/truncated',
          message: 'The file ends early.',
          file: 'x.gz',
          remedy: 'Copy it again.',
          kind: 'input',
        },
      });
      return void end(1);
    case 'diverge':
      send({
        type: 'failed',
        problem: { code: 'train/diverged', message: 'The loss is not a number.', kind: 'run' },
      });
      return void end(1);
    case 'crash':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'slow':
    case 'deaf':
      tell(1);
      timer = setInterval(() => tell(1), 20);
      if (recipe.name === 'deaf') process.removeAllListeners('message');
      return;
    case undefined:
    default:
      for (let epoch = 0; epoch <= 4; epoch += 0.5) tell(epoch);
      send({ type: 'report', report: sampleReport({ seed: recipe.seed, recipe }) });
      send({ type: 'state', state: 'finished' });
      end(0);
  }
}

function tell(epoch: number): void {
  const place = { step: epoch * 100, epoch, stage: 0 };
  send({ type: 'metrics', points: [{ name: 'train/loss', ...place, value: 1 / (1 + epoch) }] });
  send({
    type: 'progress',
    progress: {
      stage: 0,
      epoch,
      step: epoch * 100,
      fraction: epoch / 4,
      etaSeconds: 4 - epoch,
      samplesPerSecond: 1000,
    },
  });
}
