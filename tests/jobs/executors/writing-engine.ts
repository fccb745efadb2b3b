import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineMessage, HostMessage } from '../../../main/contract/messages.ts';
import { sampleReport } from '../../engine/report/sample.ts';

/** Speaks the engine's protocol without computing: writes where its data are, and a report. Slow where the recipe is called so. */
const send = (message: EngineMessage) => process.send?.(message);
const end = () => setTimeout(() => process.exit(0), 20);
process.on('disconnect', () => process.exit(0));
process.on('message', (message: HostMessage) => {
  if (message.type === 'cancel') {
    send({ type: 'state', state: 'cancelled' });
    end();
  }
  if (message.type !== 'start') return;
  const { folder, places = {}, recipe } = message;
  send({ type: 'state', state: 'running' });
  if (recipe.name === 'slow') return void setInterval(() => undefined, 1000);
  writeFileSync(join(folder, 'found.txt'), `${Object.values(places).join('\n')}\n`);
  const report = sampleReport({ recipe, seed: recipe.seed });
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  send({ type: 'report', report });
  send({ type: 'state', state: 'finished' });
  end();
});
send({ type: 'ready', versions: {} });
