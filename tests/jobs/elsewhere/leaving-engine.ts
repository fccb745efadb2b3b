import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineMessage, HostMessage } from '../../../main/contract/messages.ts';
import { sampleReport } from '../../support/samples.ts';

/**
 * Speaks the engine's protocol without computing: a checkpoint at half, then a report with a file. Seed 2 takes its time until a
 * file named 'go' lies beside the data folder; seed 3 fails; seed 4 finds no room on the disk.
 */
const send = (message: EngineMessage) => process.send?.(message);
const end = () => setTimeout(() => process.exit(0), 20);
const go = process.env['ESPALIER_TEST_GO'] ?? '';

process.on('disconnect', () => process.exit(0));
process.on('message', (message: HostMessage) => {
  if (message.type === 'cancel') {
    send({ type: 'state', state: 'cancelled' });
    end();
  }
  if (message.type === 'start') void run(message);
});
send({ type: 'ready', versions: { fake: '1' } });

async function run({ folder, recipe, threads }: Extract<HostMessage, { type: 'start' }>): Promise<void> {
  send({ type: 'state', state: 'running' });
  send({ type: 'plan', stages: [{ id: 'train', label: 'Train', epochs: 2 }], device: 'fake' });
  const checkpoint = join(folder, 'checkpoint.safetensors');
  const begun = existsSync(checkpoint) ? readFileSync(checkpoint, 'utf8') : 'from the beginning';
  if (recipe.seed === 3 && begun === 'from the beginning') {
    send({
      type: 'failed',
      problem: { code: 'train/diverged', message: 'The loss is no number.', kind: 'run' },
    });
    return void end();
  }
  if (recipe.seed === 4) {
    const message = 'There is no room left on the disk.';
    send({
      type: 'failed',
      problem: { code: 'files/disk-full', message, kind: 'run', remedy: 'Make room.' },
    });
    return void end();
  }
  writeFileSync(checkpoint, 'from the checkpoint');
  send({ type: 'checkpoint', stage: 0, epoch: 1 });
  while (recipe.seed === 2 && !existsSync(go)) await delay(20);
  writeFileSync(join(folder, 'model.onnx'), begun);
  const sha256 = createHash('sha256').update(begun).digest('hex');
  const bytes = begun.length;
  const files = [{ path: 'model.onnx', kind: 'onnx', format: 'onnx', bytes, gzipBytes: bytes, sha256 }];
  const report = { ...sampleReport(recipe, files), device: `fake, ${threads ?? 0} threads` };
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  send({ type: 'report', report });
  send({ type: 'state', state: 'finished' });
  end();
}
