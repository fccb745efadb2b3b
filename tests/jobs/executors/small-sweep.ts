import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Random } from '../../../main/engine/base/random.ts';
import { floats, model } from '../../engine/formats/onnx-models.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/**
 * The command line and its engine as built programs, which start sooner than sources do.
 * @returns the command line's file; it lies under the project's folder, where packages are found
 */
export async function builtCli(): Promise<string> {
  const outdir = join(root, 'out', 'tests-executors');
  await build({
    entryPoints: {
      cli: join(root, 'main', 'cli.ts'),
      engine: join(root, 'main', 'engine', 'process', 'entry.ts'),
    },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return join(outdir, 'cli.js');
}

/**
 * A grid whose runs take a second: a table of 120 samples and a network of 8 x 12 x 3 weights, which the recipe names as files.
 * @param seeds two runs each at two budgets
 * @param epochs a dozen take less than a second
 * @returns the grid's file
 */
export async function smallGrid(folder: string, seeds: readonly number[], epochs = 12): Promise<string> {
  await mkdir(join(folder, 'inputs'), { recursive: true });
  const random = Random.from(1, 'table');
  const rows = Array.from({ length: 120 }, (_, i) => {
    const label = i % 3;
    const values = Array.from({ length: 8 }, (_, k) =>
      (random.normal() + (k % 3 === label ? 1 : 0)).toFixed(4),
    );
    return [...values, `class ${label}`].join(',');
  });
  const header = [...Array.from({ length: 8 }, (_, k) => `x${k}`), 'label'].join(',');
  await writeFile(join(folder, 'inputs', 'table.csv'), [header, ...rows, ''].join('\n'));
  await writeFile(
    join(folder, 'inputs', 'network.onnx'),
    model(
      [
        ['MatMul', ['x', 'w1'], 'h'],
        ['Relu', ['h'], 'r'],
        ['MatMul', ['r', 'w2'], 'y'],
      ],
      { input: ['n', 8], tensors: [floats('w1', [8, 12]), floats('w2', [12, 3])] },
    ),
  );
  const grid = {
    name: 'Small',
    base: {
      network: 'inputs/network.onnx',
      data: { kind: 'csv', path: 'inputs/table.csv' },
      finetune: { epochs, batchSize: 8 },
      export: ['safetensors'],
    },
    paradigms: [
      'magnitude-one-shot',
      { paradigm: 'magnitude-one-shot', label: 'layer by layer', set: { 'prune.scope': 'layerwise' } },
    ],
    budgets: [0.5, 0.8],
    seeds,
  };
  const file = join(folder, 'grid.yaml');
  await writeFile(file, JSON.stringify(grid));
  return file;
}
