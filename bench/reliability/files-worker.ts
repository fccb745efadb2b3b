import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  headedSeed,
  jsonSeed,
  npyOf,
  seedFiles,
  type Seed,
  zipSeed,
} from '../../tests/support/seed-files.ts';
import { damagedBytes } from '../../tests/support/mutate.ts';
import { readRunFile, readRunReport } from '../../main/jobs/run-folder.ts';
import { EspalierError } from '../../main/contract/errors.ts';
import { dataSpecSchema } from '../../main/contract/data.ts';
import { Control } from '../../main/engine/base/control.ts';
import { Random } from '../../main/engine/base/random.ts';
import { loadDataset } from '../../main/engine/data/load.ts';
import { readModel } from '../../main/engine/formats/read.ts';
import { readTensors } from '../../main/engine/formats/weights/read.ts';
import { checkRecipe } from '../../main/engine/recipe/check.ts';
import { loadCheckpoint } from '../../main/engine/run/checkpoint.ts';
import { CHECKPOINT_FILE } from '../../main/files/checkpoint-file.ts';
import { runSession } from '../../main/engine/run/session.ts';
import { loadNetwork } from '../../main/engine/run/network-source.ts';
import { PNG } from 'pngjs';
import jpeg from 'jpeg-js';
import { smallRecipe } from './program.ts';

/*
 * Damages files and reads them, in a process of its own: `node files-worker.ts FOLDER FROM TO`. It tells its parent the number
 * of a trial before it begins and what it came to after it.
 */

/** Processor time that reading one file of a few kilobytes may take, in seconds. */
const SECONDS = 2;
/** Memory that reading one may take beyond what the process has anyway, in bytes. */
const MEMORY = 2 ** 30;

interface Kind {
  readonly name: string;
  readonly files: readonly Seed[];
  /** How often it is tried, among others. */
  readonly weight: number;
  read(folder: string): Promise<unknown>;
}

const [scratch = '.', from = '0', to = '0'] = process.argv.slice(2);
function idx(shape: readonly number[], values: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => head.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([head, values]);
}

function picture(i: number): { width: number; height: number; data: Buffer } {
  const data = Buffer.from(Uint8Array.from({ length: 4 * 36 }, (_, at) => (at * 7 + i * 31) % 256));
  return { width: 6, height: 6, data };
}

function dataKind(name: string, files: Seed[], spec: unknown, weight = 3): Kind {
  return {
    name,
    files,
    weight,
    read: (baseFolder) => loadDataset(dataSpecSchema.parse(spec), { seed: 1, baseFolder }),
  };
}

