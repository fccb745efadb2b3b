import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { keras } from '../../../main/engine/formats/keras/format.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { randomWeights } from '../network/run.ts';

const folder = temporaryFolder();

it('a process that has nothing else to do waits for what an HDF5 file holds', async () => {
  const network = new NetworkBuilder('small', [6]).dense('fc', 3).build();
  const file = join(folder, 'model.h5');
  const weights = randomWeights(network);
  const [written] = await keras.write({ network, weights, masks: new Map(), metadata: {} });
  await writeFile(file, written?.bytes ?? '');
  const read = pathToFileURL(join(import.meta.dirname, '../../../main/engine/formats/read.ts')).href;
  const script = join(folder, 'read.mjs');
  await writeFile(
    script,
    `import { readModel } from ${JSON.stringify(read)};
    const { weights } = await readModel(${JSON.stringify(file)}, '/');
    console.log([...weights.values()].map(({ data }) => data.length).join());`,
  );
  const said = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  expect(said.trim().split(',').map(Number).sort((a, b) => a - b)).toEqual([3, 18]);
}, 60_000); // prettier-ignore
