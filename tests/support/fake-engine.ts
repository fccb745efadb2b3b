/**
 * An engine that computes nothing but speaks the protocol: ten steps in two epochs, a checkpoint after each epoch, a
 * report at the end. The first word of the recipe's name chooses what goes wrong. It is a program of its own: it runs in
 * a real child process.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineMessage, HostMessage } from '../../main/contract/messages.ts';
import type { Report } from '../../main/contract/report.ts';
import { sampleReport } from './samples.ts';

type Start = Extract<HostMessage, { type: 'start' }>;

let paused = false;
let cancelled = false;
let behaviour = '';

const send = (message: EngineMessage) =>
  new Promise<void>((resolve) => process.send?.(message, () => resolve()));
const exit = async (code: number) => {
  await send({ type: 'heartbeat' });
  process.exit(code);
};

process.on('disconnect', () => process.exit(0));
process.on('message', (message: HostMessage) => {
  switch (message.type) {
    case 'start':
      void run(message);
      break;
    case 'query':
      void query(message.query, message.args);
      break;
    case 'pause':
      paused = true;
      break;
    case 'resume':
      paused = false;
      break;
    case 'cancel':
      if (behaviour !== 'stubborn') cancelled = true;
      break;
    case 'keep':
      void send({ type: 'checkpoint', stage: 0, epoch: 0 });
      break;
    // Studies have an engine of their own in tests.
    case 'study':
    case 'probed':
      break;
  }
});
void send({ type: 'ready', versions: { fake: '1' } });

async function gate(): Promise<void> {
  if (paused && !cancelled) {
    await send({ type: 'state', state: 'paused' });
    while (paused && !cancelled) await delay(2);
    if (!cancelled) await send({ type: 'state', state: 'running' });
  }
  if (cancelled) {
    await send({ type: 'state', state: 'cancelled' });
    await exit(0);
  }
}

async function run({ recipe, folder, resume }: Start): Promise<void> {
  behaviour = (recipe.name ?? 'finish').split(' ')[0] ?? '';
  const checkpoint = join(folder, 'checkpoint');
  const from = resume && existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
  await send({ type: 'state', state: 'preparing' });
  await send({ type: 'plan', stages: [{ id: 'train', label: 'Train', epochs: 2 }], device: 'fake' });
  await send({ type: 'state', state: 'running' });
  if (resume) await send({ type: 'log', level: 'info', text: `resumed at ${from}` });
  for (let step = from + 1; step <= 10; step++) {
    if (step === 8) await misbehave(resume);
    await delay(behaviour === 'slow' || behaviour === 'stubborn' ? 20 : 2);
    await gate();
    const epoch = step / 5;
    const progress = {
      stage: 0,
      epoch,
      step,
      fraction: step / 10,
      etaSeconds: 10 - step,
      samplesPerSecond: 1,
    };
    await send({ type: 'progress', progress });
    await send({
      type: 'metrics',
      points: [{ name: 'train/loss', step, epoch, stage: 0, value: 1 / step }],
    });
    if (step % 5 === 0) {
      writeFileSync(checkpoint, String(step));
      await send({ type: 'layers', epoch, layers: [{ name: 'dense/kernel', total: 100, kept: 100 - step }] });
      await send({ type: 'checkpoint', stage: 0, epoch });
    }
  }
  if (behaviour !== 'no-report') await send({ type: 'report', report: leaveFiles(folder, recipe) });
  await send({ type: 'state', state: 'finished' });
  if (behaviour === 'lingering') await delay(60_000);
  await exit(behaviour === 'bad-goodbye' ? 3 : 0);
}

async function misbehave(resumed: boolean): Promise<void> {
  switch (behaviour) {
    case 'crash':
      if (resumed) return;
      process.stderr.write('noise '.repeat(20_000));
      process.stderr.write('the last words\n');
      process.exit(134);
      break;
    case 'kill':
      if (!resumed) process.kill(process.pid, 'SIGKILL');
      break;
    case 'fail': {
      const problem = { code: 'train/diverged', message: 'The loss is not a number.', kind: 'run' as const };
      await send({ type: 'failed', problem });
      await exit(1);
      break;
    }
    case 'malformed':
      for (let i = 0; i < 15; i++) process.send?.({ type: 'metrics', points: 'many' });
      process.send?.('what?');
      break;
    case 'silent':
      await delay(300);
      break;
  }
}

function leaveFiles(folder: string, recipe: Start['recipe']): Report {
  const content = Buffer.from('the model '.repeat(100));
  writeFileSync(join(folder, 'model.onnx'), content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const path = behaviour === 'escape' ? '../../secret.txt' : 'model.onnx';
  const files = [
    { path, kind: 'onnx', format: 'onnx', bytes: content.length, gzipBytes: content.length, sha256 },
  ];
  return sampleReport(
    recipe,
    behaviour === 'changed'
      ? [{ path, kind: 'onnx', format: 'onnx', bytes: 1, gzipBytes: 1, sha256: 'x' }]
      : files,
  );
}

async function query(name: string, args: unknown): Promise<void> {
  if (name === 'echo') await send({ type: 'answer', result: args });
  if (name === 'fail') {
    const problem = { code: 'data/missing', message: 'No data.', file: 'a.csv', kind: 'input' as const };
    await send({ type: 'failed', problem });
    await exit(1);
  }
  if (name === 'die') {
    process.stderr.write('out of luck\n');
    process.exit(9);
  }
  if (name === 'probe-provider') {
    const { provider } = args as { provider: string };
    if (provider === 'dml') process.kill(process.pid, 'SIGSEGV');
    await send({ type: 'answer', result: 'Not here.' });
  }
  if (name === 'sleep') await delay(60_000);
  await exit(0);
}