async function kinds(): Promise<Kind[]> {
  const models = Object.entries(await seedFiles()).map(([name, files]): Kind => {
    const named = `./${files[0]?.name ?? ''}`;
    const weights = name === 'safetensors' || name === 'npz';
    return {
      name,
      files,
      // A thread for the HDF5 library takes a hundred times as long to start as the others take to read.
      weight: name.startsWith('Keras') ? 0.1 : 3,
      read: (folder) => (weights ? readTensors(named, folder) : readModel(named, folder)),
    };
  });
  const run = join(scratch, 'run');
  const recipe = { ...smallRecipe('magnitude-one-shot'), dense: undefined, finetune: undefined };
  const tiny = smallRecipe('magnitude-one-shot');
  await runSession(
    { recipe: tiny, folder: run, baseFolder: scratch, device: 'onnxruntime', resume: false },
    new Control(() => undefined),
    () => undefined,
  );
  const like = { sampleShape: [1, 28, 28], classes: Array.from('0123456789') };
  const { network: made } = await loadNetwork(tiny, like, scratch);
  const images = Uint8Array.from({ length: 20 * 36 }, (_, i) => (i * 13) % 256);
  const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 4);
  const rows = Array.from(
    { length: 30 },
    (_, i) => `${i * 0.5},${Math.sin(i)},${i % 3 ? 'a' : 'b'},${i % 2}`,
  );
  const png = (i: number) => PNG.sync.write(Object.assign(new PNG({ width: 6, height: 6 }), picture(i)));
  const photo = (i: number) => jpeg.encode(picture(i), 80).data;
  const idxNames = [
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
    't10k-labels-idx1-ubyte',
  ];
  const yaml = `network: lenet-300-100\ndata: {kind: digits, train: 64}\ndense: {epochs: 2}\nparadigm: imp\nbudget: {sparsity: 0.9}\n`;
  return [
    ...models,
    {
      name: 'recipe, JSON',
      files: [jsonSeed('recipe.json', recipe)],
      weight: 4,
      read: async (folder) => checkRecipe(readFileSync(join(folder, 'recipe.json'), 'utf8'), 'recipe.json'),
    },
    {
      name: 'recipe, YAML',
      files: [{ name: 'recipe.yaml', bytes: Buffer.from(yaml) }],
      weight: 4,
      read: async (folder) => checkRecipe(readFileSync(join(folder, 'recipe.yaml'), 'utf8'), 'recipe.yaml'),
    },
    {
      name: 'checkpoint',
      files: [headedSeed(CHECKPOINT_FILE, readFileSync(join(run, CHECKPOINT_FILE)))],
      weight: 0.5,
      read: (folder) => loadCheckpoint(folder, tiny, made),
    },
    {
      name: 'run.json',
      files: [jsonSeed('run.json', { version: 1, recipe: tiny, baseFolder: scratch, device: 'auto' })],
      weight: 3,
      read: (folder) => readRunFile(folder, folder),
    },
    {
      name: 'report.json',
      files: [jsonSeed('report.json', JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')))],
      weight: 1,
      read: (folder) => readRunReport(folder, folder),
    },
    dataKind(
      'IDX',
      idxNames.map((name) => ({
        name,
        bytes: name.includes('images') ? idx([20, 6, 6], images) : idx([20], labels),
      })),
      { kind: 'idx', path: '.' },
    ),
    dataKind('CSV', [{ name: 'd.csv', bytes: Buffer.from(['x,y,z,label', ...rows].join('\n')) }], {
      kind: 'csv',
      path: 'd.csv',
      label: 'label',
    }),
    dataKind(
      'npz of samples',
      [zipSeed('d.npz', { 'x.npy': npyOf('|u1', [20, 6, 6], images), 'y.npy': npyOf('|u1', [20], labels) })],
      { kind: 'npz', path: 'd.npz' },
    ),
    dataKind(
      'folder of images',
      ['a', 'b'].flatMap((name) =>
        [0, 1, 2, 3].map((i) => ({
          name: `${name}/${i}.${i % 2 ? 'png' : 'jpg'}`,
          bytes: i % 2 ? png(i) : photo(i),
        })),
      ),
      { kind: 'images', path: '.' },
      1,
    ),
  ];
}

/** One of the kinds, by their weights. */
function chosen(all: readonly Kind[], random: Random): Kind {
  let left = random.float() * all.reduce((sum, { weight }) => sum + weight, 0);
  return all.find(({ weight }) => (left -= weight) < 0) ?? (all[0] as Kind);
}

const all = await kinds();
for (const { name, files } of all) {
  for (const file of files) {
    const path = join(scratch, name.replace(/\W+/g, '-'), file.name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, file.bytes);
  }
}
for (const kind of all) {
  // A whole file that is refused would make every trial of its kind worth nothing.
  await kind.read(join(scratch, kind.name.replace(/\W+/g, '-'))).catch((error: unknown) => {
    process.stderr.write(`${kind.name}, whole: ${String(error)}\n`);
    process.exit(3);
  });
}
for (let n = Number(from); n < Number(to); n++) {
  const random = Random.from(n, 'damaged');
  const kind = chosen(all, random);
  const folder = join(scratch, kind.name.replace(/\W+/g, '-'));
  const file = kind.files[random.int(kind.files.length)] as Seed;
  const inside = random.int(2) === 0 ? file.inside?.(random) : undefined;
  writeFileSync(join(folder, file.name), inside ?? damagedBytes(file.bytes, random));
  process.send?.({ begun: n, kind: kind.name });
  const [time, memory] = [process.cpuUsage(), process.resourceUsage().maxRSS];
  let problem: string | null = null;
  try {
    await kind.read(folder);
  } catch (error) {
    if (!(error instanceof EspalierError)) problem = `not in words for people: ${String(error)}`;
    else if (error.problem.code === 'internal/bug') problem = `told as a bug: ${error.message}`;
  }
  const { user, system } = process.cpuUsage(time);
  if ((user + system) / 1e6 > SECONDS) problem ??= `took ${((user + system) / 1e6).toFixed(1)} s`;
  const grown = (process.resourceUsage().maxRSS - memory) * 1024;
  if (grown > MEMORY) problem ??= `took ${(grown / 2 ** 30).toFixed(1)} GiB`;
  writeFileSync(join(folder, file.name), file.bytes);
  process.send?.({ done: n, problem: problem === null ? null : `${kind.name}: ${problem}` });
}
process.exit(0);
