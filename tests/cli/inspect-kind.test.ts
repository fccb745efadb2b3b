import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inspectModelFile } from '../../main/engine/ask/inspect-model.ts';
import { writeOnnx } from '../../main/engine/formats/onnx/write.ts';
import { NetworkBuilder } from '../../main/engine/network/builder.ts';
import type { Network } from '../../main/engine/network/graph.ts';
import { randomWeights } from '../engine/network/run.ts';
import { temporaryFolder } from '../support/folder.ts';
import { cli } from './harness.ts';

const folder = temporaryFolder();

async function said(name: string, network: Network): Promise<[string, string]> {
  await writeFile(join(folder, name), writeOnnx(network, randomWeights(network)));
  const { stdout } = await cli(['inspect', name], { cwd: folder });
  const { notes = [] } = await inspectModelFile(name, folder, null);
  return [stdout, notes.join(' ')];
}

it('says of a network that makes images what it is, before any data are named', async () => {
  const network = new NetworkBuilder('image-to-image', [3, 8, 8]).conv('conv1', 4).relu().conv('conv2', 3);
  for (const text of await said('image.onnx', network.build())) {
    expect(text).toContain('finds objects or makes images');
  }
});

it('says no such thing of a classifier, also of one whose scores have axes of one beside them', async () => {
  const flat = new NetworkBuilder('flat', [3, 8, 8]).conv('conv1', 4).relu().flatten().dense('fc', 5);
  const pooled = new NetworkBuilder('pooled', [3, 8, 8]).conv('conv1', 5).maxPool(8);
  for (const [name, network] of [
    ['flat', flat],
    ['pooled', pooled],
  ] as const) {
    // prettier-ignore
    for (const text of await said(`${name}.onnx`, network.build())) {
      expect(text).not.toContain('finds objects');
    }
  }
});

it('looks for the network from where the person is, also when the data are described elsewhere', async () => {
  const network = new NetworkBuilder('small', [1, 28, 28]).flatten().dense('fc', 10).build();
  await writeFile(join(folder, 'small.onnx'), writeOnnx(network, randomWeights(network)));
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(folder, 'data', 'd.json'), JSON.stringify({ kind: 'digits', train: 100, test: 20 }));
  const { code, stdout } = await cli(['inspect', 'small.onnx', '--data', join('data', 'd.json')], {
    cwd: folder,
  });
  expect(code).toBe(0);
  expect(stdout).toContain('7,850 parameters');
});
