import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { RecipeInput } from '../../main/contract/recipe.ts';

/*
 * Scores and masks against PyTorch in double precision: `npm run bench:recompute`. Espalier writes a score file for each row,
 * and recompute.py, which knows nothing but that file, computes it anew. PyTorch and NumPy must be installed.
 *   --out FOLDER     runs/recompute    --python FILE   python3
 *   --mnist FOLDER   its IDX files; the built-in digits if left out
 *   --cifar FOLDER   the binary version of CIFAR-10; the built-in digits if left out
 *   --device NAME    onnxruntime       --threads N     2
 *   --images N       4000: those read of MNIST and CIFAR-10
 *   --only a,b       rows by name (lenet-5-caffe-snip)
 */
const root = join(import.meta.dirname, '..', '..');
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'runs', 'recompute') },
    python: { type: 'string', default: 'python3' },
    mnist: { type: 'string' },
    cifar: { type: 'string' },
    device: { type: 'string', default: 'onnxruntime' },
    threads: { type: 'string', default: '2' },
    images: { type: 'string', default: '4000' },
    only: { type: 'string' },
  },
});
if (spawnSync(options.python, ['-c', 'import numpy, torch']).status !== 0) {
  console.error(`${options.python} has no PyTorch or no NumPy: install them, or name another with --python.`);
  process.exit(1);
}

type Row = Pick<RecipeInput, 'paradigm' | 'prune'> & { readonly sparsity: number };
/** Before criteria of trained networks; the others look at the network before it. */
const dense = { epochs: 1 };
const rows: Record<string, Record<string, Row>> = {
  'lenet-5-caffe': {
    snip: { paradigm: 'snip', sparsity: 0.95 },
    'iterative-snip': { paradigm: 'iterative-snip', sparsity: 0.99, prune: { rounds: 10 } },
    force: { paradigm: 'force', sparsity: 0.99, prune: { rounds: 10 } },
    grasp: { paradigm: 'grasp', sparsity: 0.95 },
    synflow: { paradigm: 'synflow', sparsity: 0.99 },
    sbp: { paradigm: 'sbp', sparsity: 0.95 },
    taylor: { paradigm: 'taylor', sparsity: 0.9, prune: { schedule: 'one-shot' } },
    obd: { paradigm: 'obd', sparsity: 0.9, prune: { schedule: 'one-shot' } },
  },
  'resnet-20': {
    snip: { paradigm: 'snip', sparsity: 0.95 },
    'snip-training': { paradigm: 'snip', sparsity: 0.95, prune: { batchNorm: 'training' } },
    grasp: { paradigm: 'grasp', sparsity: 0.95 },
    synflow: { paradigm: 'synflow', sparsity: 0.98, prune: { rounds: 20 } },
    'iterative-snip': { paradigm: 'iterative-snip', sparsity: 0.98, prune: { rounds: 4 } },
    'iterative-snip-evaluation': {
      paradigm: 'iterative-snip',
      sparsity: 0.98,
      prune: { rounds: 4, batchNorm: 'evaluation' },
    },
    force: { paradigm: 'force', sparsity: 0.98, prune: { rounds: 4 } },
    taylor: { paradigm: 'taylor', sparsity: 0.9, prune: { schedule: 'one-shot' } },
    obd: { paradigm: 'obd', sparsity: 0.9, prune: { schedule: 'one-shot' } },
  },
};

const digits = { kind: 'digits', train: 4000, validation: 0, test: 100 } as const;
const data: Record<string, RecipeInput['data']> = {
  'lenet-5-caffe':
    options.mnist === undefined
      ? digits
      : { kind: 'idx', path: resolve(options.mnist), limit: Number(options.images) },
  'resnet-20':
    options.cifar === undefined
      ? digits
      : { kind: 'cifar', path: resolve(options.cifar), limit: Number(options.images) },
};

const out = resolve(options.out);
mkdirSync(out, { recursive: true });
const only = options.only?.split(',');
const files = Object.entries(rows).flatMap(([network, own]) =>
  Object.entries(own)
    .filter(([id]) => only === undefined || only.includes(`${network}-${id}`))
    .map(([id, row]) => scored(network, id, row)),
);
console.log(`\n${cpus()[0]?.model ?? 'unknown processor'}, ${process.arch}, Node ${process.versions.node}`);
const script = join(import.meta.dirname, 'recompute.py');
const { status } = spawnSync(options.python, [script, ...files, '--json', join(out, 'measured.json')], {
  stdio: 'inherit',
});
process.exit(status ?? 1);

/** The score file of one row. */
function scored(network: string, id: string, { sparsity, ...row }: Row): string {
  const recipe = { network, data: data[network], seed: 1, budget: { sparsity }, dense, ...row };
  const name = join(out, `${network}-${id}`);
  writeFileSync(`${name}.json`, JSON.stringify(recipe));
  const words = ['score', `${name}.json`, '--out', `${name}.safetensors`, '--quiet'];
  const where = ['--device', options.device, '--threads', options.threads];
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'main', 'cli.ts'), ...words, ...where], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    console.error(`${network} ${id}: ${stderr}`);
    process.exit(1);
  }
  return `${name}.safetensors`;
}
